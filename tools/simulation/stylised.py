"""The stylised facts of hourly returns, and the bands that a believable market keeps them in.

The bands are wider than what ten real symbols show, so that they hold for every token and pair of a year,
not on average. Kurtosis is the plain fourth standardised moment less 3 (Cont 2001 lists the facts).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from core.instant import HOUR
from core.market import Bars, Floats

Band = tuple[float, float]

TOKEN_BANDS: dict[str, Band] = {
    "excess_kurtosis": (8.0, 60.0),
    "beyond_5_sd": (0.002, 0.008),
    "acf_return_1": (-0.05, 0.05),
    "acf_absolute_1": (0.2, 0.5),
    "acf_absolute_24": (0.12, 0.35),
    "acf_absolute_168": (0.08, 1.0),
    "volatility": (0.5, 1.5),
}
"""Of each token: shares are fractions, volatility is annual."""
PAIR_BAND: Band = (0.4, 0.9)
MEDIAN_PAIR_BAND: Band = (0.55, 0.8)
_HOURS_A_YEAR = 8760


def hourly_returns(bars: Bars) -> tuple[NDArray[np.int64], Floats]:
    """Opening instants and simple returns of the hourly candles that follow on the hour before."""
    follows = np.diff(bars.opened_at) == HOUR
    returns = bars.close[1:] / bars.close[:-1] - 1.0
    return bars.opened_at[1:][follows], returns[follows]


def token_facts(returns: Floats) -> dict[str, float]:
    """The facts of one token by the keys of `TOKEN_BANDS`; *returns* hourly, shape (n,), n > 168."""
    centred = returns - returns.mean()
    scaled = centred / returns.std()
    size = np.abs(returns)
    return {
        "excess_kurtosis": float(np.mean(scaled**4)) - 3.0,
        "beyond_5_sd": float(np.mean(np.abs(scaled) > 5.0)),
        "acf_return_1": _autocorrelation(returns, 1),
        "acf_absolute_1": _autocorrelation(size, 1),
        "acf_absolute_24": _autocorrelation(size, 24),
        "acf_absolute_168": _autocorrelation(size, 168),
        "volatility": float(returns.std(ddof=1)) * _HOURS_A_YEAR**0.5,
    }


def pair_correlations(series: Sequence[tuple[NDArray[np.int64], Floats]]) -> Floats:
    """The correlation of each pair over the hours that both have, shape (pairs,)."""
    found = []
    for (left_at, left), (right_at, right) in combinations(series, 2):
        _, in_left, in_right = np.intersect1d(left_at, right_at, assume_unique=True, return_indices=True)
        found.append(float(np.corrcoef(left[in_left], right[in_right])[0, 1]))
    return np.array(found)


def outside(facts: Mapping[str, Mapping[str, float]], correlations: Floats) -> tuple[str, ...]:
    """What lies outside its band, in words: tokens by name and fact, pairs by their extremes."""
    found = [
        f"{name} {fact} {value:.4f}"
        for name, values in facts.items()
        for fact, value in values.items()
        if not TOKEN_BANDS[fact][0] <= value <= TOKEN_BANDS[fact][1]
    ]
    if len(correlations):
        low, middle, high = np.min(correlations), np.median(correlations), np.max(correlations)
        if low < PAIR_BAND[0] or high > PAIR_BAND[1]:
            found.append(f"pairs {low:.3f} to {high:.3f}")
        if not MEDIAN_PAIR_BAND[0] <= middle <= MEDIAN_PAIR_BAND[1]:
            found.append(f"median pair {middle:.3f}")
    return tuple(found)


def _autocorrelation(values: Floats, lag: int) -> float:
    return float(np.corrcoef(values[lag:], values[:-lag])[0, 1])
