"""Wilder's smoothing."""

from __future__ import annotations

from collections.abc import Sequence
from math import fsum


def wilder(values: Sequence[float], period: int) -> list[float]:
    """Mean of the first *period* values, then each newer one with weight 1 / *period*.

    Returns:
        One mean for each value from number *period* on: n − *period* + 1, none if there are fewer values.

    Raises:
        ValueError: *period* is below 1.

    Source: J. W. Wilder, "New Concepts in Technical Trading Systems" (1978), p. 23.

    >>> wilder([1.0, 3.0, 4.0, 0.0], 2)
    [2.0, 3.0, 1.5]
    """
    if period < 1:
        raise ValueError(f"a period must be at least 1, was {period}")
    if len(values) < period:
        return []
    mean = fsum(values[:period]) / period
    means = [mean]
    for value in values[period:]:
        mean += (value - mean) / period
        means.append(mean)
    return means
