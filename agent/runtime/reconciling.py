"""The books against the venue: at the start, or nothing is armed; while running, or nothing is bought.

What differs is journalled once and taken up: orders of other hands are known from then on and never
touched, what nobody traded for is outside of the books, and the account may only reduce.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from agent.runtime.desk import Desk
from agent.runtime.findings import drift, frozen, strangers
from agent.runtime.proving import settle
from agent.runtime.remembered import UNKNOWN
from agent.runtime.reports import take_reports
from core.events import Alert, Cancelled, Halted
from core.instant import Instant
from core.money import ZERO
from core.observation import Missing
from core.orders import OrderState, OrderStatus
from strategies.risk.case import State

_READINGS = 3


async def first_pass(desk: Desk, now: Instant) -> None:
    """Settles what a crash left open and takes up what happened since: one pass, and the next finds nothing."""
    if desk.account.unacknowledged:
        await settle(desk, now)
    if desk.catching_up or desk.is_shared:
        await reconcile(desk, now)


async def reconcile(desk: Desk, now: Instant, *, confirmed: bool = True) -> tuple[str, ...]:
    """One pass: reports, open orders, balances; what differs is journalled. The symbols that traded.

    A pass in which anything stays unanswered changes nothing but what the reports said. Without *confirmed*
    balances must differ in two passes alike before it counts: an answer may be older than another.
    """
    contact, traded = desk.executor.contact, list[str]()
    for _ in range(_READINGS):
        # one after the other, and none beyond the first that stays unanswered: each may take its whole patience
        told = await take_reports(desk, now)
        if isinstance(told, Missing):
            break
        traded += told
        shown = await contact.ask(now, "open orders", desk.exchange.open_orders())
        if isinstance(shown, Missing):
            break
        balances = await contact.ask(now, "balances", desk.exchange.balances())
        if isinstance(balances, Missing):
            break
        again = await take_reports(desk, now)
        if isinstance(again, Missing):
            break
        traded += again
        words = await contact.ask(now, "its state", desk.exchange.trouble())
        if isinstance(words, Missing):
            break
        if not again:
            await _take_up(desk, now, shown, balances, confirmed=confirmed)
            if words is None:
                contact.well()
            break
    return tuple(traded)


async def _take_up(
    desk: Desk,
    now: Instant,
    shown: Sequence[OrderState],
    balances: Mapping[str, Decimal],
    *,
    confirmed: bool,
) -> None:
    if desk.account.state is State.HALTED:
        return
    untold = await _take_up_ends(desk, now, shown) if desk.is_shared else set[str]()
    await _end_again(desk, now, shown)
    moved = drift(desk, balances, confirmed=confirmed, untold=untold)
    events = [*strangers(desk, shown), *frozen(desk), *moved]
    if events:
        desk.recorder.write(now, *events)
    if any(isinstance(event, Halted) for event in moved):
        await desk.executor.cancel_entries(now)


async def _take_up_ends(desk: Desk, now: Instant, shown: Sequence[OrderState]) -> set[str]:
    """Orders that are open in the books only: their ends are taken up, their fills left to the reports.

    The symbols of orders that have filled, or may have, beyond what the reports told: a venue may list
    trades later than the balances that they moved.
    """
    account = desk.account
    untold = {state.symbol for state in shown if state.id in account.known and not _is_told(desk, state)}
    there = {state.id for state in shown}
    for number in [one for one in account.open if one not in there and one not in account.unacknowledged]:
        state = await desk.executor.contact.ask(now, "an order", desk.exchange.order(number))
        if isinstance(state, Missing) or (state is not None and not _is_told(desk, state)):
            untold.add(account.open[number].symbol)
        elif state is not None and state.status in (OrderStatus.CANCELLED, OrderStatus.REJECTED):
            desk.recorder.write(now, Cancelled(number, state.reason or state.status.value))
    return untold


def _is_told(desk: Desk, state: OrderState) -> bool:
    return state.filled == desk.account.filled.get(state.id, ZERO)


async def _end_again(desk: Desk, now: Instant, shown: Sequence[OrderState]) -> None:
    """An order of ours that is over in the books, and open at the venue, is ended there."""
    account = desk.account
    for state in shown:
        if state.id in account.open or state.id not in account.over:
            continue
        if state.id not in account.remembered.unknown:
            told = f"order {state.id} is over in the books and open at the venue: it is ended there"
            about = {"order_id": state.id, "symbol": state.symbol}
            desk.recorder.write(now, Alert(UNKNOWN, told, about))
        await desk.executor.contact.ask(now, "an order's end", desk.exchange.cancel(state.id))
