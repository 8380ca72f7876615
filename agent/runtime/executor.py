"""Intents to orders: what is journalled goes on the wire once, and its fate is proven, never guessed."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from agent.runtime.account import Account
from agent.runtime.halt_switch import HaltSwitch
from agent.runtime.recorder import Recorder
from core.errors import FaultError, RejectedError, UnknownFateError
from core.events import Acknowledged, Cancelled, Resolved, Unknown
from core.ids import OrderId
from core.instant import Instant
from core.orders import ApprovedOrder, OrderStatus, Side
from core.ports import Exchange
from strategies.risk.case import is_resting_stop


class Closing(Enum):
    """Whether an order is a halt's own close."""

    NO = "no"
    HALT = "halt"


class Executor:
    """Sends approved orders whose intents are durable, and settles the fate of those that a crash left open."""

    def __init__(self, exchange: Exchange, recorder: Recorder, account: Account, halt: HaltSwitch) -> None:
        self._exchange = exchange
        self._recorder = recorder
        self._account = account
        self._halt = halt

    async def send(
        self, at: Instant, orders: Iterable[ApprovedOrder], *, closing: Closing = Closing.NO
    ) -> None:
        """Submits *orders*, each already journalled as `Submitted`. The halt is read before every one.

        Only a halt's own close goes out while the halt stands.
        """
        for order in orders:
            if self._halt.is_set() and closing is Closing.NO:
                self._recorder.write(at, Cancelled(order.id, "halted before the wire"))
                continue
            await self._make_way(at, order)
            try:
                await self._exchange.submit(order)
            except RejectedError as error:
                self._recorder.write(at, Cancelled(order.id, f"rejected: {error.message}"))
            except UnknownFateError as error:
                self._recorder.write(at, Unknown(order.id, error.message))
            else:
                self._recorder.later(at, Acknowledged(order.id))

    async def cancel(self, at: Instant, order_id: OrderId) -> None:
        """Ends a resting order; one that has just filled stays, and its report says so."""
        if order_id not in self._account.open:
            return
        state = await self._exchange.cancel(order_id)
        if state.status is OrderStatus.CANCELLED:
            self._recorder.later(at, Cancelled(order_id, state.reason or state.status.value))

    async def cancel_entries(self, at: Instant, symbol: str | None = None) -> None:
        """Ends every purchase (of *symbol*) that is still on its way: who wants out buys nothing more."""
        for order in list(self._account.open.values()):
            if order.side is Side.BUY and symbol in (None, order.symbol):
                await self.cancel(at, order.id)

    async def _make_way(self, at: Instant, order: ApprovedOrder) -> None:
        """A sale takes over what a resting stop of the same symbol has set aside."""
        if order.side is Side.SELL and not is_resting_stop(order):
            for other in list(self._account.open.values()):
                if other.symbol == order.symbol and is_resting_stop(other):
                    await self.cancel(at, other.id)

    async def reconcile(self) -> None:
        """Refuses to go on where the venue has forgotten what the journal knows.

        Raises:
            FaultError: an order or a report that the venue once gave us is not there any more.
        """
        account = self._account
        lost = [order.id for order in account.open.values() if order.id not in account.unacknowledged]
        lost = [order for order in lost if await self._exchange.order(order) is None]
        heard = await self._exchange.reports(account.venue_seq - 1) if account.venue_seq else ()
        if lost or (account.venue_seq and not heard):
            what = f"order {lost[0]}" if lost else f"report {account.venue_seq}"
            raise FaultError(
                f"the venue of account {account.name!r} does not know {what}, which the journal has",
                "Restore the venue's book (paper.db) from a copy, or begin again with --new.",
                code="venue_differs",
            )

    async def resolve(self, at: Instant) -> None:
        """Proves the fate of every intent without an answer: adopted where the venue has it.

        Where the venue proves that it does not, the very same order is sent again: its id is unique
        for ever there, and simulated time has not moved since the intent was written.
        """
        for order in list(self._account.unacknowledged.values()):
            found = await self._exchange.order(order.id)
            if found is None:
                await self.send(at, [order])
            elif found.status is OrderStatus.REJECTED:
                self._recorder.write(at, Resolved(order.id, "dead"))
            else:
                self._recorder.write(at, Resolved(order.id, "exists"), Acknowledged(order.id))
