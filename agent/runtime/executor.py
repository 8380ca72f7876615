"""Intents to orders: what is journalled goes on the wire once, and its fate is proven, never guessed.

| what the wire says of an order | what is journalled |
|---|---|
| the venue has it, by our id | acknowledged |
| refused, with the venue's own reason | cancelled, and never sent again unchanged |
| nothing was sent (a pause that the venue asked for) | cancelled; a protective exit is made anew |
| refused as a duplicate | unknown: it is there, and is looked up |
| our key is refused | unknown, and halted |
| anything else: silence, another order's answer, any exception, cancellation | unknown |
| the process dies | nothing more; the intent is unknown to whoever starts next |
"""

from __future__ import annotations

from asyncio import CancelledError
from collections.abc import Iterable
from enum import Enum

from agent.runtime.account import Account
from agent.runtime.contact import Contact
from agent.runtime.halt_switch import HaltSwitch
from agent.runtime.intents import NOT_SENT
from agent.runtime.recorder import Recorder
from core.errors import FaultError, InvariantError, KeyRefusedError, RejectedError, TokenwiseError
from core.events import Acknowledged, Cancelled, Resolved, Submitted, Unknown
from core.ids import OrderId
from core.instant import SECOND, Instant
from core.money import ZERO
from core.observation import Missing
from core.orders import ApprovedOrder, OrderState, OrderStatus, Purpose, Side
from core.ports import Clock, Exchange
from strategies.risk.case import State, is_resting_stop


class Closing(Enum):
    """Whether an order is a halt's own close."""

    NO = "no"
    HALT = "halt"


class Executor:
    """Sends approved orders whose intents are durable, and ends them. One instance per account and process.

    *fresh_ms*: an intent older than this is journalled anew before the wire, so that proofs may count from it.
    """

    fresh_ms = SECOND

    def __init__(
        self, exchange: Exchange, recorder: Recorder, account: Account, halt: HaltSwitch, clock: Clock
    ) -> None:
        self.contact = Contact(exchange, recorder, account)
        self.under_way: set[OrderId] = set()
        self._exchange = exchange
        self._recorder = recorder
        self._account = account
        self._halt = halt
        self._clock = clock

    def intent(self, order: ApprovedOrder, attempt: int = 1) -> Submitted:
        """The event without which `send` sends nothing: what goes out, and when."""
        return Submitted(order.id, attempt, self._clock.now(), self._exchange.wire(order))

    async def send(
        self, at: Instant, orders: Iterable[ApprovedOrder], *, closing: Closing = Closing.NO
    ) -> None:
        """Submits *orders*, each already journalled as its `intent`. The halt is read before every one.

        Only a halt's own close goes out while the halt stands.

        Raises:
            InvariantError: an order without a durable intent.
            FaultError: the machine failed; the order is journalled as of unknown fate.
        """
        for order in orders:
            if not self._is_stopped(at, order, closing):
                why = await self._make_way(at, order)
                if why is None:
                    await self.wire(at, order, closing=closing)
                else:
                    self._recorder.write(at, Cancelled(order.id, f"{NOT_SENT}: {why}"))

    async def wire(self, at: Instant, order: ApprovedOrder, *, closing: Closing = Closing.NO) -> None:
        """Puts one order on the wire and journals what came of it."""
        intent = self._account.unacknowledged.get(order.id)
        if intent is None:
            raise InvariantError(f"order {order.id} has no intent", "Run 'tokenwise journal verify'.")
        if self._clock.now() - intent.sent_at > self.fresh_ms:
            self._recorder.write(at, self.intent(order, intent.attempt))
        if self._is_stopped(at, order, closing):
            return
        self.under_way.add(order.id)
        try:
            state = await self._exchange.submit(order)
        except RejectedError as error:
            if error.code == "duplicate":
                self._unknown(at, order, error.message)
            elif error.code == "not_sent" and order.purpose is Purpose.EXIT:
                # a way out that was held back is wanted as before; an entry is wished anew, or not
                self._recorder.write(at, Cancelled(order.id, f"{NOT_SENT}: {error.message}"))
                self.contact.begins(at, error.message)
            else:
                self._recorder.write(at, Cancelled(order.id, f"rejected: {error.message}"))
        except KeyRefusedError as error:
            self._unknown(at, order, error.message)
            self.contact.refused(at, error)
        except (FaultError, CancelledError) as failure:
            self._unknown(at, order, _in_words(failure))
            raise
        except Exception as failure:
            self._unknown(at, order, _in_words(failure))
        else:
            self._answered(at, order, state)
        finally:
            self.under_way.discard(order.id)

    async def cancel(self, at: Instant, order_id: OrderId) -> OrderState | None:
        """Ends a resting order; one that has just filled stays, and its report says so.

        `None` where nobody knows whether it has ended, or it is over already.
        """
        if order_id not in self._account.open:
            return None
        try:
            state = await self.contact.ask(at, "an order's end", self._exchange.cancel(order_id))
        except RejectedError:
            return None
        if isinstance(state, Missing):
            return None
        if order_id in self._account.unacknowledged:
            self._recorder.write(at, Resolved(order_id, "exists"), Acknowledged(order_id))
        if state.status is OrderStatus.CANCELLED:
            self._recorder.later(at, Cancelled(order_id, state.reason or state.status.value))
        return state

    async def cancel_entries(self, at: Instant, symbol: str | None = None) -> None:
        """Ends every purchase (of *symbol*) that is still on its way: who wants out buys nothing more."""
        for order in list(self._account.open.values()):
            if order.side is Side.BUY and symbol in (None, order.symbol):
                await self.cancel(at, order.id)

    async def _make_way(self, at: Instant, order: ApprovedOrder) -> str | None:
        """A sale takes over what a resting stop of the same symbol has set aside; why it cannot."""
        if order.side is Side.BUY or is_resting_stop(order):
            return None
        for other in list(self._account.open.values()):
            if other.symbol == order.symbol and is_resting_stop(other):
                state = await self.cancel(at, other.id)
                if state is None or other.id in self._account.open:
                    return f"the stop {other.id} has not ended"
                if state.filled > self._account.filled.get(other.id, ZERO):
                    return f"the stop {other.id} has filled"
        return None

    def _is_stopped(self, at: Instant, order: ApprovedOrder, closing: Closing) -> bool:
        """Whether the halt keeps *order* from the wire; then that is journalled."""
        is_halted = self._account.state is State.HALTED
        if is_halted or (closing is Closing.NO and self._halt.is_set()):
            self._recorder.write(at, Cancelled(order.id, "halted before the wire"))
            return True
        return False

    def _answered(self, at: Instant, order: ApprovedOrder, state: OrderState) -> None:
        if state.id != order.id:
            self._unknown(at, order, "the answer was about another order")
        elif state.status is OrderStatus.REJECTED:
            self._recorder.write(at, Cancelled(order.id, f"rejected: {state.reason}"))
        else:
            self._recorder.later(at, Acknowledged(order.id))

    def _unknown(self, at: Instant, order: ApprovedOrder, why: str) -> None:
        self._recorder.write(at, Unknown(order.id, why))


def _in_words(failure: BaseException) -> str:
    """What failed. A stranger's words may hold keys, so only its kind is told."""
    return failure.message if isinstance(failure, TokenwiseError) else type(failure).__name__
