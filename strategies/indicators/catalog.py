"""The indicators that answers, prompts and grades are made of. A new one is a new entry here."""

from __future__ import annotations

from core.market import Bars
from strategies.indicators.directional import adx, minus_di, plus_di
from strategies.indicators.dispersion import annual_volatility, atr_percent, bandwidth, percent_b
from strategies.indicators.indicator import Indicator
from strategies.indicators.oscillators import commodity_channel, rsi, stochastic, williams_r, z_score
from strategies.indicators.trend import (
    channel_position,
    drawdown_from_high,
    ema_distance,
    macd_histogram,
    price_return,
    rate_of_change,
    sma_distance,
)
from strategies.indicators.volume import money_flow_index, obv_slope, volume_ratio

_RETURN = "close / earlier close - 1"
_SMA = "close / simple mean of closes - 1"
_EMA = "close / exponential mean of closes - 1 (R. G. Brown, 1956)"
_HIGH = "close / highest high - 1"
_Z_SCORE = "(close - mean) / sample standard deviation"
_ANNUAL = "standard deviation of simple returns x sqrt(bars in 365 days)"
_MEAN_VOLUME = "volume / simple mean of volumes"
_ASPRAY = "T. Aspray, MACD-Histogram (1986)"
_BANDS = "J. Bollinger, Bollinger on Bollinger Bands (2001)"
_DONCHIAN = "R. Donchian's channel (1960)"
_GRANVILLE = "J. Granville, on-balance volume (1963)"
_LAMBERT = "D. R. Lambert, Commodity Channel Index (1980)"
_LANE = "G. Lane, fast %K (1957)"
_QUONG = "G. Quong and A. Soudack, Money Flow Index (1989)"
_WILDER = "J. W. Wilder, New Concepts in Technical Trading Systems (1978)"
_WILLIAMS = "L. Williams, %R (1973)"
_YEARLY = "fraction_per_year"

INDICATORS: tuple[Indicator, ...] = (
    Indicator("return_1", "change over the newest bar", "fraction", 2, _RETURN, price_return, 1),
    Indicator("return_7", "change over 7 bars", "fraction", 8, _RETURN, price_return, 7),
    Indicator("return_30", "change over 30 bars", "fraction", 31, _RETURN, price_return, 30),
    Indicator("roc_10", "change over 10 bars", "percent", 11, "return x 100", rate_of_change, 10),
    Indicator("sma_20_distance", "close against its 20-bar mean", "fraction", 20, _SMA, sma_distance, 20),
    Indicator("sma_50_distance", "close against its 50-bar mean", "fraction", 50, _SMA, sma_distance, 50),
    Indicator("sma_200_distance", "close against its 200-bar mean", "fraction", 200, _SMA, sma_distance, 200),
    Indicator("ema_12_distance", "close against its 12-bar EMA", "fraction", 12, _EMA, ema_distance, 12),
    Indicator("ema_26_distance", "close against its 26-bar EMA", "fraction", 26, _EMA, ema_distance, 26),
    Indicator("macd_histogram", "MACD - signal, over price", "fraction", 34, _ASPRAY, macd_histogram, 9),
    Indicator("plus_di_14", "strength of rises, 0 to 100", "index", 15, _WILDER, plus_di, 14),
    Indicator("minus_di_14", "strength of falls, 0 to 100", "index", 15, _WILDER, minus_di, 14),
    Indicator("adx_14", "strength of the trend, whichever way, 0 to 100", "index", 28, _WILDER, adx, 14),
    Indicator(
        "donchian_20_position",
        "close between 20-bar low (0) and high (1)",
        "fraction",
        20,
        _DONCHIAN,
        channel_position,
        20,
    ),
    Indicator("drawdown_90", "close against the 90-bar high", "fraction", 90, _HIGH, drawdown_from_high, 90),
    Indicator("rsi_14", "share of gains in changes, 0 to 100", "index", 15, _WILDER, rsi, 14),
    Indicator(
        "stochastic_14", "close between 14-bar low (0) and high (100)", "index", 14, _LANE, stochastic, 14
    ),
    Indicator(
        "williams_r_14",
        "close between 14-bar low (-100) and high (0)",
        "index",
        14,
        _WILLIAMS,
        williams_r,
        14,
    ),
    Indicator(
        "cci_20",
        "typical price from its mean; mostly within 100",
        "index",
        20,
        _LAMBERT,
        commodity_channel,
        20,
    ),
    Indicator("z_score_50", "close from its 50-bar mean", "deviations", 50, _Z_SCORE, z_score, 50),
    Indicator("atr_14", "average true range over price", "percent", 15, _WILDER, atr_percent, 14),
    Indicator(
        "bollinger_percent_b",
        "close between lower (0) and upper (1) band",
        "fraction",
        20,
        _BANDS,
        percent_b,
        20,
    ),
    Indicator(
        "bollinger_bandwidth", "width of the bands over their middle", "fraction", 20, _BANDS, bandwidth, 20
    ),
    Indicator(
        "realised_volatility_30", "volatility of 30 returns", _YEARLY, 31, _ANNUAL, annual_volatility, 30
    ),
    Indicator("volume_ratio_20", "volume over its 20-bar mean", "ratio", 20, _MEAN_VOLUME, volume_ratio, 20),
    Indicator("obv_slope_20", "signed volume a bar, in mean volumes", "ratio", 21, _GRANVILLE, obv_slope, 20),
    Indicator("mfi_14", "share of money that flowed in, 0 to 100", "index", 15, _QUONG, money_flow_index, 14),
)


def measure(bars: Bars) -> dict[str, float | None]:
    """Every indicator of the catalogue at the newest of *bars*, by name; `None` as in `Indicator.compute`.

    Args:
        bars: One unbroken segment of closed candles, oldest first; 250 of them warm up everything.
    """
    return {indicator.name: indicator.compute(bars) for indicator in INDICATORS}
