"""Bollinger bands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.market import Floats
from strategies.indicators.moving_average import as_column, sma


@dataclass(frozen=True, slots=True, eq=False)
class Bands:
    """Three lines of n values each; the first *period* − 1 are NaN."""

    lower: Floats
    middle: Floats
    upper: Floats


def bollinger(closes: Sequence[float] | Floats, period: int = 20, width: float = 2.0) -> Bands:
    """The mean of the newest *period* closes, and *width* standard deviations to either side.

    Args:
        closes: Oldest first; length n.
        period: Bars in the window; at least 2.
        width: Standard deviations (of the population: ddof 0) from the middle to a band.

    Raises:
        ValueError: *period* is below 2.

    Source: J. Bollinger, "Bollinger on Bollinger Bands" (2001), p. 53: the deviation of the population.

    >>> bands = bollinger([1.0, 3.0, 3.0], period=2, width=2.0)
    >>> bands.lower.tolist(), bands.middle.tolist(), bands.upper.tolist()
    ([nan, 0.0, 3.0], [nan, 2.0, 3.0], [nan, 4.0, 3.0])
    """
    column = as_column(closes, period, least=2)
    middle = sma(column, period)
    deviation = np.full(len(column), np.nan)
    full = len(column) - period + 1
    if full > 0:
        squares = np.zeros(full)
        for offset in range(period):
            squares += (column[offset : offset + full] - middle[period - 1 :]) ** 2
        deviation[period - 1 :] = np.sqrt(squares / period)
    return Bands(middle - width * deviation, middle, middle + width * deviation)
