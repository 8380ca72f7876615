"""Where the newest close stands against its own past. Each takes at least the bars that its period names."""

from __future__ import annotations

from math import fsum

from core.market import Bars
from strategies.indicators.macd import macd
from strategies.indicators.moving_average import ema


def price_return(bars: Bars, period: int) -> float:
    """Simple return over the newest *period* bars, a fraction; needs *period* + 1 of them."""
    return float(bars.close[-1] / bars.close[-1 - period]) - 1.0


def rate_of_change(bars: Bars, period: int) -> float:
    """`price_return` in percent."""
    return 100.0 * price_return(bars, period)


def sma_distance(bars: Bars, period: int) -> float:
    """Newest close over its simple mean of *period* bars, minus 1."""
    closes: list[float] = bars.close[-period:].tolist()
    return float(closes[-1] / (fsum(closes) / period)) - 1.0


def ema_distance(bars: Bars, period: int) -> float:
    """Newest close over its exponential mean of *period* bars, minus 1."""
    return float(bars.close[-1] / ema(bars.close, period)[-1]) - 1.0


def macd_histogram(bars: Bars, period: int = 9) -> float:
    """MACD line (12, 26) minus its mean over *period*, over the newest close; needs 25 + *period* bars.

    Source: T. Aspray, "MACD-Histogram" (1986), here over price so that assets compare.
    """
    lines = macd(bars.close, signal=period)
    return float((lines.line[-1] - lines.signal[-1]) / bars.close[-1])


def channel_position(bars: Bars, period: int) -> float | None:
    """Newest close between the lowest low (0) and the highest high (1) of *period* bars; `None` if they meet.

    Source: R. Donchian's channel (1960).
    """
    low, high = float(bars.low[-period:].min()), float(bars.high[-period:].max())
    return None if high == low else (float(bars.close[-1]) - low) / (high - low)


def drawdown_from_high(bars: Bars, period: int) -> float:
    """Newest close over the highest high of *period* bars, minus 1: 0 at the high, else below 0."""
    return float(bars.close[-1] / bars.high[-period:].max()) - 1.0
