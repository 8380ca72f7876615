"""Protective exits: a stop that rests at the venue, and the levels that the loop watches itself."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from agent.runtime.account import Protection
from agent.runtime.desk import Desk
from agent.runtime.executor import Closing
from agent.runtime.inputs import atr_of, case_of, gather
from core.events import Approved, Event, Exit, Refused
from core.ids import OrderId, exit_id
from core.instant import Instant
from core.market import Candle
from core.money import floor_to, multiply, published
from core.observation import Missing
from core.orders import ApprovedOrder, OrderType, Purpose, Side, Verdict, Wish
from strategies.risk.case import is_resting_stop
from strategies.risk.engine import review_exit
from strategies.risk.exits import ExitPlan, Trigger, fired, plan
from strategies.risk.refusals import is_dust


async def protect(desk: Desk, now: Instant, symbols: tuple[str, ...]) -> None:
    """Gives every position of *symbols* that just traded a stop of its size at the venue."""
    if not _wants_exits(desk):
        return
    account = desk.account
    for symbol in symbols:
        if symbol in account.remembered.frozen:
            continue
        held = account.portfolio.positions.get(symbol)
        guard = account.protections.get(symbol)
        if guard is not None and held is not None and guard.opened_at != held.opened_at:
            # the position that it guarded was closed, and another one opened, since the last beat
            await _cancel_resting(desk, now, symbol)
            guard = None
        if held is None:
            await _cancel_resting(desk, now, symbol)
            account.protections.pop(symbol, None)
            continue
        begun = held.opened_at
        if guard is not None and guard.is_dust:
            if _is_dust(desk, symbol):
                _review(desk, now, symbol, "stop", desk.mark(symbol))  # said again where something traded
                continue
            guard, begun = None, now
        if guard is None or _is_incomplete(desk, guard):
            atr = atr_of(desk.market, symbol, desk.config.every)
            known = None if isinstance(atr, Missing) else atr
            exits_of = plan(held.average_price, known, begun, desk.config.limits)
            high = held.average_price if guard is None else guard.high
            guard = Protection(held.opened_at, exits_of, high, None if guard is None else guard.resting)
            account.protections[symbol] = guard
        await _rest_stop(desk, now, symbol, guard)
        if account.protections[symbol].resting not in account.open and _is_dust(desk, symbol):
            _lay_down(desk, symbol)


def _is_dust(desk: Desk, symbol: str) -> bool:
    """Whether what is held of *symbol* is less than its venue takes."""
    rules, mark = desk.market.instrument(symbol), desk.mark(symbol)
    quantity = floor_to(desk.account.portfolio.quantity(symbol), rules.lot_size)
    too_little = mark is not None and multiply(quantity, mark) < rules.min_notional
    return quantity <= 0 or quantity < rules.min_quantity or too_little


def _lay_down(desk: Desk, symbol: str) -> None:
    """Guards dust no more, and remembers that it is dust."""
    held = desk.account.portfolio.positions[symbol]
    nothing = ExitPlan(None, None, None, None)
    laid = Protection(held.opened_at, nothing, held.average_price, is_dust=True)
    desk.account.protections[symbol] = laid


def unprotected(desk: Desk) -> tuple[str, ...]:
    """The symbols whose plan still lacks a level (its ATR was not known at the entry), or whose old stop has not ended.

    And dust that is worth more than that again.
    """
    guards = desk.account.protections.items()
    return (
        *(
            symbol
            for symbol, guard in guards
            if (not _is_dust(desk, symbol) if guard.is_dust else _is_incomplete(desk, guard))
        ),
        *desk.unended,
    )


def _wants_exits(desk: Desk) -> bool:
    exits = desk.config.limits.exits
    return bool(exits.stop_atr or exits.target_atr or exits.trailing_atr or exits.time)


def _is_incomplete(desk: Desk, guard: Protection) -> bool:
    exits, made = desk.config.limits.exits, guard.plan
    wanted = (
        (exits.stop_atr, made.stop),
        (exits.target_atr, made.target),
        (exits.trailing_atr, made.trailing_distance),
    )
    return any(distance and level is None for distance, level in wanted)


async def renew_collared(desk: Desk, now: Instant) -> None:
    """Moves forced sales that stand at a collar, and have not filled, to the collar of the newest good price."""
    for order in list(desk.account.open.values()):
        if order.purpose is Purpose.EXIT and order.type is OrderType.LIMIT:
            await desk.executor.cancel(now, order.id)
            if order.id not in desk.account.open and order.symbol in desk.account.portfolio.positions:
                await _close(desk, now, order.symbol, order.reason, None, again=True)


async def _rest_stop(desk: Desk, now: Instant, symbol: str, guard: Protection) -> None:
    """One resting stop over the whole position; none while a sale is on its way."""
    account = desk.account
    if guard.plan.stop is None or _sale_on_its_way(desk, symbol):
        return
    # a fee that was taken of what was bought leaves less than a lot beside the stop
    quantity = floor_to(account.portfolio.quantity(symbol), desk.market.instrument(symbol).lot_size)
    resting = None if guard.resting is None else account.open.get(guard.resting)
    if resting is not None and resting.quantity == quantity:
        return
    if not await _cancel_resting(desk, now, symbol):
        return  # two stops would sell more than is held; the next beat tries again
    verdict = _review(desk, now, symbol, "stop", guard.plan.stop)
    if verdict.order is None:
        return
    account.protections[symbol] = replace(guard, resting=verdict.order.id)
    desk.recorder.write(now, Approved(verdict.order, verdict.findings), desk.executor.intent(verdict.order))
    await desk.executor.send(now, [verdict.order])


def raise_highs(desk: Desk) -> None:
    """Takes in the newest candle's high, for the trailing stops: what a beat that is past does of `check_exits`."""
    for symbol, guard in list(desk.account.protections.items()):
        candle, held = desk.market.candle(symbol), desk.account.portfolio.positions.get(symbol)
        if isinstance(candle, Missing) or held is None or candle.opened_at < held.opened_at:
            continue
        high = max(guard.high, published(candle.high))
        if high != guard.high:
            desk.account.protections[symbol] = replace(guard, high=high)


