"""True range, and Wilder's average of it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.market import Bars, Floats
from strategies.indicators.moving_average import as_column


def true_range(
    high: Sequence[float] | Floats, low: Sequence[float] | Floats, close: Sequence[float] | Floats
) -> Floats:
    """How far price travelled in each bar, the gap from the last close included.

    Args:
        high: Highs, oldest first; length n.
        low: Lows; length n.
        close: Closes; length n.

    Returns:
        n values in the units of price; the first is NaN, for it has no last close.

    Raises:
        ValueError: columns of different length.

    Source: J. W. Wilder, "New Concepts in Technical Trading Systems" (1978), p. 21.

    >>> true_range([10.0, 12.0, 9.0], [8.0, 11.0, 8.0], [9.0, 11.5, 8.5]).tolist()
    [nan, 3.0, 3.5]
    """
    highs, lows, closes = as_column(high, 1), as_column(low, 1), as_column(close, 1)
    if not len(highs) == len(lows) == len(closes):
        raise ValueError(f"columns differ in length: {len(highs)}, {len(lows)}, {len(closes)}")
    ranges = np.full(len(closes), np.nan)
    ranges[1:] = np.maximum(highs[1:], closes[:-1]) - np.minimum(lows[1:], closes[:-1])
    return ranges


def average_true_range(
    high: Sequence[float] | Floats,
    low: Sequence[float] | Floats,
    close: Sequence[float] | Floats,
    period: int = 14,
) -> Floats:
    """Wilder's smoothed true range: begun with a plain mean of *period* ranges, then weight 1 / *period*.

    Args:
        high: Highs, oldest first; length n.
        low: Lows; length n.
        close: Closes; length n.
        period: Bars of smoothing; at least 1.

    Returns:
        n values in the units of price; the first *period* are NaN.

    Raises:
        ValueError: *period* is below 1, or columns of different length.

    Source: Wilder (1978), p. 23.

    >>> average_true_range([2.0, 3.0, 5.0, 5.0], [1.0, 1.0, 3.0, 4.0], [1.5, 2.5, 4.5, 4.5], 2).tolist()
    [nan, nan, 2.25, 1.625]
    """
    ranges = true_range(high, low, as_column(close, period))
    averages = np.full(len(ranges), np.nan)
    if len(ranges) > period:
        average = sum(ranges[1 : period + 1].tolist()) / period
        averages[period] = average
        for index, reach in enumerate(ranges[period + 1 :].tolist(), period + 1):
            average += (reach - average) / period
            averages[index] = average
    return averages


def atr(bars: Bars, period: int = 14) -> float | None:
    """The newest `average_true_range` of *bars*; `None` below *period* + 1 of them.

    Raises:
        ValueError: *period* is below 1.
    """
    averages = average_true_range(bars.high, bars.low, bars.close, period)
    return float(averages[-1]) if len(averages) > period else None
