"""Puts one order on the wire, once, and rules on what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from core.errors import KeyRefusedError, RejectedError, UnknownFateError, UnreachableError
from core.ids import OrderId
from core.instant import MINUTE
from core.money import plain
from core.orders import Order, OrderType, Purpose, TimeInForce
from tools.exchange.live.dialect import Client, Dialect, Raw
from tools.exchange.live.following import Follower
from tools.exchange.live.gate import Answered, Gate
from tools.exchange.live.outcome import Outcome, Ruling, of_reply
from tools.exchange.live.time_offset import TimeOffset

DEAD_MAN_MS = MINUTE

_CODES = {"InsufficientFunds": "cash", "MarketClosed": "market_closed", "BadSymbol": "not_allowed"}


class Sender:
    """Makes requests of orders and sends them."""

    def __init__(
        self, dialect: Dialect, client: Client, gate: Gate, offset: TimeOffset, follower: Follower
    ) -> None:
        self._dialect = dialect
        self._client = client
        self._gate = gate
        self._offset = offset
        self._follower = follower
        self._expiry: dict[OrderId, Mapping[str, Any]] = {}
        self._armed_for: OrderId | None = None

    def request(self, order: Order) -> dict[str, Any]:
        """What ccxt's ``create_order`` is called with. The expiry counts from now."""
        self._expiry[order.id] = self._dialect.expiry(self._offset.venue_now())
        return self._request(order)

    def _request(self, order: Order) -> dict[str, Any]:
        params: dict[str, Any] = {
            "clientOrderId": self._dialect.client_id(order.id),
            "timeInForce": order.time_in_force.value.upper(),
            **self._dialect.order_params,
            **self._expiry[order.id],
        }
        if order.type is OrderType.STOP_LIMIT:
            params["stopLossPrice"] = _text(order.stop_price)
        return {
            "symbol": order.symbol,
            "type": "limit",
            "side": order.side.value,
            "amount": _text(order.quantity),
            "price": _text(order.limit_price),
            "params": params,
        }

    async def send(self, order: Order) -> Raw:
        """Sends *order* and gives back what the venue has of it.

        Raises:
            RejectedError: it does not exist there; its code is ``not_sent`` where nothing went out.
            UnknownFateError: nobody knows whether it arrived.
            KeyRefusedError: the venue refuses our key; the order is of unknown fate.
        """
        request = self._request(order) if order.id in self._expiry else self.request(order)
        self._expiry.pop(order.id, None)
        await self._arm(order)
        try:
            answer = await self._gate.attempt(lambda: self._client.create_order(**request))
        except UnreachableError as error:
            raise not_sent(error) from None
        client_id = request["params"]["clientOrderId"]
        ruling = answer if isinstance(answer, Ruling) else of_reply(answer.value, client_id)
        reply = answer.value if isinstance(answer, Answered) else None
        if reply is not None and not self._dialect.echoes and isinstance(reply, Mapping) and reply.get("id"):
            reply, ruling = await self._looked_up(order, str(reply["id"]))
        if ruling.outcome is Outcome.ACCEPTED and reply is not None:
            await self.disarm(order.id)
            accepted: Raw = reply
            return accepted
        if ruling.outcome is Outcome.REJECTED:
            await self.disarm(order.id)
            raise RejectedError(
                f"{self._gate.name} refused it: {ruling.text}",
                "It is never sent again as it is.",
                code=_code(ruling),
            )
        if ruling.outcome is Outcome.KEY_REFUSED:
            raise self._gate.key_refused(ruling)
        raise UnknownFateError(
            f"{self._gate.name} may have the order or not: {ruling.text}", "Its fate is proven first."
        )

    async def disarm(self, order_id: OrderId) -> None:
        """Disarms the dead-man switch once the fate of the order that it was armed for is known."""
        if self._armed_for == order_id and self._dialect.arm is not None:
            arm = self._dialect.arm
            answer = await self._gate.attempt(lambda: arm(self._client, 0))
            if isinstance(answer, Answered):
                self._armed_for = None

    @property
    def armed_for(self) -> OrderId | None:
        """The order that the dead-man switch still stands for."""
        return self._armed_for

    async def _arm(self, order: Order) -> None:
        """Arms the switch around orders that may rest; it ends protective stops too, so it stands no longer than it must."""
        arm = self._dialect.arm
        if arm is None or order.time_in_force is TimeInForce.IOC or order.purpose is not Purpose.ENTRY:
            return
        try:
            answer = await self._gate.attempt(lambda: arm(self._client, DEAD_MAN_MS))
        except UnreachableError as error:
            raise not_sent(error) from None
        self._armed_for = order.id  # it may be armed, whatever the answer was
        if isinstance(answer, Ruling):
            if answer.outcome is Outcome.KEY_REFUSED:
                raise self._gate.key_refused(answer)
            raise RejectedError(
                f"the dead-man switch of {self._gate.name} could not be set: {answer.text}", "Nothing was sent.",
                code="not_sent",
            )  # fmt: skip

    async def _looked_up(self, order: Order, number: str) -> tuple[Raw | None, Ruling]:
        """The order as the venue lists it: its answer to a new one does not name our client id."""
        try:
            found = await self._follower.find(order.id, order.symbol, number)
        except KeyRefusedError as error:
            return None, Ruling(Outcome.KEY_REFUSED, error.message)
        except UnreachableError as error:
            return None, Ruling(Outcome.UNKNOWN, error.message)
        if found is None or str(found.get("id")) != number:
            return None, Ruling(
                Outcome.UNKNOWN, f"it named order {number}, and does not list it under our id"
            )
        return found, of_reply(found, self._dialect.client_id(order.id))


def not_sent(why: UnreachableError) -> RejectedError:
    """Nothing went on the wire, so the order does not exist."""
    return RejectedError(f"nothing was sent: {why.message}", why.mend, code="not_sent")


def _code(ruling: Ruling) -> str:
    return _CODES.get(ruling.text.partition(":")[0], "rejected")


def _text(value: Decimal | None) -> str | None:
    return None if value is None else plain(value)
