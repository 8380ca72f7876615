"""Structure and levels: where price stands among the prices at which it turned before."""

from __future__ import annotations

import numpy as np

from core.market import Floats
from strategies.indicators.universe.candles import ATR, CLOSE, HIGH, LOW, OPEN, REACH, TRUE_RANGE, position
from strategies.indicators.universe.definition import Definition, Family
from strategies.indicators.universe.elementary import above, greater, lesser, only, where_moved, zero_if_none
from strategies.indicators.universe.kinds import window
from strategies.indicators.universe.moving import delay, held, sma
from strategies.indicators.universe.node import Node, pointwise
from strategies.indicators.universe.statistic import (
    highest,
    lowest,
    share_below,
    since_highest,
    since_lowest,
    total,
)

_S = Family.STRUCTURE
_HIGH = "close / highest high - 1"
_WILLIAMS = "B. Williams' fractal (1995) with 3 bars on either side"


def _peak(values: Floats) -> Floats:
    """The middle value where it stands above those before it and not below those after, else NaN."""
    middle = len(values) // 2
    top = values[middle]
    stands = (top > values[:middle].max(axis=0)) & (top >= values[middle + 1 :].max(axis=0))
    return np.where(stands, top, np.nan)


def _round_distance(close: Floats) -> Floats:
    """Price over its nearest round number, minus 1; as round as `strategies.levels` reads them."""
    tenth = close / 10.0
    decade = 10.0 ** np.floor(np.log10(tenth))
    step = np.where(
        5.0 * decade <= tenth, 5.0 * decade, np.where(2.5 * decade <= tenth, 2.5 * decade, decade)
    )
    return close / (np.round(close / step) * step) - 1.0


_SWING_HIGH = held(window(_peak, 7, HIGH))
_SWING_LOW = held(-window(_peak, 7, -LOW))
_PIVOT = delay((HIGH + LOW + CLOSE) / 3.0, 1)
_BODY_TOP, _BODY_BOTTOM = greater(OPEN, CLOSE), lesser(OPEN, CLOSE)


def _wick(of: Node) -> Node:
    return sma(zero_if_none(of / REACH, REACH), 14)


STRUCTURE: tuple[Definition, ...] = (
    *(
        Definition(
            f"drawdown_{length}",
            _S,
            f"close against the {length}-bar high",
            "fraction",
            _HIGH,
            CLOSE / highest(HIGH, length) - 1.0,
        )
        for length in (90, 365)
    ),
    Definition(
        "rise_from_low_90",
        _S,
        "close against the 90-bar low",
        "fraction",
        "close / lowest low - 1",
        CLOSE / lowest(LOW, 90) - 1.0,
    ),
    Definition(
        "bars_since_high_90",
        _S,
        "bars since the 90-bar high; 0 is now",
        "bars",
        "place of the highest high",
        where_moved(since_highest(HIGH, 90), highest(HIGH, 90) - lowest(LOW, 90)),
    ),
    Definition(
        "bars_since_low_90",
        _S,
        "bars since the 90-bar low; 0 is now",
        "bars",
        "place of the lowest low",
        where_moved(since_lowest(LOW, 90), highest(HIGH, 90) - lowest(LOW, 90)),
    ),
    *(
        Definition(
            f"range_position_{length}",
            _S,
            f"close between the {length}-bar low (0) and high (1)",
            "fraction",
            "R. Donchian's channel (1960)",
            position(length),
        )
        for length in (90, 180)
    ),
    *(
        Definition(
            f"breakout_{length}",
            _S,
            f"close beyond the highest high of the {length} bars before, in average ranges; below 0 under it",
            "ratio",
            "R. Dennis' and W. Eckhardt's entry (1983)",
            (CLOSE - delay(highest(HIGH, length), 1)) / ATR,
        )
        for length in (20, 55)
    ),
    Definition(
        "breakdown_20",
        _S,
        "close beyond the lowest low of the 20 bars before, in average ranges; below 0 above it",
        "ratio",
        "R. Dennis' and W. Eckhardt's entry (1983)",
        (delay(lowest(LOW, 20), 1) - CLOSE) / ATR,
    ),
    Definition(
        "swing_high_distance",
        _S,
        "close against the newest confirmed swing high",
        "fraction",
        _WILLIAMS,
        CLOSE / _SWING_HIGH - 1.0,
    ),
    Definition(
        "swing_low_distance",
        _S,
        "close against the newest confirmed swing low",
        "fraction",
        _WILLIAMS,
        CLOSE / _SWING_LOW - 1.0,
    ),
    Definition(
        "swing_place",
        _S,
        "close between the newest swing low (0) and high (1); outside them beyond",
        "fraction",
        _WILLIAMS,
        only((CLOSE - _SWING_LOW) / (_SWING_HIGH - _SWING_LOW), above(_SWING_HIGH, _SWING_LOW)),
    ),
    Definition(
        "pivot_distance",
        _S,
        "close against the pivot of the bar before: mean of its high, low and close",
        "fraction",
        "floor traders' pivot point",
        CLOSE / _PIVOT - 1.0,
    ),
    Definition(
        "round_number_distance",
        _S,
        "close against the nearest round number",
        "fraction",
        "multiples of 1, 2.5 and 5 x 10^k up to a tenth of price; ours",
        pointwise(_round_distance, CLOSE),
    ),
    Definition(
        "retracement_90",
        _S,
        "how much of the 90-bar range has been given back from the high",
        "fraction",
        "(highest high - close) / range",
        (highest(HIGH, 90) - CLOSE) / (highest(HIGH, 90) - lowest(LOW, 90)),
    ),
    Definition(
        "higher_highs_20",
        _S,
        "share of 20 bars whose high is above the one before, less that of lower lows",
        "fraction",
        "counted highs and lows",
        (total(above(HIGH, delay(HIGH, 1)), 20) - total(above(delay(LOW, 1), LOW), 20)) * 0.05,
    ),
    Definition(
        "range_place_7",
        _S,
        "share of the 6 ranges before that are narrower than the newest: 0 is the narrowest of 7",
        "fraction",
        "T. Crabel, Day Trading with Short Term Price Patterns (1990)",
        share_below(TRUE_RANGE, 7),
    ),
    Definition(
        "upper_wick_14",
        _S,
        "mean share of a bar's range above its body",
        "fraction",
        "wick / range",
        _wick(HIGH - _BODY_TOP),
    ),
    Definition(
        "lower_wick_14",
        _S,
        "mean share of a bar's range below its body",
        "fraction",
        "wick / range",
        _wick(_BODY_BOTTOM - LOW),
    ),
)
