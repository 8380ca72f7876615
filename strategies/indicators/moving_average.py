"""Moving averages: simple and exponential."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.market import Floats


def sma(values: Sequence[float] | Floats, period: int) -> Floats:
    """Mean of the newest *period* values at each bar.

    Args:
        values: One value a bar, oldest first; length n.
        period: Bars in the mean; at least 1.

    Returns:
        n values; the first *period* − 1 are NaN.

    Raises:
        ValueError: *period* is below 1.

    >>> sma([1.0, 2.0, 6.0, 4.0], 3).tolist()
    [nan, nan, 3.0, 4.0]
    """
    column = as_column(values, period)
    means = np.full(len(column), np.nan)
    full = len(column) - period + 1
    if full > 0:
        # Always added in the same order, so a longer series never changes a digit of an earlier mean.
        total = np.zeros(full)
        for offset in range(period):
            total += column[offset : offset + full]
        means[period - 1 :] = total / period
    return means


def ema(values: Sequence[float] | Floats, period: int) -> Floats:
    """Exponential mean with weight 2 / (*period* + 1) on the newest value, begun at the first value.

    Args:
        values: One value a bar, oldest first; length n.
        period: Span in bars; at least 1.

    Returns:
        n values; the first *period* − 1 are NaN.

    Raises:
        ValueError: *period* is below 1.

    Source: R. G. Brown, "Exponential Smoothing for Predicting Demand" (1956); the span form is that of
    pandas' ``ewm(span=period, adjust=False)``.

    >>> ema([1.0, 2.0, 6.0, 4.0], 3).tolist()
    [nan, nan, 3.75, 3.875]
    """
    means = smoothed(values, period)
    means[: period - 1] = np.nan
    return means


def smoothed(values: Sequence[float] | Floats, period: int) -> Floats:
    """`ema` with its first *period* − 1 values left in, for what smooths twice.

    Raises:
        ValueError: *period* is below 1.

    >>> smoothed([1.0, 2.0, 6.0, 4.0], 3).tolist()
    [1.0, 1.5, 3.75, 3.875]
    """
    column = as_column(values, period)
    means: list[float] = []
    weight, mean = 2.0 / (period + 1), float(column[0]) if len(column) else 0.0
    for value in column.tolist():
        mean += weight * (value - mean)
        means.append(mean)
    return np.array(means, dtype=np.float64)


def as_column(values: Sequence[float] | Floats, period: int, least: int = 1) -> Floats:
    """*values* as one column of floats.

    Raises:
        ValueError: *period* is below *least*, or *values* has not exactly one dimension.

    >>> as_column([1, 2], period=2).tolist()
    [1.0, 2.0]
    """
    if period < least:
        raise ValueError(f"a period must be at least {least}, was {period}")
    column = np.asarray(values, dtype=np.float64)
    if column.ndim != 1:
        raise ValueError(f"an indicator takes one column, not shape {column.shape}")
    return column
