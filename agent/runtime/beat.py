"""The first beat: take fills, mark, check breaker and exits. It may only reduce."""

from __future__ import annotations

from agent.runtime.approving import take_answers
from agent.runtime.deciding import retry
from agent.runtime.desk import Desk
from agent.runtime.halt_switch import CANCEL_ALL, FLATTEN
from agent.runtime.protecting import (
    check_exits,
    close_everything,
    protect,
    renew_collared,
    unprotected,
)
from core.events import Cancelled, Delisted, Event, Exit, Filled, Halted
from core.ids import OrderId
from core.instant import DAY, Instant
from core.orders import ExecutionReport, OrderStatus
from strategies.risk.breaker import mark, next_state
from strategies.risk.case import State

_DONE = frozenset({OrderStatus.FILLED, OrderStatus.CANCELLED, OrderStatus.REJECTED})


async def live_through(desk: Desk, now: Instant) -> None:
    """Brings the account from the beat before to *now*."""
    account = desk.account
    account.beat = now
    await desk.market.advance(now)
    traded: tuple[str, ...] = ()
    if account.open or account.portfolio.positions or desk.catching_up:
        traded = await _follow(desk, now)
    elif now // DAY > account.watermarks.day:
        account.equity = account.portfolio.cash
        account.watermarks = mark(account.watermarks, account.equity, now)
    if desk.halt.is_set():
        await _halt(desk, now)
    elif account.open:
        await renew_collared(desk, now)
    if account.state is State.HALTED:
        return
    if desk.catching_up:
        # whatever a crash kept from being protected is protected now
        traded = tuple({*traded, *account.portfolio.positions, *account.protections})
        desk.catching_up = False
    traded = (*traded, *unprotected(desk))
    if traded:
        await protect(desk, now, traded)
    if account.protections:
        await check_exits(desk, now)
    if account.waiting:
        await take_answers(desk, now)
    if account.retries and not desk.halt.is_set():
        await retry(desk, now)


async def _follow(desk: Desk, now: Instant) -> tuple[str, ...]:
    """Reports, marks and breaker of an account that owns or awaits something; the symbols that traded."""
    account = desk.account
    traded: tuple[str, ...] = ()
    if account.open or desk.catching_up or _delisted(desk):
        traded = await take_reports(desk, now)
    equity = account.equity = desk.equity()
    account.watermarks = mark(account.watermarks, equity, now)
    state, reason = next_state(account.state, account.watermarks, equity, desk.config.limits)
    if state is not account.state:
        await desk.executor.cancel_entries(now)
        desk.recorder.write(now, Halted(reason, "breaker", state.value))
    return traded


def _delisted(desk: Desk) -> bool:
    """Whether the venue may have closed something by itself."""
    return any(desk.market.delisted_at(symbol) is not None for symbol in desk.account.portfolio.positions)


async def take_reports(desk: Desk, now: Instant) -> tuple[str, ...]:
    """Journals what the venue has said since the last beat; the symbols that it traded."""
    reports = await desk.exchange.reports(desk.account.venue_seq)
    if not reports:
        return ()
    events: list[Event] = []
    begun = set(desk.account.begun)
    for report in reports:
        events += _told(desk, report, begun)
        if report.fill is not None:
            begun.add(report.order_id)
    if events:
        desk.recorder.write(now, *events)
    desk.account.venue_seq = reports[-1].seq
    return tuple(sorted({report.symbol for report in reports}))


def _told(desk: Desk, report: ExecutionReport, begun: set[OrderId]) -> list[Event]:
    """The events of one report; none for one that only repeats what is known. *begun*: orders with a fill."""
    if report.fill is None:
        ended = report.status in _DONE and report.order_id in desk.account.open
        return [Cancelled(report.order_id, report.reason or report.status.value)] if ended else []
    filled = Filled(report.fill, report.seq, report.status in _DONE)
    if report.reason == "delisted":
        return [Delisted(report.symbol, report.fill.price), filled]
    guard = desk.account.protections.get(report.symbol)
    if guard is not None and guard.resting == report.order_id and report.order_id not in begun:
        return [Exit(report.symbol, "stop", guard.plan.stop, report.order_id), filled]
    return [filled]


async def _halt(desk: Desk, now: Instant) -> None:
    """Obeys the halt switch: first what it asks for, then nothing more."""
    first, reason = desk.halt.read()
    account = desk.account
    if account.state is State.HALTED:
        return
    await desk.executor.cancel_entries(now)
    if first == CANCEL_ALL:
        for order in list(account.open.values()):
            await desk.executor.cancel(now, order.id)
    if first == FLATTEN and account.portfolio.positions:
        # the account stays in its state until it is flat; entries are refused by the switch itself
        await renew_collared(desk, now)
        await close_everything(desk, now)
        if account.open:
            return
    desk.recorder.write(now, Halted(reason, "person"))
