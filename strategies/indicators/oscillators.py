"""Oscillators: how stretched the newest close is. Each is `None` where price has not moved in its window."""

from __future__ import annotations

from math import fsum, sqrt

import numpy as np

from core.market import Bars, Floats
from strategies.indicators.trend import channel_position
from strategies.indicators.wilder import wilder


def rsi(bars: Bars, period: int = 14) -> float | None:
    """Relative strength index, 0 to 100: the share of gains in all smoothed changes; needs *period* + 1 bars.

    Source: J. W. Wilder, "New Concepts in Technical Trading Systems" (1978), pp. 63-70.
    """
    changes = np.diff(bars.close).tolist()
    gain = wilder([change if change > 0 else 0.0 for change in changes], period)[-1]
    loss = wilder([-change if change < 0 else 0.0 for change in changes], period)[-1]
    return None if gain + loss == 0 else 100.0 * (gain / (gain + loss))


def stochastic(bars: Bars, period: int = 14) -> float | None:
    """Newest close between the lowest low (0) and the highest high (100) of *period* bars: the fast %K.

    Source: G. Lane's stochastic (1957), unsmoothed.
    """
    position = channel_position(bars, period)
    return None if position is None else 100.0 * position


def williams_r(bars: Bars, period: int = 14) -> float | None:
    """Newest close between the lowest low (−100) and the highest high (0) of *period* bars.

    Source: L. Williams, "How I Made One Million Dollars Last Year Trading Commodities" (1973).
    """
    position = channel_position(bars, period)
    return None if position is None else 100.0 * (position - 1.0)


def commodity_channel(bars: Bars, period: int = 20) -> float | None:
    """Typical price's distance from its mean in mean deviations x 0.015; most values lie within ±100.

    Source: D. R. Lambert, "Commodity Channel Index", Commodities (October 1980).
    """
    prices: list[float] = typical(bars.slice(len(bars) - period, len(bars))).tolist()
    if max(prices) == min(prices):
        return None
    mean = fsum(prices) / period
    return (prices[-1] - mean) / (0.015 * fsum(abs(price - mean) for price in prices) / period)


def z_score(bars: Bars, period: int) -> float | None:
    """Sample standard deviations (ddof 1) between the newest close and the mean of *period* closes."""
    closes: list[float] = bars.close[-period:].tolist()
    if max(closes) == min(closes):
        return None
    mean = fsum(closes) / period
    deviation = sqrt(fsum((close - mean) ** 2 for close in closes) / (period - 1))
    return (closes[-1] - mean) / deviation


def typical(bars: Bars) -> Floats:
    """Mean of high, low and close of each bar."""
    return (bars.high + bars.low + bars.close) / 3.0
