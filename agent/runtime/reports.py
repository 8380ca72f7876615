"""What the venue said since the last time, as events: fills once each, ends of orders, closings by the venue."""

from __future__ import annotations

from agent.runtime.desk import Desk
from agent.runtime.intents import is_beyond
from agent.runtime.remembered import OVERFILLED
from core.errors import InvariantError
from core.events import Alert, Cancelled, Delisted, Event, Exit, Filled, Halted
from core.ids import OrderId
from core.instant import Instant
from core.money import plain
from core.observation import Missing
from core.orders import ApprovedOrder, ExecutionReport, Fill, OrderStatus
from strategies.risk.case import State
from strategies.risk.engine import rest_of

_DONE = frozenset({OrderStatus.FILLED, OrderStatus.CANCELLED, OrderStatus.REJECTED})


async def take_reports(desk: Desk, now: Instant) -> tuple[str, ...] | Missing:
    """Journals what the venue has said since the last time; the symbols it was about, or that it did not answer."""
    account = desk.account
    question = desk.exchange.reports(account.venue_seq)
    reports = await desk.executor.contact.ask(now, "reports", question)
    if isinstance(reports, Missing):
        return reports
    if not reports:
        return ()
    reading = _Reading(desk, last=reports[-1].seq)
    for report in reports:
        reading.take(report)
    if reading.events:
        desk.recorder.write(now, *reading.events)
    account.venue_seq = reports[-1].seq
    return tuple(sorted({report.symbol for report in reports}))


class _Reading:
    """The events of reports up to the one numbered *last*, in order: each sees what those before it told."""

    def __init__(self, desk: Desk, last: int) -> None:
        self.events: list[Event] = []
        self._account = desk.account
        self._last = last
        self._begun = set(desk.account.begun)
        self._seen: set[tuple[str, str]] = set()
        self._left: dict[OrderId, ApprovedOrder] = {}

    def take(self, report: ExecutionReport) -> None:
        """Adds what *report* tells; nothing where it only repeats what is known."""
        if report.fill is not None:
            self._fill(report, report.fill)
        elif report.status in _DONE and report.order_id in self._account.open:
            self.events.append(Cancelled(report.order_id, report.reason or report.status.value))

    def _fill(self, report: ExecutionReport, fill: Fill) -> None:
        trade = (fill.symbol, fill.trade_id)
        if trade in self._account.trades or trade in self._seen:
            return
        self._seen.add(trade)
        filled = Filled(fill, report.seq, report.status in _DONE)
        if report.reason == "delisted":
            self.events += [Delisted(report.symbol, fill.price), filled]
            return
        left = self._left.get(report.order_id) or self._account.left_of(report.order_id)
        if left is None:
            return  # another hand's trade: the balances will say what it did to them
        if is_beyond(left, fill):
            self._overfilled(filled, left)
            return
        if report.seq != self._last:
            self._left[left.id] = rest_of(left, fill)
        guard = self._account.protections.get(report.symbol)
        if guard is not None and guard.resting == left.id and left.id not in self._begun:
            self.events.append(Exit(report.symbol, "stop", guard.plan.stop, left.id))
        self._begun.add(left.id)
        self.events.append(filled)

    def _overfilled(self, filled: Filled, left: ApprovedOrder) -> None:
        """The venue and we disagree about our own order: what the books can take is booked, and all stops."""
        fill = filled.fill
        told = (
            f"fill {fill.trade_id} of {plain(fill.quantity)} {fill.symbol} is more than was left of "
            f"order {left.id}: compare the account with its venue"
        )
        if self._fits(fill):
            self.events.append(filled)
        self.events.append(Alert(OVERFILLED, told, {"order_id": left.id, "trade_id": fill.trade_id}))
        if self._account.state is not State.HALTED:
            self.events.append(Halted(told, "venue"))

    def _fits(self, fill: Fill) -> bool:
        books = self._account.portfolio
        try:
            for event in self.events:
                if isinstance(event, Filled):
                    books = books.after(event.fill)
            books.after(fill)
        except InvariantError:
            return False
        return True
