"""What the venue said since the last time, as events: fills once each, ends of orders, closings by the venue.

Venues may tell trades in another order than they happened. A fill that the books cannot take yet (bought
with what a sale raised that is told later) is put aside, and read again with what comes next.
"""

from __future__ import annotations

from collections.abc import Sequence

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
    """Journals what the venue has said since the last time; the symbols it was about.

    `Missing` where it did not answer, or told what the books cannot take yet.
    """
    account, contact = desk.account, desk.executor.contact
    reports = await contact.ask(now, "reports", desk.exchange.reports(account.venue_seq))
    if isinstance(reports, Missing):
        return reports
    if not reports:
        return ()
    reading = _Reading(desk, reports)
    if reading.events:
        desk.recorder.write(now, *reading.events)
    account.venue_seq = reading.until
    if reading.aside:
        fill = reading.aside[0].fill
        contact.begins(
            now, f"it told of trade {fill.trade_id if fill else ''}, which the books cannot take yet"
        )
        return Missing("reports", "out_of_order")
    return tuple(sorted({report.symbol for report in reports}))


class _Reading:
    """The events of reports, in order: each sees what those before it told. *until*: reading goes on after it."""

    def __init__(self, desk: Desk, reports: Sequence[ExecutionReport]) -> None:
        self.events: list[Event] = []
        self.aside: list[ExecutionReport] = []
        self.until = reports[-1].seq
        self._account = desk.account
        self._books = desk.account.portfolio
        self._begun = set(desk.account.begun)
        self._seen: set[tuple[str, str]] = set()
        self._left: dict[OrderId, ApprovedOrder] = {}
        self._are_many = len(reports) > 1
        for report in reports:
            self._take(report)
        while self.aside:
            waiting, self.aside = self.aside, []
            for report in waiting:
                self._take(report)
            if len(self.aside) == len(waiting):
                self._read_again()
                break

    def _take(self, report: ExecutionReport) -> None:
        """Adds what *report* tells; nothing where it only repeats what is known."""
        if report.fill is not None:
            self._fill(report, report.fill)
        elif report.status in _DONE and report.order_id in self._account.open:
            self.events.append(Cancelled(report.order_id, report.reason or report.status.value))

    def _fill(self, report: ExecutionReport, fill: Fill) -> None:
        trade = (fill.symbol, fill.trade_id)
        if trade in self._account.trades or trade in self._seen:
            return
        is_delisting = report.reason == "delisted"
        left = self._left.get(report.order_id) or self._account.left_of(report.order_id)
        if left is None and not is_delisting:
            return  # another hand's trade: the balances will say what it did to them
        try:
            books = self._books.after(fill)
        except InvariantError:
            if left is not None and is_beyond(left, fill):
                self._overfilled(fill, left)
            self.aside.append(report)
            return
        self._seen.add(trade)
        if self._are_many:
            self._books = books
        filled = Filled(fill, report.seq, report.status in _DONE)
        if is_delisting:
            self.events.append(Delisted(report.symbol, fill.price))
        elif left is not None:
            self._before(fill, left)
        self.events.append(filled)
        if left is not None and is_beyond(left, fill):
            self._overfilled(fill, left)

    def _before(self, fill: Fill, left: ApprovedOrder) -> None:
        if self._are_many:
            self._left[left.id] = rest_of(left, fill)
        guard = self._account.protections.get(fill.symbol)
        if guard is not None and guard.resting == left.id and left.id not in self._begun:
            self.events.append(Exit(fill.symbol, "stop", guard.plan.stop, left.id))
        self._begun.add(left.id)

    def _overfilled(self, fill: Fill, left: ApprovedOrder) -> None:
        """The venue and we disagree about our own order: what the books can take is booked, and all stops."""
        if any(
            isinstance(event, Alert) and event.about["trade_id"] == fill.trade_id for event in self.events
        ):
            return
        told = (
            f"fill {fill.trade_id} of {plain(fill.quantity)} {fill.symbol} is more than was left of "
            f"order {left.id}: compare the account with its venue"
        )
        self.events.append(Alert(OVERFILLED, told, {"order_id": left.id, "trade_id": fill.trade_id}))
        if self._account.state is not State.HALTED:
            self.events.append(Halted(told, "venue"))

    def _read_again(self) -> None:
        """Whoever reads next, after a restart too, begins before the first report that was put aside."""
        self.until = min(report.seq for report in self.aside) - 1
        self.events = [
            Filled(event.fill, min(event.venue_seq, self.until), event.done)
            if isinstance(event, Filled)
            else event
            for event in self.events
        ]
