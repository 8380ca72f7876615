"""How widely price swings, relative to itself."""

from __future__ import annotations

from math import sqrt

from core.instant import DAY
from core.market import Bars
from strategies.indicators.bollinger import bollinger
from strategies.indicators.true_range import atr
from strategies.indicators.volatility import realised_volatility


def atr_percent(bars: Bars, period: int = 14) -> float | None:
    """Average true range in percent of the newest close; needs *period* + 1 bars."""
    reach = atr(bars, period)
    return None if reach is None else 100.0 * reach / float(bars.close[-1])


def percent_b(bars: Bars, period: int = 20) -> float | None:
    """Newest close between the lower (0) and the upper (1) Bollinger band; outside them below 0, above 1.

    `None` where all closes are equal. Source: J. Bollinger, "Bollinger on Bollinger Bands" (2001), p. 61.
    """
    closes = bars.close[-period:]
    if closes.max() == closes.min():
        return None
    bands = bollinger(closes, period)
    width = float(bands.upper[-1] - bands.lower[-1])
    return float(closes[-1] - bands.lower[-1]) / width if width > 0 else None


def bandwidth(bars: Bars, period: int = 20) -> float:
    """Distance between the Bollinger bands over their middle, a fraction. Source: Bollinger (2001), p. 63."""
    bands = bollinger(bars.close[-period:], period)
    return float((bands.upper[-1] - bands.lower[-1]) / bands.middle[-1])


def annual_volatility(bars: Bars, period: int = 30) -> float:
    """Standard deviation of *period* simple returns, annualised by the bars that fit into 365 days.

    A fraction a year; needs *period* + 1 bars.
    """
    daily = float(realised_volatility(bars.close[-period - 1 :], period)[-1])
    return daily * sqrt(DAY / bars.interval.ms)
