"""Candle x order -> the price at which the candle trades it, before slippage, and how: every order type's rule.

A market order trades at the open; a limit at the better of open and limit once the bar reaches it; a stop at the
worse of open and stop once the bar touches it, and is a market order from then on. Within a bar the
path is taken to be the adverse one: a stop comes before a target, and a trailing stop is tested where
the bar before left it before it follows.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from core.market import Candle, Instrument
from core.money import add, ceil_to, floor_to, published, subtract
from core.orders import OrderType, Side, TimeInForce
from tools.exchange.paper.working import Working

# What shares a bar's volume: market orders first, then stops, then limits.
_MARKET, _STOP, _LIMIT = range(3)


@dataclass(frozen=True, slots=True)
class Touch:
    """A candle reaches an order at *price*. *rank*: who comes first within the bar; *makes*: it was resting."""

    price: Decimal
    rank: int
    slips: bool = True
    makes: bool = False


def look(working: Working, candle: Candle, instrument: Instrument) -> Touch | None:
    """Holds an open order against the next candle; ``None`` where that does not reach it. Notes what it saw."""
    kind = working.order.type
    working.seen = candle.opened_at
    if kind is OrderType.MARKET or (working.triggered and kind is not OrderType.STOP_LIMIT):
        return Touch(published(candle.open), _MARKET if kind is OrderType.MARKET else _STOP)
    if kind is OrderType.LIMIT:
        return _limit(working, candle)
    if kind is OrderType.STOP:
        return _stop(working, candle, _given(working.order.stop_price))
    if kind is OrderType.OCO:
        target = _limit(working, candle)
        return _stop(working, candle, _given(working.order.stop_price)) or target
    if kind is OrderType.TRAILING:
        return _trailing(working, candle, instrument)
    return _stop_limit(working, candle)


def _limit(working: Working, candle: Candle) -> Touch | None:
    order, limit = working.order, _given(working.order.limit_price)
    if working.rests is None:
        opened = published(candle.open)
        working.rests = opened > limit if order.side is Side.BUY else opened < limit
    if working.rests and order.time_in_force is TimeInForce.IOC:
        return None
    if order.side is Side.BUY:
        reached = candle.low <= float(limit) and published(candle.low) <= limit
        pick = min
    else:
        reached = candle.high >= float(limit) and published(candle.high) >= limit
        pick = max
    if not reached:
        return None
    return Touch(pick(published(candle.open), limit), _LIMIT, slips=False, makes=working.rests)


def _stop(working: Working, candle: Candle, stop: Decimal) -> Touch | None:
    if working.order.side is Side.BUY:
        reached = candle.high >= float(stop) and published(candle.high) >= stop
        pick = max
    else:
        reached = candle.low <= float(stop) and published(candle.low) <= stop
        pick = min
    if not reached:
        return None
    working.triggered = True
    return Touch(pick(published(candle.open), stop), _STOP)


def _stop_limit(working: Working, candle: Candle) -> Touch | None:
    """Once triggered it is a limit; in the bar that triggers it, it takes what the trigger price allows."""
    if working.triggered:
        return _limit(working, candle)
    stop, limit = _given(working.order.stop_price), _given(working.order.limit_price)
    touch = _stop(working, candle, stop)
    if touch is None:
        return None
    if touch.price != stop or published(candle.open) == stop:
        # It was triggered by the open, so all of the bar comes after it.
        found = _limit(working, candle)
        return found if found is None or found.makes else Touch(found.price, _STOP)
    working.rests = stop > limit if working.order.side is Side.BUY else stop < limit
    return None if working.rests else touch


def _trailing(working: Working, candle: Candle, instrument: Instrument) -> Touch | None:
    is_buy, trail = working.order.side is Side.BUY, _given(working.order.trail)
    best = published(candle.open) if working.best is None else working.best
    if is_buy:
        stop = ceil_to(add(best, trail), instrument.tick_size)
    else:
        stop = floor_to(subtract(best, trail), instrument.tick_size)
    touch = _stop(working, candle, stop)
    working.best = min(best, published(candle.low)) if is_buy else max(best, published(candle.high))
    return touch


def _given(level: Decimal | None) -> Decimal:
    if level is None:
        raise ValueError("an order without a price that its type needs")
    return level
