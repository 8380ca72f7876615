"""Volume and liquidity: what is traded, on which side, and what a trade moves."""

from __future__ import annotations

from strategies.indicators.universe.candles import (
    CHANGE,
    CLOSE,
    HIGH,
    LOG_RETURN,
    LOW,
    MEDIAN_PRICE,
    REACH,
    RETURN,
    SIGNED_VOLUME,
    TRADED_VALUE,
    TYPICAL,
    VOLUME,
)
from strategies.indicators.universe.definition import Definition, Family
from strategies.indicators.universe.elementary import (
    above,
    absolute,
    greater,
    lesser,
    logarithm,
    rank,
    rise,
    root,
    sign,
    tangent,
    where_moved,
    zero_if_none,
)
from strategies.indicators.universe.moving import delay, ema, sma, sum_over_its_ema
from strategies.indicators.universe.node import Node
from strategies.indicators.universe.statistic import (
    covariance,
    deviation,
    highest,
    lowest,
    slope_of_sum,
    total,
)

_L = Family.VOLUME
_CHAIKIN = "M. Chaikin, accumulation and distribution (1966)"
_MEAN_20 = sma(VOLUME, 20)
_TRADED_20 = total(VOLUME, 20)
_TYPICAL_CHANGE = TYPICAL - delay(TYPICAL, 1)
_FLOW = sign(_TYPICAL_CHANGE) * TYPICAL * VOLUME
_WHERE_CLOSED = zero_if_none(((CLOSE - LOW) - (HIGH - CLOSE)) / REACH, REACH)
_ACCUMULATED = _WHERE_CLOSED * VOLUME


def _money_flow(length: int) -> Node:
    inflow, outflow = total(rise(_FLOW), length), total(rise(-_FLOW), length)
    return 100.0 * inflow / (inflow + outflow)


def _corwin_schultz() -> Node:
    root_two = 2.0**0.5
    squared = logarithm(HIGH / LOW) * logarithm(HIGH / LOW)
    beta = squared + delay(squared, 1)
    both = logarithm(greater(HIGH, delay(HIGH, 1)) / lesser(LOW, delay(LOW, 1)))
    scale = 3.0 - 2.0 * root_two
    alpha = (root(2.0 * beta) - root(beta)) / scale - root(both * both / scale)
    # 2 (e^a - 1) / (1 + e^a), an estimate below 0 counting as none
    return rise(2.0 * tangent(alpha * 0.5))


def _roll() -> Node:
    return 2.0 * root(rise(-covariance(LOG_RETURN, delay(LOG_RETURN, 1), 30)))


VOLUME_LIQUIDITY: tuple[Definition, ...] = (
    Definition(
        "volume_ratio_20",
        _L,
        "volume over its 20-bar mean",
        "ratio",
        "volume / simple mean of volumes",
        VOLUME / _MEAN_20,
    ),
    Definition(
        "obv_slope_20",
        _L,
        "signed volume a bar, in mean volumes",
        "ratio",
        "J. Granville, on-balance volume (1963)",
        slope_of_sum(SIGNED_VOLUME, 20) / where_moved(_MEAN_20, _TRADED_20),
    ),
    Definition(
        "mfi_14",
        _L,
        "share of money that flowed in, 0 to 100",
        "index",
        "G. Quong and A. Soudack, Money Flow Index (1989)",
        _money_flow(14),
    ),
    Definition(
        "chaikin_money_flow_20",
        _L,
        "volume weighed by where bars closed in their range, -1 to 1",
        "fraction",
        _CHAIKIN,
        total(_WHERE_CLOSED * VOLUME, 20) / _TRADED_20,
    ),
    Definition(
        "chaikin_oscillator_3_10",
        _L,
        "3-bar less 10-bar EMA of accumulation, in mean volumes",
        "ratio",
        _CHAIKIN,
        (sum_over_its_ema(_ACCUMULATED, 10, 9) - sum_over_its_ema(_ACCUMULATED, 3, 9)) / _MEAN_20,
    ),
    Definition(
        "force_index_13",
        _L,
        "smoothed change x volume, over the value traded in 20 bars a bar",
        "fraction",
        "A. Elder, Trading for a Living (1993)",
        ema(CHANGE * VOLUME, 13) / sma(TRADED_VALUE, 20),
    ),
    Definition(
        "ease_of_movement_14",
        _L,
        "move of the mid-price, over price, per volume (in 20-bar means) and range (over price)",
        "ratio",
        "R. Arms, Volume Cycles in the Stock Market (1983)",
        sma(
            zero_if_none((MEDIAN_PRICE - delay(MEDIAN_PRICE, 1)) * REACH / (CLOSE * CLOSE), REACH)
            / (VOLUME / _MEAN_20),
            14,
        ),
    ),
    Definition(
        "vwap_20_distance",
        _L,
        "close against the mean price paid in 20 bars",
        "fraction",
        "close / volume-weighted typical price - 1",
        CLOSE / (total(TYPICAL * VOLUME, 20) / _TRADED_20) - 1.0,
    ),
    Definition(
        "price_volume_trend_20",
        _L,
        "returns weighed by volume, in mean volumes",
        "fraction",
        "price-volume trend over 20 bars / mean volume",
        total(RETURN * VOLUME, 20) / where_moved(_MEAN_20, _TRADED_20),
    ),
    Definition(
        "up_volume_share_20",
        _L,
        "share of volume on bars that closed higher",
        "fraction",
        "rising volume / volume, 20 bars",
        total(VOLUME * above(RETURN, RETURN * 0.0), 20) / _TRADED_20,
    ),
    Definition(
        "volume_trend_20_60",
        _L,
        "20-bar mean volume against the 60-bar mean",
        "fraction",
        "simple mean / simple mean - 1",
        _MEAN_20 / sma(VOLUME, 60) - 1.0,
    ),
    Definition(
        "volume_z_30",
        _L,
        "volume from its 30-bar mean",
        "deviations",
        "(volume - mean) / sample standard deviation",
        where_moved(
            (VOLUME - sma(VOLUME, 30)) / deviation(VOLUME, 30, 1), highest(VOLUME, 30) - lowest(VOLUME, 30)
        ),
    ),
    Definition(
        "traded_value_30",
        _L,
        "logarithm of the mean value traded a bar",
        "log_usd",
        "log of the simple mean of close x volume",
        logarithm(sma(TRADED_VALUE, 30)),
    ),
    Definition(
        "amihud_30",
        _L,
        "mean size of a return per million traded: the greater, the less liquid",
        "fraction",
        "Y. Amihud, Illiquidity and Stock Returns, Journal of Financial Markets 5 (2002)",
        sma(absolute(RETURN) / (TRADED_VALUE * 1e-6), 30),
    ),
    Definition(
        "corwin_schultz_spread_20",
        _L,
        "bid-ask spread that highs and lows of 20 pairs of bars speak of",
        "fraction",
        "S. Corwin and P. Schultz, Journal of Finance 67 (2012)",
        sma(_corwin_schultz(), 20),
    ),
    Definition(
        "roll_spread_30",
        _L,
        "bid-ask spread that the bounce of 30 returns speaks of",
        "fraction",
        "R. Roll, A Simple Implicit Measure of the Effective Bid-Ask Spread (1984)",
        _roll(),
    ),
    Definition(
        "traded_value_rank",
        _L,
        "share of the universe that trades less in 30 bars",
        "fraction",
        "percentile in the universe",
        rank(sma(TRADED_VALUE, 30)),
        in_universe=True,
    ),
)
