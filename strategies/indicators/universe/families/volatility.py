"""Volatility: how widely price swings."""

from __future__ import annotations

from math import log

from strategies.indicators.universe.candles import (
    ATR,
    CLOSE,
    HIGH,
    LAST_CLOSE,
    LOW,
    OPEN,
    PER_YEAR,
    REACH,
    RETURN,
    TRUE_RANGE,
    place,
)
from strategies.indicators.universe.definition import Definition, Family
from strategies.indicators.universe.elementary import lesser, logarithm, rise, root, where_moved
from strategies.indicators.universe.moving import delay, ema, rma, sma
from strategies.indicators.universe.node import Node
from strategies.indicators.universe.statistic import (
    deviation,
    highest,
    lowest,
    root_mean_fall,
    share_below,
    total,
)

_V = Family.VOLATILITY
_YEARLY = "fraction_per_year"
_ANNUAL = "standard deviation of simple returns x sqrt(bars in 365 days)"
_BANDS = "J. Bollinger, Bollinger on Bollinger Bands (2001)"


def _realised(length: int) -> Node:
    return deviation(RETURN, length, 1) * root(PER_YEAR)


def _squared(of: Node) -> Node:
    return of * of


_UP, _DOWN, _BODY, _GAP = (
    logarithm(one) for one in (HIGH / OPEN, LOW / OPEN, CLOSE / OPEN, OPEN / LAST_CLOSE)
)
_PARKINSON = sma(_squared(logarithm(HIGH / LOW)), 30) * (1.0 / (4.0 * log(2.0)))
_GARMAN_KLASS = sma(_squared(logarithm(HIGH / LOW)) * 0.5 - _squared(_BODY) * (2.0 * log(2.0) - 1.0), 30)
_ROGERS_SATCHELL = sma(_UP * (_UP - _BODY) + _DOWN * (_DOWN - _BODY), 30)
_K = 0.34 / (1.34 + 31.0 / 29.0)
_YANG_ZHANG = (
    _squared(deviation(_GAP, 30, 1)) + _squared(deviation(_BODY, 30, 1)) * _K + _ROGERS_SATCHELL * (1.0 - _K)
)
_MIDDLE, _SPREAD = sma(CLOSE, 20), deviation(CLOSE, 20)
_BANDWIDTH = _SPREAD * 4.0 / _MIDDLE
_SPAN = highest(HIGH, 14) - lowest(LOW, 14)
_RANGE_MEAN = ema(REACH, 9, 0)


def _yearly(variance: Node) -> Node:
    return root(rise(variance) * PER_YEAR)


VOLATILITY: tuple[Definition, ...] = (
    Definition(
        "atr_14", _V, "average true range over price", "percent", "J. W. Wilder (1978)", 100.0 * ATR / CLOSE
    ),
    Definition(
        "bollinger_percent_b",
        _V,
        "close between lower (0) and upper (1) band",
        "fraction",
        _BANDS,
        where_moved(
            place(CLOSE, _MIDDLE - _SPREAD * 2.0, _MIDDLE + _SPREAD * 2.0),
            highest(CLOSE, 20) - lowest(CLOSE, 20),
        ),
    ),
    Definition(
        "bollinger_bandwidth", _V, "width of the bands over their middle", "fraction", _BANDS, _BANDWIDTH
    ),
    *(
        Definition(
            f"realised_volatility_{length}",
            _V,
            f"volatility of {length} returns",
            _YEARLY,
            _ANNUAL,
            _realised(length),
        )
        for length in (7, 30, 90)
    ),
    Definition(
        "volatility_ratio_7_30",
        _V,
        "volatility of 7 returns over that of 30",
        "ratio",
        "ratio of standard deviations",
        deviation(RETURN, 7, 1) / deviation(RETURN, 30, 1),
    ),
    Definition(
        "volatility_place_180",
        _V,
        "share of the last 180 30-bar volatilities below the newest",
        "fraction",
        "percentile in its own history",
        share_below(deviation(RETURN, 30, 1), 181),
    ),
    Definition(
        "downside_deviation_30",
        _V,
        "root of the mean squared loss of 30 returns, a year",
        _YEARLY,
        "F. Sortino and R. van der Meer, Downside Risk (1991)",
        _yearly(sma(_squared(lesser(RETURN, RETURN * 0.0)), 30)),
    ),
    Definition(
        "parkinson_30",
        _V,
        "volatility from highs and lows of 30 bars",
        _YEARLY,
        "M. Parkinson, The Extreme Value Method (1980)",
        _yearly(_PARKINSON),
    ),
    Definition(
        "garman_klass_30",
        _V,
        "volatility from whole candles of 30 bars",
        _YEARLY,
        "M. Garman and M. Klass, Journal of Business 53 (1980)",
        _yearly(_GARMAN_KLASS),
    ),
    Definition(
        "rogers_satchell_30",
        _V,
        "volatility from whole candles of 30 bars, free of drift",
        _YEARLY,
        "L. Rogers and S. Satchell, Annals of Applied Probability 1 (1991)",
        _yearly(_ROGERS_SATCHELL),
    ),
    Definition(
        "yang_zhang_30",
        _V,
        "volatility from whole candles and gaps of 30 bars",
        _YEARLY,
        "D. Yang and Q. Zhang, Journal of Business 73 (2000)",
        _yearly(_YANG_ZHANG),
    ),
    Definition(
        "keltner_20_position",
        _V,
        "close between 20-bar EMA less (0) and plus (1) two average ranges of 10 bars",
        "fraction",
        "L. Raschke's form of C. Keltner's channel (1960)",
        (CLOSE - ema(CLOSE, 20)) / (4.0 * rma(TRUE_RANGE, 10)) + 0.5,
    ),
    Definition(
        "squeeze_20",
        _V,
        "Bollinger width over Keltner width of 1.5 ranges: below 1 is a squeeze",
        "ratio",
        "J. Carter, Mastering the Trade (2005)",
        _SPREAD * 4.0 / (3.0 * sma(TRUE_RANGE, 20)),
    ),
    Definition(
        "choppiness_14",
        _V,
        "way travelled over the span of 14 bars: 100 is sideways, 0 is one straight move",
        "index",
        "E. W. Dreiss, Choppiness Index (1993)",
        logarithm(total(TRUE_RANGE, 14) / _SPAN) * (100.0 / log(14.0)),
    ),
    Definition(
        "ulcer_14",
        _V,
        "root of the mean squared fall from the highest close of 14 bars so far",
        "fraction",
        "P. Martin and B. McCann, The Investor's Guide to Fidelity Funds (1989)",
        root_mean_fall(CLOSE, 14),
    ),
    Definition(
        "mass_index_25",
        _V,
        "sum of 25 ratios of a smoothed range to its own mean",
        "index",
        "D. Dorsey, The Mass Index, Stocks & Commodities 10:6 (1992)",
        total(ema(REACH, 9, 8) / ema(_RANGE_MEAN, 9, 16), 25),
    ),
    Definition(
        "chaikin_volatility_10",
        _V,
        "change of the 10-bar mean range over 10 bars",
        "percent",
        "M. Chaikin (1966)",
        (ema(REACH, 10) / delay(ema(REACH, 10), 10) - 1.0) * 100.0,
    ),
    Definition(
        "range_ratio_14",
        _V,
        "newest true range over its 14-bar mean",
        "ratio",
        "true range / Wilder's average of it",
        TRUE_RANGE / ATR,
    ),
)
