"""Rolling highs and lows: the edges of the Donchian channel."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.market import Floats
from strategies.indicators.moving_average import as_column


def rolling_high(values: Sequence[float] | Floats, period: int) -> Floats:
    """The highest of the newest *period* values at each bar, its own included.

    Args:
        values: One value a bar, oldest first; length n.
        period: Bars in the window; at least 1.

    Returns:
        n values; the first *period* − 1 are NaN.

    Raises:
        ValueError: *period* is below 1.

    Source: R. Donchian's weekly rule (1960), of which this is the upper channel.

    >>> rolling_high([1.0, 3.0, 2.0, 1.0], 2).tolist()
    [nan, 3.0, 3.0, 2.0]
    """
    column = as_column(values, period)
    highest = np.full(len(column), np.nan)
    if len(column) >= period:
        windows = np.lib.stride_tricks.sliding_window_view(column, period)
        highest[period - 1 :] = windows.max(axis=1)
    return highest


def rolling_low(values: Sequence[float] | Floats, period: int) -> Floats:
    """The lowest of the newest *period* values at each bar, its own included; shaped as `rolling_high`.

    Raises:
        ValueError: *period* is below 1.

    >>> rolling_low([1.0, 3.0, 2.0, 1.0], 2).tolist()
    [nan, 1.0, 2.0, 1.0]
    """
    return -rolling_high(-as_column(values, period), period)
