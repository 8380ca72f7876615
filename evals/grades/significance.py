"""Is a mean of daily figures more than chance, where neighbouring days share what followed?

Sources: Lazarus, Lewis, Stock and Watson, "HAR Inference: Recommendations for Practice" (2018) for the
equal-weighted cosine estimator and its t distribution; Romano and Wolf, "Stepwise Multiple
Testing as Formalized Data Snooping" (2005) for the step-down with a block bootstrap.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import atan, cos, pi, sin, sqrt
from statistics import NormalDist

import numpy as np

from core.market import Floats
from strategies.measure.inference.bootstrap import REPETITIONS, indices
from strategies.measure.inference.information import newey_west

FEWEST_FREEDOMS = 3
_NORMAL = NormalDist()


@dataclass(frozen=True, slots=True)
class Mean:
    """The mean of daily figures and its doubt.

    *t*: over the overlap-corrected error, with *freedoms* degrees of freedom; *p*: two-sided. None where there is
    too little for either. *newey_west*: the usual t with Bartlett weights over as many lags as the horizon has
    days; under overlap it is too large. *apart*: the mean, over every starting day, of the t-value of figures a
    horizon apart. *detectable*: the smallest true mean that would be found in 80 of 100 cases.
    """

    mean: float
    days: int
    positive: float
    error: float | None = None
    t: float | None = None
    freedoms: int = 0
    p: float | None = None
    newey_west: float | None = None
    apart: float | None = None
    detectable: float | None = None


def mean_of(values: Floats, overlap: int) -> Mean | None:
    """The mean of *values* (one per day in order, NaN for none), each resting on *overlap* days.

    The long-run variance is the mean of the first v squared cosine coefficients of the whole stretch of days, v
    small enough (a third of the number of horizons) that the overlap is flat over those frequencies. None without
    a value.
    """
    known = np.flatnonzero(np.isfinite(values))
    count = len(known)
    if not count:
        return None
    shown = values[known]
    mean, positive = float(shown.mean()), float((shown > 0).mean())
    usual = newey_west(shown, overlap)
    told = Mean(
        mean,
        count,
        positive,
        newey_west=mean / usual if usual > 0 else None,
        apart=_apart(shown, overlap),
    )
    freedoms = min(int(0.41 * count ** (2 / 3)), count // (3 * overlap))
    if freedoms < FEWEST_FREEDOMS:
        return told
    span = int(known[-1] - known[0]) + 1
    centred = np.zeros(span)
    centred[known - known[0]] = shown - mean
    angles = np.outer(np.arange(1, freedoms + 1), (np.arange(span) + 0.5) * (pi / span))
    error = sqrt(2.0 * float(np.mean((np.cos(angles) @ centred) ** 2))) / count
    if error <= 0:
        return told
    t = mean / error
    reach = student_quantile(0.975, freedoms) + student_quantile(0.80, freedoms)
    return Mean(
        mean,
        count,
        positive,
        error,
        t,
        freedoms,
        student(t, freedoms),
        told.newey_west,
        told.apart,
        reach * error,
    )


def student(t: float, freedoms: int) -> float:
    """The two-sided p-value of *t* under Student's distribution with a whole number of degrees of freedom.

    >>> round(student(2.228, 10), 3), round(student(12.706, 1), 3)
    (0.05, 0.05)
    """
    angle = atan(abs(t) / sqrt(freedoms))
    square = cos(angle) ** 2
    total, term = 0.0, cos(angle) if freedoms % 2 else 1.0
    for number in range(1 if freedoms % 2 else 0, freedoms - 1, 2):
        total += term
        term *= square * (number + 1) / (number + 2)
    within = sin(angle) * total
    if freedoms % 2:
        within = (angle + within) * 2.0 / pi
    return min(max(1.0 - within, 0.0), 1.0)


def student_quantile(probability: float, freedoms: int) -> float:
    """The value that Student's distribution stays below with *probability* (above one half)."""
    low, high = 0.0, 1e3
    for _ in range(60):
        middle = (low + high) / 2.0
        if 1.0 - student(middle, freedoms) / 2.0 < probability:
            low = middle
        else:
            high = middle
    return (low + high) / 2.0


def step_down(
    values: Floats, p: Sequence[float], *, block: float, repetitions: int = REPETITIONS, seed: int = 0
) -> tuple[float, ...]:
    """Adjusted two-sided p-values of many means of daily figures that hang together, after Romano and Wolf.

    Args:
        values: Days x k figures, NaN for none.
        p: Their k single p-values, whose size is right; only how the k hang together comes from the bootstrap.
        block: Mean length of the blocks in days.
        repetitions: Resamples.
        seed: Of the resamples.
    """
    known = np.isfinite(values)
    filled, there = np.where(known, values, 0.0), known.astype(np.float64)
    drawn = []
    for rows in indices(len(values), block, repetitions, seed):
        counts = np.array([np.bincount(row, minlength=len(values)) for row in rows], dtype=np.float64)
        drawn.append((counts @ filled) / np.maximum(counts @ there, 1.0))
    means = np.concatenate(drawn)
    spread = means.std(axis=0)
    noise = np.abs(means - means.mean(axis=0)) / np.where(spread > 0, spread, np.inf)
    # a tail of below 1e-15 is beyond what a p-value near 0 can be turned back from
    observed = np.array([_NORMAL.inv_cdf(1.0 - max(one, 1e-15) / 2.0) for one in p])
    order = np.argsort(-observed, kind="stable")
    adjusted, reached = np.zeros(len(p)), 0.0
    highest = np.maximum.accumulate(noise[:, order[::-1]], axis=1)[:, ::-1]
    for place, index in enumerate(order):
        as_large = int((highest[:, place] >= observed[index]).sum())
        # the bootstrap only ever adds doubt
        reached = max(reached, p[index], (1 + as_large) / (1 + len(noise)))
        adjusted[index] = reached
    return tuple(float(one) for one in adjusted)


def _apart(values: Floats, overlap: int) -> float | None:
    """The t-value of every *overlap*-th figure, averaged over where to begin; None below three of them."""
    found = []
    for begin in range(overlap):
        few = values[begin::overlap]
        spread = float(few.std(ddof=1)) if len(few) > 2 else 0.0
        if spread > 0:
            found.append(float(few.mean()) / spread * sqrt(len(few)))
    return float(np.mean(found)) if found else None
