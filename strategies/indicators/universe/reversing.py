"""Lines that follow price and change sides when it crosses them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

from core.market import Floats
from strategies.indicators.universe.candles import CLOSE, HIGH, LOW, MEDIAN_PRICE, TRUE_RANGE
from strategies.indicators.universe.kinds import recursive
from strategies.indicators.universe.moving import Move, delay, rma
from strategies.indicators.universe.node import Node


def parabolic(step: float, most: float) -> Node:
    """J. W. Wilder's stop and reverse (1978), pp. 9-20: begun by the first bar's directional movement."""
    return recursive(_stop_and_reverse(step, most), 5, 0, HIGH, LOW, delay(HIGH, 1), delay(LOW, 1))


def super_trend(length: int, ranges: float) -> Node:
    """O. Seban's line: *ranges* x Wilder's average of *length* true ranges off the mid-price."""
    reach = rma(TRUE_RANGE, length) * ranges
    return recursive(_follow, 4, 0, MEDIAN_PRICE + reach, MEDIAN_PRICE - reach, CLOSE)


@cache
def _stop_and_reverse(step: float, most: float) -> Move:
    def move(state: Floats, rows: Sequence[Floats]) -> Floats:
        """The state is the stop of this bar, the next bar's, the side, the extreme so far and the pace."""
        high, low, last_high, last_low = rows
        _, stop, side, extreme, pace = state
        fresh = np.isnan(side)
        up, down = high - last_high, last_low - low
        rising = np.where(fresh, ~((down > up) & (down > 0)), side > 0)
        stop = np.where(fresh, np.where(rising, last_low, last_high), stop)
        extreme = np.where(fresh, np.where(rising, high, low), extreme)
        pace = np.where(fresh, step, pace)
        last_high, last_low = np.where(fresh, high, last_high), np.where(fresh, low, last_low)
        top, bottom = np.maximum(last_high, high), np.minimum(last_low, low)
        crossed = np.where(rising, low <= stop, high >= stop)
        turned = np.where(rising, np.maximum(extreme, top), np.minimum(extreme, bottom))
        told = np.where(crossed, turned, stop)
        rising = rising ^ crossed
        further = np.where(rising, np.maximum(extreme, high), np.minimum(extreme, low))
        further = np.where(crossed, np.where(rising, high, low), further)
        pace = np.where(further != extreme, np.minimum(pace + step, most), pace)
        pace = np.where(crossed, step, pace)
        ahead = told + pace * (further - told)
        ahead = np.where(rising, np.minimum(ahead, bottom), np.maximum(ahead, top))
        moved = np.stack((told, ahead, np.where(rising, 1.0, -1.0), further, pace))
        return np.where(np.isnan(up), np.nan, moved)

    return move


def _follow(state: Floats, rows: Sequence[Floats]) -> Floats:
    """The state is the line, its upper and lower bands, and the last close."""
    upper, lower, close = rows
    line, last_upper, last_lower, last = state
    fresh = np.isnan(last)
    held_upper = np.where(fresh | (upper < last_upper) | (last > last_upper), upper, last_upper)
    held_lower = np.where(fresh | (lower > last_lower) | (last < last_lower), lower, last_lower)
    below = np.where(fresh, True, line == last_upper)
    falling = np.where(below, close <= held_upper, close < held_lower)
    line = np.where(falling, held_upper, held_lower)
    unknown = np.isnan(upper)
    return np.where(unknown, np.nan, np.stack((line, held_upper, held_lower, close)))
