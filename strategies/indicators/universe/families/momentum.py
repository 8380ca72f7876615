"""Momentum: how fast price moves, and how stretched it is."""

from __future__ import annotations

from strategies.indicators.universe.candles import (
    CHANGE,
    CLOSE,
    HIGH,
    LAST_CLOSE,
    LOG_CLOSE,
    LOW,
    MEDIAN_PRICE,
    OPEN,
    REACH,
    TRUE_RANGE,
    TYPICAL,
    past_return,
    place,
    position,
)
from strategies.indicators.universe.definition import Definition, Family
from strategies.indicators.universe.elementary import absolute, lesser, rise, where_moved, zero_if_none
from strategies.indicators.universe.moving import delay, ema, rma, sma, wma
from strategies.indicators.universe.node import Node
from strategies.indicators.universe.statistic import highest, lowest, mean_deviation, total

_M = Family.MOMENTUM
_RETURN = "close / earlier close - 1"
_WILDER = "J. W. Wilder, New Concepts in Technical Trading Systems (1978)"
_LANE = "G. Lane, fast %K (1957)"
_ELDER = "A. Elder, Trading for a Living (1993)"


def _rsi(length: int) -> Node:
    gain, loss = rma(rise(CHANGE), length), rma(rise(-CHANGE), length)
    return 100.0 * gain / (gain + loss)


def _cci(length: int) -> Node:
    apart = (TYPICAL - sma(TYPICAL, length)) / (0.015 * mean_deviation(TYPICAL, length))
    return where_moved(apart, highest(TYPICAL, length) - lowest(TYPICAL, length))


def _chande(length: int) -> Node:
    gain, loss = total(rise(CHANGE), length), total(rise(-CHANGE), length)
    return 100.0 * (gain - loss) / (gain + loss)


def _tsi() -> Node:
    def twice(of: Node) -> Node:
        return ema(ema(of, 25, 0), 13, 36)

    return 100.0 * twice(CHANGE) / twice(absolute(CHANGE))


def _ultimate() -> Node:
    pressure = CLOSE - lesser(LOW, LAST_CLOSE)

    def over(length: int) -> Node:
        return total(pressure, length) / total(TRUE_RANGE, length)

    return (4.0 * over(7) + 2.0 * over(14) + over(28)) * (100.0 / 7.0)


def _know_sure_thing() -> Node:
    parts = [
        weight * sma(past_return(CLOSE, rows) * 100.0, length)
        for weight, rows, length in ((1.0, 10, 10), (2.0, 15, 10), (3.0, 20, 10), (4.0, 30, 15))
    ]
    return parts[0] + parts[1] + parts[2] + parts[3]


_RSI = _rsi(14)
_FAST_K = 100.0 * position(14)
_BODY = CLOSE - OPEN
_BALANCE = zero_if_none(_BODY / REACH, REACH)

