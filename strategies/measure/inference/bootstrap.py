"""The stationary block bootstrap, with the block length that the data ask for.

Sources: Politis and Romano, "The Stationary Bootstrap" (1994); Politis and White, "Automatic
Block-Length Selection" (2004) with the correction of Patton, Politis and White (2009).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import ceil, log10, sqrt

import numpy as np
from numpy.typing import NDArray

from core.market import Floats

REPETITIONS = 2_000
_BATCH = 200


def block_length(values: Floats) -> float:
    """The mean block length that suits *values* (at least 1)."""
    n = len(values)
    if n < 4 or float(values.std()) == 0.0:
        return 1.0
    most = ceil(min(3 * sqrt(n), n / 3))
    reach = max(5, ceil(log10(n)))
    centred = values - values.mean()
    lags = min(n - 1, ceil(sqrt(n)) + reach)
    covariances = np.array([float(centred[: n - lag] @ centred[lag:]) / n for lag in range(lags + 1)])
    correlations = _correlations(centred, lags)
    bandwidth = _bandwidth(correlations, n, reach, lags)
    both = np.arange(-bandwidth, bandwidth + 1)
    share = np.abs(both) / bandwidth if bandwidth else np.zeros(1)
    window = np.minimum(1.0, 2.0 * (1.0 - share))
    taken = covariances[np.abs(both)]
    long_run = float(window @ taken)
    slope = float((window * np.abs(both)) @ taken)
    if long_run == 0.0 or slope == 0.0:
        return 1.0
    return float(np.clip((slope**2 / long_run**2) ** (1 / 3) * n ** (1 / 3), 1.0, most))


def indices(n: int, block: float, repetitions: int, seed: int) -> Iterator[NDArray[np.int64]]:
    """Rows of *n* indices: blocks of geometric length with mean *block*, wrapped around, in batches.

    The same seed gives the same rows; every batch is an array of shape (rows, n).
    """
    rng = np.random.default_rng(seed)
    chance = 1.0 / max(block, 1.0)
    for begun in range(0, repetitions, _BATCH):
        rows = min(_BATCH, repetitions - begun)
        starts = rng.integers(0, n, size=(rows, n))
        anew = rng.random((rows, n)) < chance
        anew[:, 0] = True
        # where the block that holds column j began, and how far j is into it
        began = np.maximum.accumulate(np.where(anew, np.arange(n), 0), axis=1)
        yield (np.take_along_axis(starts, began, axis=1) + np.arange(n) - began) % n


def resampled(
    values: Floats,
    statistic: Callable[[Floats], Floats],
    *,
    block: float | None = None,
    repetitions: int = REPETITIONS,
    seed: int = 0,
) -> Floats:
    """*statistic* of *repetitions* resamples. It takes an array (rows, n[, k]) and gives one value a row.

    *values*: (n,) or (n, k); with k columns whole rows are drawn, so that what was paired stays paired.
    """
    if block is None:
        block = block_length(values if values.ndim == 1 else values.mean(axis=1))
    drawn = [statistic(values[rows]) for rows in indices(len(values), block, repetitions, seed)]
    return np.concatenate(drawn)


def interval(resamples: Floats, level: float = 0.95) -> tuple[float, float]:
    """The percentile interval of *resamples* that holds *level* of them."""
    tail = (1.0 - level) / 2.0
    low, high = np.quantile(resamples, [tail, 1.0 - tail])
    return float(low), float(high)


def _correlations(centred: Floats, lags: int) -> Floats:
    found = [1.0]
    for lag in range(1, lags + 1):
        early, late = centred[:-lag], centred[lag:]
        scale = sqrt(float(early @ early) * float(late @ late))
        found.append(float(early @ late) / scale if scale > 0 else 0.0)
    return np.array(found)


def _bandwidth(correlations: Floats, n: int, reach: int, lags: int) -> int:
    """Twice the last lag before *reach* of them in a row mean nothing."""
    small = np.abs(correlations[1:]) < 2.0 * sqrt(log10(n) / n)
    for first in range(len(small) - reach + 1):
        if small[first : first + reach].all():
            return min(2 * max(first, 1), lags)
    meaning = np.flatnonzero(~small)
    return min(2 * int(meaning[-1] + 1), lags) if len(meaning) else min(2, lags)
