"""Sharpe ratios with their doubt: probabilistic, deflated, and how long a record has to be.

Everything here is per period (a day), never annualised; kurtosis is not excess.

Sources: Bailey and López de Prado, "The Sharpe Ratio Efficient Frontier" (2012) for PSR and the
minimum track record; "The Deflated Sharpe Ratio" (2014) for the expected best of many trials.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import e, sqrt
from statistics import NormalDist

import numpy as np

from core.market import Floats

_NORMAL = NormalDist()
_EULER_MASCHERONI = 0.5772156649015329
_NOISE = 1e-12


def sharpe(returns: Floats) -> float | None:
    """Mean over standard deviation (ddof 1) of one period; `None` where nothing varies."""
    if len(returns) < 2:
        return None
    spread = float(returns.std(ddof=1))
    return float(returns.mean()) / spread if spread > _NOISE else None


def skewness(returns: Floats) -> float:
    """The third standardised moment (population)."""
    return _moment(returns, 3)


def kurtosis(returns: Floats) -> float:
    """The fourth standardised moment (population), 3 for a normal distribution."""
    return _moment(returns, 4)


def probabilistic(returns: Floats, benchmark: float = 0.0) -> float | None:
    """PSR: the probability that the true Sharpe ratio is above *benchmark*, given skew and kurtosis."""
    found = sharpe(returns)
    if found is None:
        return None
    return _NORMAL.cdf((found - benchmark) * sqrt(len(returns) - 1) / sqrt(_variance(returns, found)))


def minimum_track_record(returns: Floats, benchmark: float = 0.0, level: float = 0.95) -> float | None:
    """How many periods it takes until PSR reaches *level*; `None` where the ratio is not above *benchmark*."""
    found = sharpe(returns)
    if found is None or found <= benchmark:
        return None
    z = _NORMAL.inv_cdf(level)
    return 1.0 + _variance(returns, found) * (z / (found - benchmark)) ** 2


def expected_best(variance: float, trials: int) -> float:
    """The Sharpe ratio that the best of *trials* without any skill is expected to show.

    *variance* is that of the trials' ratios. Zero for a single trial: nothing was chosen.
    """
    if trials < 2:
        return 0.0
    first = _NORMAL.inv_cdf(1.0 - 1.0 / trials)
    second = _NORMAL.inv_cdf(1.0 - 1.0 / (trials * e))
    return sqrt(variance) * ((1.0 - _EULER_MASCHERONI) * first + _EULER_MASCHERONI * second)


def deflated(returns: Floats, trial_sharpes: Sequence[float], trials: int | None = None) -> float | None:
    """DSR: PSR against the expected best of all trials that were really made.

    *trials* counts them where more were made than *trial_sharpes* still holds.
    """
    made = max(len(trial_sharpes), trials or 0)
    variance = float(np.var(trial_sharpes, ddof=1)) if len(trial_sharpes) > 1 else 0.0
    return probabilistic(returns, expected_best(variance, made))


def _variance(returns: Floats, found: float) -> float:
    """The variance of the estimated ratio, times n − 1; kept above zero where moments of few values clash."""
    return max(1.0 - skewness(returns) * found + (kurtosis(returns) - 1.0) / 4.0 * found**2, _NOISE)


def _moment(returns: Floats, order: int) -> float:
    spread = float(returns.std())
    return float(np.mean(((returns - returns.mean()) / spread) ** order)) if spread > _NOISE else 0.0
