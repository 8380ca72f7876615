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
    raise_highs,
    renew_collared,
    unprotected,
)
from agent.runtime.proving import settle
from agent.runtime.reconciling import reconcile
from agent.runtime.renewing import make_anew
from agent.runtime.reports import take_reports
from core.events import Halted
from core.instant import DAY, Instant
from core.observation import Missing
from core.orders import Side
from strategies.risk.breaker import mark, next_state
from strategies.risk.case import State


async def live_through(desk: Desk, now: Instant) -> None:
    """Brings the account from the beat before to *now*."""
    account = desk.account
    account.beat = now
    await desk.market.advance(now)
    traded: tuple[str, ...] = ()
    if account.unacknowledged:
        await settle(desk, now)
    if desk.executor.contact.trouble is not None or desk.watch.suspected or desk.watch.is_open:
        traded = await reconcile(desk, now, confirmed=desk.watch.is_open)
    if account.open or account.portfolio.positions or desk.catching_up:
        traded = (*traded, *await _follow(desk, now))
    elif now // DAY > account.watermarks.day:
        account.equity = account.portfolio.cash
        account.watermarks = mark(account.watermarks, account.equity, now)
    if desk.real is not None and desk.real.is_behind:
        # nobody was there to send anything; the beat that catches up sees to the rest
        raise_highs(desk)
        return
    if desk.halt.is_set():
        await obey_halt(desk, now)
    elif account.open:
        await renew_collared(desk, now)
    if account.state is State.HALTED:
        return
    if desk.catching_up:
        # whatever a crash kept from being protected is protected now
        resting = {order.symbol for order in account.open.values()}
        traded = tuple({*traded, *account.portfolio.positions, *account.protections, *resting})
        desk.catching_up = False
    traded = (*traded, *unprotected(desk))
    if traded:
        await protect(desk, now, traded)
    if account.protections:
        await check_exits(desk, now)
    if account.waiting:
        await take_answers(desk, now)
    if account.anew:
        await make_anew(desk, now)
    if account.retries and not desk.halt.is_set():
        await retry(desk, now)


async def _follow(desk: Desk, now: Instant) -> tuple[str, ...]:
    """Reports, marks and breaker of an account that owns or awaits something; the symbols that traded."""
    account = desk.account
    traded: tuple[str, ...] = ()
    if account.open or desk.catching_up or _delisted(desk):
        told = await take_reports(desk, now)
        traded = () if isinstance(told, Missing) else told
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


async def obey_halt(desk: Desk, now: Instant) -> None:
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
    if _is_to_end(desk, everything=first == CANCEL_ALL):
        return  # what could not be ended, or may turn up yet, is ended on a later beat
    desk.recorder.write(now, Halted(reason, "person"))


def _is_to_end(desk: Desk, *, everything: bool) -> bool:
    """Whether an order is still on its way that a halt ends: none that only a person can find."""
    account = desk.account
    return any(
        (everything or order.side is Side.BUY)
        and (desk.exchange.grace_ms is not None or order.id not in account.unacknowledged)
        for order in account.open.values()
    )
