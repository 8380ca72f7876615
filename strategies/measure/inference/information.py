"""Does a score know anything? Information coefficients over time, their honest t-value, and deciles.

Sources: Grinold and Kahn, "Active Portfolio Management" (2000) for the coefficient; Newey and West,
"A Simple, Positive Semi-Definite, Heteroskedasticity and Autocorrelation Consistent Covariance Matrix"
(1987) for the t-value of overlapping horizons.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np

from core.market import Floats

_FEWEST = 5


@dataclass(frozen=True, slots=True)
class Information:
    """The mean rank correlation of a score with what followed. *t* is Newey-West with lags of the horizon."""

    mean: float
    deviation: float
    t: float | None
    dates: int
    positive: float


def ranks(row: Floats) -> Floats:
    """Average ranks from 1; NaN stays NaN."""
    known = np.isfinite(row)
    found = np.full(len(row), np.nan)
    _, inverse, counts = np.unique(row[known], return_inverse=True, return_counts=True)
    found[known] = (np.cumsum(counts) - (counts - 1) / 2.0)[inverse]
    return found


def rank_correlation(scores: Floats, outcomes: Floats) -> float | None:
    """Spearman's, over the assets where both are known; `None` below five or where one side is all equal."""
    known = np.isfinite(scores) & np.isfinite(outcomes)
    if int(known.sum()) < _FEWEST:
        return None
    left, right = ranks(scores[known]), ranks(outcomes[known])
    left, right = left - left.mean(), right - right.mean()
    scale = sqrt(float(left @ left) * float(right @ right))
    return float(left @ right) / scale if scale > 0 else None


def information(scores: Floats, outcomes: Floats, overlap: int) -> Information | None:
    """The coefficient per date (rows) over assets (columns), averaged; `None` where no date has one.

    *overlap*: how many dates a horizon spans, so that neighbouring outcomes share days.
    """
    pairs = (rank_correlation(left, right) for left, right in zip(scores, outcomes, strict=True))
    found = np.array([value for value in pairs if value is not None])
    if not len(found):
        return None
    deviation = float(found.std(ddof=1)) if len(found) > 1 else 0.0
    error = newey_west(found, overlap)
    t = float(found.mean()) / error if error > 0 else None
    return Information(float(found.mean()), deviation, t, len(found), float((found > 0).mean()))


def newey_west(values: Floats, lags: int) -> float:
    """The standard error of the mean of *values*, with Bartlett weights over *lags*; 0 for fewer than two."""
    n = len(values)
    if n < 2:
        return 0.0
    centred = values - values.mean()
    total = float(centred @ centred)
    for lag in range(1, min(lags, n - 1) + 1):
        total += 2.0 * (1.0 - lag / (lags + 1.0)) * float(centred[:-lag] @ centred[lag:])
    return sqrt(max(total, 0.0)) / n


def quantile_means(scores: Floats, outcomes: Floats, parts: int = 10) -> Floats:
    """The mean outcome of each part of the assets by score, lowest first, averaged over dates; NaN where empty."""
    collected: list[list[float]] = [[] for _ in range(parts)]
    for row, outcome in zip(scores, outcomes, strict=True):
        known = np.isfinite(row) & np.isfinite(outcome)
        count = int(known.sum())
        if count < parts:
            continue
        part = np.minimum(((ranks(row[known]) - 0.5) / count * parts).astype(int), parts - 1)
        for number in range(parts):
            chosen = outcome[known][part == number]
            if len(chosen):
                collected[number].append(float(chosen.mean()))
    return np.array([float(np.mean(one)) if one else np.nan for one in collected])
