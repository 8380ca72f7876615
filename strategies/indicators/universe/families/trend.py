"""Trend: which way price goes, and how steadily."""

from __future__ import annotations

from strategies.indicators.universe.candles import (
    CHANGE,
    CLOSE,
    HIGH,
    LOG_CLOSE,
    LOG_RETURN,
    LOW,
    MEDIAN_PRICE,
    TRUE_RANGE,
    VOLUME,
    moves,
    place,
    position,
)
from strategies.indicators.universe.definition import Definition, Family
from strategies.indicators.universe.elementary import absolute, where_moved, zero_if_none
from strategies.indicators.universe.moving import adaptive, delay, ema, hma, rma, sma, wma
from strategies.indicators.universe.node import Node
from strategies.indicators.universe.reversing import parabolic, super_trend
from strategies.indicators.universe.statistic import (
    covariance,
    deviation,
    highest,
    lowest,
    moment,
    since_highest,
    since_lowest,
    slope,
    total,
)

_WILDER = "J. W. Wilder, New Concepts in Technical Trading Systems (1978)"
_MULLOY = "P. Mulloy, Smoothing Data with Faster Moving Averages, Stocks & Commodities 12:1 (1994)"
_ICHIMOKU = "G. Hosoda, Ichimoku Kinko Hyo (1969)"
_KAUFMAN = "P. Kaufman, Smarter Trading (1995)"


def _from(mean: Node) -> Node:
    return CLOSE / mean - 1.0


def _dema(length: int) -> Node:
    once = ema(CLOSE, length, 0)
    return 2.0 * once - ema(once, length, 2 * length - 2)


def _tema(length: int) -> Node:
    once = ema(CLOSE, length, 0)
    twice = ema(once, length, 0)
    return 3.0 * once - 3.0 * twice + ema(twice, length, 3 * length - 3)


def _middle(length: int) -> Node:
    return (highest(HIGH, length) + lowest(LOW, length)) / 2.0


def _fit(length: int) -> Node:
    """R squared of a straight line through *length* logarithms of the close."""
    variance = moment(LOG_CLOSE, length, 2)
    explained = slope(LOG_CLOSE, length) * slope(LOG_CLOSE, length) * ((length * length - 1.0) / 12.0)
    return explained / where_moved(variance, highest(CLOSE, length) - lowest(CLOSE, length))


def _directional() -> tuple[Node, Node, Node]:
    reach, (up, down) = rma(TRUE_RANGE, 14), moves()
    rises, falls = rma(up, 14), rma(down, 14)
    apart = 100.0 * absolute(rises - falls) / (rises + falls)
    index = rma(zero_if_none(apart, rises + falls), 14)
    return 100.0 * rises / reach, 100.0 * falls / reach, where_moved(index, reach)


def _vortex(length: int) -> Node:
    up, down = absolute(HIGH - delay(LOW, 1)), absolute(LOW - delay(HIGH, 1))
    return (total(up, length) - total(down, length)) / total(TRUE_RANGE, length)


_EFFICIENCY = absolute(CLOSE - delay(CLOSE, 10)) / total(absolute(CHANGE), 10)
_MACD = ema(CLOSE, 12, 0) - ema(CLOSE, 26, 0)
_THRICE = ema(ema(ema(CLOSE, 15, 0), 15, 0), 15, 42)
_CLOUD = (delay((_middle(9) + _middle(26)) / 2.0, 26) + delay(_middle(52), 26)) / 2.0
_PLUS, _MINUS, _ADX = _directional()
_T = Family.TREND

