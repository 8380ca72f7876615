"""Realised volatility."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.market import Floats
from strategies.indicators.moving_average import as_column, sma

DAYS_A_YEAR = 365


def realised_volatility(closes: Sequence[float] | Floats, period: int = 30) -> Floats:
    """Annualised standard deviation of the newest *period* daily simple returns.

    Args:
        closes: Daily closes, above 0, oldest first; length n.
        period: Returns in the window; at least 2.

    Returns:
        n fractions a year (0.8 = 80 %): standard deviation with ddof 1, times sqrt(365), for crypto
        trades every day. The first *period* are NaN.

    Raises:
        ValueError: *period* is below 2.

    >>> [round(value, 4) for value in realised_volatility([100.0, 110.0, 99.0, 108.9], 2).tolist()]
    [nan, nan, 2.7019, 2.7019]
    """
    column = as_column(closes, period, least=2)
    volatility = np.full(len(column), np.nan)
    full = len(column) - period
    if full > 0:
        returns = column[1:] / column[:-1] - 1.0
        means = sma(returns, period)[period - 1 :]
        squares = np.zeros(full)
        for offset in range(period):
            squares += (returns[offset : offset + full] - means) ** 2
        volatility[period:] = np.sqrt(squares / (period - 1) * DAYS_A_YEAR)
    return volatility
