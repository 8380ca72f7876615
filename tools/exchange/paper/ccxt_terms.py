"""What ``create_order`` was asked for, as an order's exact terms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.ids import OrderId
from core.instant import Instant
from core.market import Instrument
from core.money import divide, exact, floor_to, multiply
from core.orders import Order, OrderType, Purpose, Side, TimeInForce
from tools.exchange.paper.ccxt_errors import ccxt

_TRIGGERS = ("stopLossPrice", "triggerPrice", "stopPrice")
_CLIENT_IDS = ("clientOrderId", "newClientOrderId")
_KINDS = {
    "market": OrderType.MARKET, "limit": OrderType.LIMIT,
    "stop_loss": OrderType.STOP, "stop_loss_limit": OrderType.STOP_LIMIT,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """The arguments of ``create_order``; *amount* and *price* round as the market does."""

    instrument: Instrument
    kind: str
    side: str
    amount: Any
    price: Any
    params: Mapping[str, Any]
    to_amount: Callable[[Any], Decimal]
    to_price: Callable[[Any], Decimal]

    def order(self, order_id: OrderId, client_id: str, now: Instant, last: Decimal | None) -> Order:
        """The terms. *last*: the newest price, which a trailing percentage is a part of.

        Raises:
            ccxt.InvalidOrder, ccxt.ArgumentsRequired, ccxt.NotSupported: it is not an order that this venue knows.
        """
        kind = self._type()
        side = self._side()
        spend = None
        if kind is OrderType.MARKET and side is Side.BUY:
            spend = first(self.params, ("cost", "quoteOrderQty"))
        return Order(
            id=order_id,
            symbol=self.instrument.symbol,
            side=side,
            type=kind,
            purpose=Purpose.ENTRY if side is Side.BUY else Purpose.REDUCTION,
            quantity=self.to_amount(self.amount) if spend is None else None,
            spend=None if spend is None else floor_to(number(spend), Decimal("1e-8")),
            limit_price=self._limit(kind),
            stop_price=self._stop(kind),
            decision_id=None,
            reason=client_id,
            created_at=now,
            time_in_force=self._time_in_force(),
            trail=self._trail(last) if kind is OrderType.TRAILING else None,
        )

    def _type(self) -> OrderType:
        kind = _KINDS.get(str(self.kind).lower())
        if kind is None:
            raise ccxt.InvalidOrder(f"{self.kind} is not a valid order type; use {', '.join(_KINDS)}")
        has_stop, has_target = first(self.params, _TRIGGERS) is not None, "takeProfitPrice" in self.params
        trails = first(self.params, ("trailingAmount", "trailingPercent")) is not None
        if trails:
            return OrderType.TRAILING
        if has_target and has_stop:
            return OrderType.OCO
        if has_target:
            raise ccxt.NotSupported(
                "takeProfitPrice is supported together with stopLossPrice only; use a limit"
            )
        if has_stop:
            return OrderType.STOP if kind in {OrderType.MARKET, OrderType.STOP} else OrderType.STOP_LIMIT
        return kind

    def _side(self) -> Side:
        if str(self.side).lower() not in {"buy", "sell"}:
            raise ccxt.InvalidOrder(f"{self.side} is not a side; use buy or sell")
        return Side(str(self.side).lower())

    def _limit(self, kind: OrderType) -> Decimal | None:
        if kind is OrderType.OCO:
            return self.to_price(self.params["takeProfitPrice"])
        if kind not in {OrderType.LIMIT, OrderType.STOP_LIMIT}:
            return None
        if self.price is None:
            raise ccxt.InvalidOrder(f"createOrder() requires a price argument for a {self.kind} order")
        return self.to_price(self.price)

    def _stop(self, kind: OrderType) -> Decimal | None:
        if kind not in {OrderType.STOP, OrderType.STOP_LIMIT, OrderType.OCO}:
            return None
        stop = first(self.params, _TRIGGERS)
        if stop is None:
            raise ccxt.InvalidOrder("createOrder() requires a stopPrice extra param for a stop order")
        return self.to_price(stop)

    def _trail(self, last: Decimal | None) -> Decimal:
        amount = self.params.get("trailingAmount")
        if amount is not None:
            return self.to_price(amount)
        if last is None:
            raise ccxt.InvalidOrder("trailingPercent needs a price, and there was none yet")
        tick = self.instrument.tick_size
        part = divide(multiply(last, number(self.params["trailingPercent"])), Decimal(100))
        return max(floor_to(part, tick), tick)

    def _time_in_force(self) -> TimeInForce:
        if self.params.get("postOnly"):
            raise ccxt.NotSupported("this venue knows no postOnly orders")
        name = str(self.params.get("timeInForce") or "GTC").lower()
        if name not in {"gtc", "ioc"}:
            raise ccxt.NotSupported(f"this venue knows GTC and IOC, not {name.upper()}")
        return TimeInForce(name)


def client_id(params: Mapping[str, Any]) -> str | None:
    """The caller's own id of an order."""
    found = first(params, (*_CLIENT_IDS, "origClientOrderId"))
    return None if found is None else str(found)


def first(params: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    """The first of *names* that is given."""
    return next((params[name] for name in names if params.get(name) is not None), None)


def number(value: Any) -> Decimal:
    """A caller's number, whatever it came as: the digits that it is written with.

    Raises:
        ccxt.InvalidOrder: not a finite number.
    """
    try:
        return exact(str(value))
    except ValueError:
        raise ccxt.InvalidOrder(f"{value!r} is not a number") from None