TREND: tuple[Definition, ...] = (
    *(
        Definition(
            f"sma_{length}_distance",
            _T,
            f"close against its {length}-bar mean",
            "fraction",
            "close / simple mean of closes - 1",
            _from(sma(CLOSE, length)),
        )
        for length in (20, 50, 200)
    ),
    *(
        Definition(
            f"ema_{length}_distance",
            _T,
            f"close against its {length}-bar EMA",
            "fraction",
            "close / exponential mean of closes - 1 (R. G. Brown, 1956)",
            _from(ema(CLOSE, length)),
        )
        for length in (12, 26)
    ),
    Definition(
        "macd_histogram",
        _T,
        "MACD - signal, over price",
        "fraction",
        "T. Aspray, MACD-Histogram (1986)",
        (_MACD - ema(_MACD, 9, 33)) / CLOSE,
    ),
    Definition(
        "macd_line",
        _T,
        "12-bar EMA - 26-bar EMA, over price",
        "fraction",
        "G. Appel, MACD (1979)",
        (ema(CLOSE, 12) - ema(CLOSE, 26)) / CLOSE,
    ),
    Definition("plus_di_14", _T, "strength of rises, 0 to 100", "index", _WILDER, _PLUS),
    Definition("minus_di_14", _T, "strength of falls, 0 to 100", "index", _WILDER, _MINUS),
    Definition("adx_14", _T, "strength of the trend, whichever way, 0 to 100", "index", _WILDER, _ADX),
    Definition(
        "donchian_20_position",
        _T,
        "close between 20-bar low (0) and high (1)",
        "fraction",
        "R. Donchian's channel (1960)",
        position(20),
    ),
    Definition(
        "sma_50_200_spread",
        _T,
        "50-bar mean against the 200-bar mean: above 0 after a golden cross",
        "fraction",
        "simple mean / simple mean - 1",
        sma(CLOSE, 50) / sma(CLOSE, 200) - 1.0,
    ),
    Definition(
        "wma_20_distance",
        _T,
        "close against its 20-bar weighted mean",
        "fraction",
        "linear weights",
        _from(wma(CLOSE, 20)),
    ),
    Definition(
        "hma_20_distance",
        _T,
        "close against its 20-bar Hull mean",
        "fraction",
        "A. Hull, Hull Moving Average (2005)",
        _from(hma(CLOSE, 20)),
    ),
    Definition(
        "dema_20_distance",
        _T,
        "close against its 20-bar double EMA",
        "fraction",
        _MULLOY,
        _from(_dema(20)),
    ),
    Definition(
        "tema_20_distance",
        _T,
        "close against its 20-bar triple EMA",
        "fraction",
        _MULLOY,
        _from(_tema(20)),
    ),
    Definition(
        "vwma_20_distance",
        _T,
        "close against its 20-bar mean by volume",
        "fraction",
        "close / volume-weighted mean of closes - 1",
        _from(total(CLOSE * VOLUME, 20) / total(VOLUME, 20)),
    ),
    Definition(
        "kama_10_distance",
        _T,
        "close against Kaufman's adaptive mean",
        "fraction",
        _KAUFMAN,
        _from(adaptive(CLOSE, zero_if_none(_EFFICIENCY, total(absolute(CHANGE), 10)))),
    ),
    Definition(
        "efficiency_ratio_10",
        _T,
        "net move over the way travelled in 10 bars, 0 to 1",
        "fraction",
        _KAUFMAN,
        _EFFICIENCY,
    ),
    Definition(
        "aroon_25",
        _T,
        "bars since the 25-bar low less those since the high, -100 to 100",
        "index",
        "T. Chande, A Time Price Oscillator, Stocks & Commodities 13:9 (1995)",
        where_moved(
            (since_lowest(LOW, 26) - since_highest(HIGH, 26)) * 4.0, highest(HIGH, 26) - lowest(LOW, 26)
        ),
    ),
    Definition(
        "trend_slope_30",
        _T,
        "slope of the line through 30 logarithms of price, a bar",
        "fraction",
        "least squares",
        slope(LOG_CLOSE, 30),
    ),
    Definition(
        "trend_fit_30",
        _T,
        "how straight those 30 bars are: R squared, 0 to 1",
        "fraction",
        "least squares",
        _fit(30),
    ),
    Definition(
        "trend_significance_90",
        _T,
        "mean log return over its standard error, 90 bars",
        "deviations",
        "Student (1908)",
        sma(LOG_RETURN, 90)
        / where_moved(
            deviation(LOG_RETURN, 90, 1) / 90.0**0.5, highest(LOG_RETURN, 90) - lowest(LOG_RETURN, 90)
        ),
    ),
    Definition(
        "trend_persistence_20",
        _T,
        "covariance of returns with those a bar before over their variance",
        "fraction",
        "first-order regression of returns",
        covariance(LOG_RETURN, delay(LOG_RETURN, 1), 20)
        / where_moved(moment(LOG_RETURN, 20, 2), highest(LOG_RETURN, 20) - lowest(LOG_RETURN, 20)),
    ),
    Definition(
        "ichimoku_conversion",
        _T,
        "9-bar middle against the 26-bar middle, over price",
        "fraction",
        _ICHIMOKU,
        (_middle(9) - _middle(26)) / CLOSE,
    ),
    Definition(
        "ichimoku_cloud_distance",
        _T,
        "close against the middle of the cloud that was drawn 26 bars ago",
        "fraction",
        _ICHIMOKU,
        _from(_CLOUD),
    ),
    Definition(
        "vortex_14",
        _T,
        "upward less downward vortex movement over true range",
        "ratio",
        "E. Botes and D. Siepman, The Vortex Indicator, Stocks & Commodities 28:1 (2010)",
        _vortex(14),
    ),
    Definition(
        "trix_15",
        _T,
        "change of the thrice smoothed price, a bar",
        "percent",
        "J. Hutson, TRIX, Stocks & Commodities 1:5 (1983)",
        (_THRICE / delay(_THRICE, 1) - 1.0) * 100.0,
    ),
    Definition(
        "sar_distance",
        _T,
        "close against Wilder's parabolic stop (0.02, 0.2): above 0 in a rise",
        "fraction",
        _WILDER,
        _from(parabolic(0.02, 0.2)),
    ),
    Definition(
        "supertrend_10_3",
        _T,
        "close against the supertrend line (10 bars, 3 ranges): above 0 in a rise",
        "fraction",
        "O. Seban, Supertrend (2009)",
        where_moved(_from(super_trend(10, 3.0)), rma(TRUE_RANGE, 10)),
    ),
    Definition(
        "median_place_50",
        _T,
        "mid-price between the 50-bar extremes of mid-prices",
        "fraction",
        "R. Donchian's channel (1960)",
        place(MEDIAN_PRICE, lowest(MEDIAN_PRICE, 50), highest(MEDIAN_PRICE, 50)),
    ),
)
