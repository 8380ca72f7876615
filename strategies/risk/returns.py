"""Statistics of daily returns: floats, for judging, never for booking."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from math import ceil, sqrt

import numpy as np

from core.market import Floats, Instants

DAYS_PER_YEAR = 365
FEWEST_DAYS = 30


@dataclass(frozen=True, slots=True)
class DailyReturns:
    """Simple returns of one asset, oldest first.

    *days*: for each return the UTC day that it ends, counted from 1970-01-01; rising, each once.
    *values*: as long. A return over more than one day has no place here: its day is left out.
    """

    days: Instants
    values: Floats


def aligned(returns: Mapping[str, DailyReturns], symbols: Sequence[str]) -> Floats:
    """The days that all *symbols* have, as an array of shape (days, symbols).

    Raises:
        LookupError: a symbol without returns, fewer than `FEWEST_DAYS` common days, or a value that is
            not finite.
    """
    for symbol in symbols:
        if symbol not in returns:
            raise LookupError(f"daily returns of {symbol} are missing")
    given = [returns[symbol] for symbol in symbols]
    days = reduce(_both, [one.days for one in given])
    if len(days) < FEWEST_DAYS:
        raise LookupError(f"{len(days)} common daily returns; at least {FEWEST_DAYS} are needed")
    columns = [one.values[np.searchsorted(one.days, days)] for one in given]
    table = np.column_stack(columns).astype(np.float64)
    if not np.isfinite(table).all():
        raise LookupError("a daily return is not finite")
    return table


def _both(one: Instants, other: Instants) -> Instants:
    return np.intersect1d(one, other, assume_unique=True)


def annual_volatility(returns: Floats) -> float:
    """Standard deviation (ddof 1) of daily returns, times sqrt(365)."""
    return float(np.std(returns, ddof=1)) * sqrt(DAYS_PER_YEAR)


def expected_shortfall(returns: Floats, tail: float = 0.05) -> float:
    """Mean loss of the worst *tail* of days (at least one), as a positive fraction (CVaR by history)."""
    worst = ceil(len(returns) * tail)
    return -float(np.mean(np.partition(returns, worst - 1)[:worst]))


def largest_within(measure: Callable[[float], float], limit: float, wished: float) -> float | None:
    """The largest share x <= *wished* with ``measure(x) <= limit``; `None` where *wished* itself fits.

    *measure* must be convex. 0 where nothing fits at x = 0, even if some x between would.
    """
    if measure(wished) <= limit:
        return None
    if measure(0.0) > limit:
        return 0.0
    fits, exceeds = 0.0, wished
    for _ in range(40):
        middle = (fits + exceeds) / 2
        if measure(middle) <= limit:
            fits = middle
        else:
            exceeds = middle
    return fits
