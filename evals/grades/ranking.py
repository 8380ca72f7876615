"""Rank correlations day by day, and who is in which part of a day's ranking."""

from __future__ import annotations

import numpy as np

from core.market import Floats
from strategies.indicators.universe.elementary import LEAST_UNIVERSE


def ranks_by_row(values: Floats) -> Floats:
    """Average ranks from 1 within each row; NaN stays NaN.

    >>> ranks_by_row(np.array([[3.0, 1.0, np.nan, 3.0]])).tolist()
    [[2.5, 1.0, nan, 2.5]]
    """
    order = np.argsort(values, axis=1, kind="stable")
    ordered = np.take_along_axis(values, order, axis=1)
    places = np.broadcast_to(np.arange(values.shape[1]), values.shape)
    begins = np.ones(values.shape, dtype=bool)
    begins[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    ends = np.ones(values.shape, dtype=bool)
    ends[:, :-1] = begins[:, 1:]
    first = np.maximum.accumulate(np.where(begins, places, 0), axis=1)
    reached = np.where(ends, places, values.shape[1])[:, ::-1]
    last = np.minimum.accumulate(reached, axis=1)[:, ::-1]
    found = np.empty(values.shape)
    np.put_along_axis(found, order, (first + last) / 2.0 + 1.0, axis=1)
    found[np.isnan(values)] = np.nan
    return found


def centred_ranks(values: Floats) -> Floats:
    """Ranks less their mean, 0 where there is no value: what a rank correlation multiplies."""
    ranks = ranks_by_row(values)
    known = ~np.isnan(ranks)
    middle = (known.sum(axis=1, keepdims=True) + 1.0) / 2.0
    found: Floats = np.where(known, ranks - middle, 0.0)
    return found


def coefficients(scores: Floats, outcomes: Floats) -> Floats:
    """Spearman's correlation of each row over the columns where both are known; NaN below 20 of them."""
    known = np.isfinite(scores) & np.isfinite(outcomes)
    left = centred_ranks(np.where(known, scores, np.nan))
    right = centred_ranks(np.where(known, outcomes, np.nan))
    return correlation(left, right, known.sum(axis=1))


def correlation(
    left: Floats, right: Floats, count: Floats | np.ndarray[tuple[int], np.dtype[np.int64]]
) -> Floats:
    """The correlation of each row of two matrices that `centred_ranks` made over the same places."""
    scale = np.sqrt((left * left).sum(axis=1) * (right * right).sum(axis=1))
    enough = (count >= LEAST_UNIVERSE) & (scale > 0)
    found: Floats = np.where(enough, (left * right).sum(axis=1) / np.where(enough, scale, 1.0), np.nan)
    return found


def parts_by_row(scores: Floats, parts: int) -> Floats:
    """Which of *parts* equal parts of its day's ranking (0 the lowest) each value is in; NaN where none or too few."""
    ranks = ranks_by_row(scores)
    count = (~np.isnan(ranks)).sum(axis=1, keepdims=True)
    enough = count >= max(LEAST_UNIVERSE, parts)
    part = np.minimum(np.floor((ranks - 0.5) / np.maximum(count, 1) * parts), parts - 1)
    found: Floats = np.where(enough, part, np.nan)
    return found


def steadiness(scores: Floats, days: int) -> Floats:
    """The rank correlation of each row's values with those *days* later; one per row that has a later one."""
    return coefficients(scores[:-days], scores[days:]) if days < len(scores) else np.empty(0)
