"""The best of many: is it better than the benchmark, or just the luckiest?

Sources: Hansen, "A Test for Superior Predictive Ability" (2005); Romano and Wolf, "Stepwise Multiple
Testing as Formalized Data Snooping" (2005).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log, sqrt

import numpy as np

from core.market import Floats
from strategies.measure.inference.bootstrap import REPETITIONS, block_length, indices


@dataclass(frozen=True, slots=True)
class Superior:
    """p-values of "none of them beats the benchmark"; *consistent* is Hansen's own."""

    lower: float
    consistent: float
    upper: float


def superior(
    excess: Floats, *, block: float | None = None, repetitions: int = REPETITIONS, seed: int = 0
) -> Superior:
    """SPA over *excess*: daily returns of k deciders less the benchmark's, shape (days, k)."""
    days = len(excess)
    means, deviations, drawn = _studentised(excess, block, repetitions, seed)
    statistic = max(0.0, float(np.max(sqrt(days) * means / deviations)))
    hopeless = sqrt(days) * means / deviations <= -sqrt(2.0 * log(log(max(days, 3))))
    centres = (np.maximum(means, 0.0), np.where(hopeless, 0.0, means), means)
    lower, consistent, upper = (
        float(
            np.mean(np.max(np.maximum(sqrt(days) * (drawn - centre) / deviations, 0.0), axis=1) > statistic)
        )
        for centre in centres
    )
    return Superior(lower, consistent, upper)


def better_ones(
    excess: Floats,
    *,
    level: float = 0.05,
    block: float | None = None,
    repetitions: int = REPETITIONS,
    seed: int = 0,
) -> tuple[int, ...]:
    """StepM: the columns of *excess* that beat the benchmark, all errors together at most *level*."""
    days = len(excess)
    means, deviations, drawn = _studentised(excess, block, repetitions, seed)
    statistics = sqrt(days) * means / deviations
    noise = sqrt(days) * (drawn - means) / deviations
    left = np.ones(len(means), dtype=bool)
    while left.any():
        critical = float(np.quantile(np.max(noise[:, left], axis=1), 1.0 - level))
        found = left & (statistics > critical)
        if not found.any():
            break
        left &= ~found
    return tuple(int(column) for column in np.flatnonzero(~left))


def _studentised(
    excess: Floats, block: float | None, repetitions: int, seed: int
) -> tuple[Floats, Floats, Floats]:
    """The means, the bootstrap's deviations of sqrt(days) x mean, and the resampled means (rows, k)."""
    if block is None:
        block = max(block_length(column) for column in excess.T)
    drawn = np.concatenate(
        [excess[rows].mean(axis=1) for rows in indices(len(excess), block, repetitions, seed)]
    )
    deviations = drawn.std(axis=0, ddof=0) * sqrt(len(excess))
    return excess.mean(axis=0), np.where(deviations > 0, deviations, np.inf), drawn