async def check_exits(desk: Desk, now: Instant) -> None:
    """Fires what the newest candle touched; the venue's resting stop is the first line, this the second."""
    account = desk.account
    for symbol, guard in list(account.protections.items()):
        candle = desk.market.candle(symbol)
        if symbol not in account.portfolio.positions or symbol in account.remembered.frozen:
            continue
        if isinstance(candle, Missing):
            # no price to compare with; the deadline needs none, and a forced sale stands at the collar
            if _is_overdue(guard, now) and not _sale_on_its_way(desk, symbol):
                await _close(desk, now, symbol, Trigger.TIME.value, None)
            continue
        if candle.opened_at < account.portfolio.positions[symbol].opened_at:
            continue
        high = max(guard.high, published(candle.high))
        hit = fired(guard.plan, guard.high, candle, now)
        if high != guard.high:
            account.protections[symbol] = replace(guard, high=high)
        if hit is None or _sale_on_its_way(desk, symbol):
            continue
        trigger, level = hit
        resting = None if guard.resting is None else account.open.get(guard.resting)
        if trigger is Trigger.STOP and resting is not None and not _is_passed(resting, candle):
            continue
        await _close(desk, now, symbol, trigger.value, level)


def _is_passed(resting: ApprovedOrder, candle: Candle) -> bool:
    """Whether the price has fallen through the limit of a stop, which then fills no more."""
    return resting.limit_price is not None and published(candle.close) < resting.limit_price


def _is_overdue(guard: Protection, now: Instant) -> bool:
    return guard.plan.deadline is not None and now >= guard.plan.deadline


async def close_everything(desk: Desk, now: Instant) -> None:
    """Sells every position at once: a halt's own close."""
    for symbol in list(desk.account.portfolio.positions):
        if symbol not in desk.account.remembered.frozen and not _sale_on_its_way(desk, symbol):
            await _close(desk, now, symbol, "flatten", None)


async def exit_again(desk: Desk, now: Instant, lost: ApprovedOrder) -> bool:
    """Sends an exit anew that never reached the venue; whether it is still wanted."""
    symbol = lost.symbol
    if symbol not in desk.account.portfolio.positions or _sale_on_its_way(desk, symbol):
        return False
    await _close(desk, now, symbol, lost.reason, None, again=True)
    return True


async def _close(
    desk: Desk, now: Instant, symbol: str, trigger: str, level: Decimal | None, *, again: bool = False
) -> None:
    """Sells the whole position; *again*: the exit has fired before, and is only sent anew."""
    verdict = _review(desk, now, symbol, trigger, None)
    if verdict.order is None:
        if is_dust(verdict.findings):
            _lay_down(desk, symbol)
        return
    events: list[Event] = [] if again else [Exit(symbol, trigger, level, verdict.order.id)]
    events += [Approved(verdict.order, verdict.findings), desk.executor.intent(verdict.order)]
    desk.recorder.write(now, *events)
    await desk.executor.send(
        now, [verdict.order], closing=Closing.HALT if trigger == "flatten" else Closing.NO
    )


def _review(desk: Desk, now: Instant, symbol: str, trigger: str, stop: Decimal | None) -> Verdict:
    """The risk engine's answer to selling the whole position; a refusal is journalled once, until something changes."""
    account = desk.account
    price = desk.mark(symbol) or Decimal(0)
    wish = Wish(symbol, Side.SELL, Purpose.EXIT, multiply(account.portfolio.quantity(symbol), price), trigger)
    pending = tuple(account.open.values())
    case = case_of(
        desk, wish, now, gather(desk, symbol, pending), desk.equity(), pending=pending, decision=None
    )
    verdict = review_exit(case, exit_id(account.id, symbol, trigger, now), stop_price=stop)
    said = account.refused_exits.get(symbol)
    if verdict.order is None and said != tuple(one.code for one in verdict.findings):
        desk.recorder.write(now, Refused(None, wish, verdict.findings))
    return verdict


def _sale_on_its_way(desk: Desk, symbol: str) -> bool:
    return any(
        order.symbol == symbol and order.side is Side.SELL and not is_resting_stop(order)
        for order in desk.account.open.values()
    )


async def _cancel_resting(desk: Desk, now: Instant, symbol: str) -> bool:
    """Ends the resting stops of *symbol*; whether none rests any more."""
    desk.unended.discard(symbol)
    for order in list(desk.account.open.values()):
        if order.symbol == symbol and is_resting_stop(order):
            await desk.executor.cancel(now, order.id)
            if order.id in desk.account.open:
                desk.unended.add(symbol)
            else:
                _forget(desk, symbol, order.id)
    return symbol not in desk.unended


def _forget(desk: Desk, symbol: str, order_id: OrderId) -> None:
    guard = desk.account.protections.get(symbol)
    if guard is not None and guard.resting == order_id:
        desk.account.protections[symbol] = replace(guard, resting=None)