MOMENTUM: tuple[Definition, ...] = (
    Definition("return_1", _M, "change over the newest bar", "fraction", _RETURN, past_return(CLOSE, 1)),
    *(
        Definition(
            f"return_{length}",
            _M,
            f"change over {length} bars",
            "fraction",
            _RETURN,
            past_return(CLOSE, length),
        )
        for length in (7, 30, 90, 180)
    ),
    Definition(
        "return_90_skip_7",
        _M,
        "change from 90 bars ago until 7 bars ago",
        "fraction",
        "N. Jegadeesh, Evidence of Predictable Behavior of Security Returns (1990): skip the newest",
        delay(CLOSE, 7) / delay(CLOSE, 90) - 1.0,
    ),
    Definition(
        "roc_10", _M, "change over 10 bars", "percent", "return x 100", past_return(CLOSE, 10) * 100.0
    ),
    Definition(
        "return_acceleration_14",
        _M,
        "log change of 14 bars less that of the 14 before",
        "fraction",
        "second difference of logarithms",
        LOG_CLOSE - 2.0 * delay(LOG_CLOSE, 14) + delay(LOG_CLOSE, 28),
    ),
    Definition("rsi_14", _M, "share of gains in changes, 0 to 100", "index", _WILDER, _RSI),
    Definition("rsi_7", _M, "share of gains in changes, 0 to 100, faster", "index", _WILDER, _rsi(7)),
    Definition("stochastic_14", _M, "close between 14-bar low (0) and high (100)", "index", _LANE, _FAST_K),
    Definition(
        "stochastic_slow_14_3",
        _M,
        "mean of 3 of the stochastic, smoothed by 3: slow %D",
        "index",
        "G. Lane, Lane's Stochastics, Stocks & Commodities 2:3 (1984)",
        sma(sma(_FAST_K, 3), 3),
    ),
    Definition(
        "stochastic_rsi_14",
        _M,
        "RSI between its own 14-bar low (0) and high (100)",
        "index",
        "T. Chande and S. Kroll, The New Technical Trader (1994)",
        100.0 * place(_RSI, lowest(_RSI, 14), highest(_RSI, 14)),
    ),
    Definition(
        "williams_r_14",
        _M,
        "close between 14-bar low (-100) and high (0)",
        "index",
        "L. Williams, %R (1973)",
        _FAST_K - 100.0,
    ),
    Definition(
        "cci_20",
        _M,
        "typical price from its mean; mostly within 100",
        "index",
        "D. R. Lambert, Commodity Channel Index (1980)",
        _cci(20),
    ),
    Definition(
        "cmo_14",
        _M,
        "gains less losses over both, -100 to 100",
        "index",
        "T. Chande and S. Kroll, The New Technical Trader (1994)",
        _chande(14),
    ),
    Definition(
        "tsi_25_13",
        _M,
        "twice smoothed change over its twice smoothed size, -100 to 100",
        "index",
        "W. Blau, True Strength Index, Stocks & Commodities 9:11 (1991)",
        _tsi(),
    ),
    Definition(
        "ultimate_oscillator",
        _M,
        "buying pressure over true range in 7, 14 and 28 bars, 0 to 100",
        "index",
        "L. Williams, The Ultimate Oscillator, Stocks & Commodities 3:4 (1985)",
        _ultimate(),
    ),
    Definition(
        "awesome_oscillator",
        _M,
        "5-bar less 34-bar mean of mid-prices, over price",
        "fraction",
        "B. Williams, New Trading Dimensions (1998)",
        (sma(MEDIAN_PRICE, 5) - sma(MEDIAN_PRICE, 34)) / CLOSE,
    ),
    Definition(
        "balance_of_power_14",
        _M,
        "mean of body over range, -1 to 1",
        "fraction",
        "I. Livshin, Balance of Power, Stocks & Commodities 19:8 (2001)",
        sma(_BALANCE, 14),
    ),
    Definition(
        "ppo_12_26",
        _M,
        "12-bar mean over the 26-bar mean",
        "percent",
        "G. Appel, MACD (1979), in percent",
        (sma(CLOSE, 12) / sma(CLOSE, 26) - 1.0) * 100.0,
    ),
    Definition(
        "coppock_14_11_10",
        _M,
        "weighted mean of the 14- and 11-bar rates of change",
        "percent",
        "E. Coppock, Barron's (1962)",
        wma((past_return(CLOSE, 14) + past_return(CLOSE, 11)) * 100.0, 10),
    ),
    Definition(
        "know_sure_thing",
        _M,
        "four smoothed rates of change, longer ones heavier",
        "percent",
        "M. Pring, Summed Rate of Change, Stocks & Commodities 10:9 (1992)",
        _know_sure_thing(),
    ),
    Definition(
        "bull_power_13",
        _M,
        "high over the 13-bar EMA, over price",
        "fraction",
        _ELDER,
        (HIGH - ema(CLOSE, 13)) / CLOSE,
    ),
    Definition(
        "bear_power_13",
        _M,
        "low over the 13-bar EMA, over price",
        "fraction",
        _ELDER,
        (LOW - ema(CLOSE, 13)) / CLOSE,
    ),
    Definition(
        "intraday_momentum_14",
        _M,
        "share of rising bodies in all, 0 to 100",
        "index",
        "T. Chande and S. Kroll, The New Technical Trader (1994)",
        100.0 * total(rise(_BODY), 14) / total(absolute(_BODY), 14),
    ),
)
