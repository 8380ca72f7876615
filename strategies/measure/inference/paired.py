"""Two deciders in the same window: how much better, how sure, and how small an effect could have been seen."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from statistics import NormalDist

import numpy as np

from core.market import Floats
from strategies.measure.inference.bootstrap import REPETITIONS, block_length, interval, resampled

LEVEL = 0.95
POWER = 0.80
SHORTEST = 10


class Verdict(StrEnum):
    """What the interval of a difference says."""

    BETTER = "better"
    WORSE = "worse"
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True, slots=True)
class Paired:
    """The difference of total returns, as a fraction, with its 95 % interval.

    *mde*: the smallest true difference that a run like this one finds in 80 of 100 cases. *block*: mean
    block length in days. `None` everywhere where there were fewer than ten days.
    """

    diff: float
    low: float | None
    high: float | None
    mde: float | None
    verdict: Verdict
    block: float | None
    days: int


def paired(
    candidate: Floats, other: Floats, *, seed: int = 0, repetitions: int = REPETITIONS, level: float = LEVEL
) -> Paired:
    """Compares the daily simple returns of two deciders over the same days, day by day.

    Days are resampled together in blocks, so that what moved both cancels. The verdict follows the
    interval alone: "inconclusive" wherever it holds zero.

    Raises:
        ValueError: not the same days.
    """
    if candidate.shape != other.shape:
        raise ValueError(f"{len(candidate)} and {len(other)} days cannot be paired")
    days = len(candidate)
    both = np.column_stack((candidate, other))
    diff = float(_gap(both[np.newaxis])[0])
    if days < SHORTEST:
        return Paired(diff, None, None, None, Verdict.INCONCLUSIVE, None, days)
    if np.array_equal(candidate, other):
        return Paired(0.0, 0.0, 0.0, 0.0, Verdict.INCONCLUSIVE, 1.0, days)
    block = block_length(candidate - other)
    drawn = resampled(both, _gap, block=block, repetitions=repetitions, seed=seed)
    low, high = interval(drawn, level)
    normal = NormalDist()
    reach = normal.inv_cdf(0.5 + level / 2) + normal.inv_cdf(POWER)
    mde = reach * float(drawn.std(ddof=1))
    verdict = Verdict.BETTER if low > 0 else Verdict.WORSE if high < 0 else Verdict.INCONCLUSIVE
    return Paired(diff, low, high, mde, verdict, block, days)


def _gap(rows: Floats) -> Floats:
    """Total return of column 0 less that of column 1, per row of days."""
    grown: Floats = np.prod(1.0 + rows, axis=1)
    difference: Floats = grown[:, 0] - grown[:, 1]
    return difference
