"""The place of a value among the universe's at the same moment."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.market import Floats

LEAST_ASSETS = 20
Flags = NDArray[np.bool_]
SHARE = 0.25


def universe_places(values: Floats, compared: Flags) -> tuple[Floats, Floats]:
    """Places along the last axis among the *compared* that have a value, and how many those are.

    Returns:
        Mid-ranks 0 to 100 (NaN where there is no value), and counts without the last axis.
    """
    order = np.argsort(values, axis=-1, kind="stable")
    ordered = np.take_along_axis(values, order, axis=-1)
    there = compared[order] & ~np.isnan(ordered)
    so_far = np.cumsum(there, axis=-1, dtype=np.int32)
    count = so_far[..., -1].astype(np.float64)
    begins = np.ones(values.shape, dtype=bool)
    begins[..., 1:] = ordered[..., 1:] != ordered[..., :-1]
    place = np.arange(values.shape[-1])
    first = np.maximum.accumulate(np.where(begins, place, 0), axis=-1)
    ends = np.ones(values.shape, dtype=bool)
    ends[..., :-1] = begins[..., 1:]
    last = np.minimum.accumulate(np.where(ends, place, place[-1])[..., ::-1], axis=-1)[..., ::-1]
    below = np.take_along_axis(so_far - there, first, axis=-1)
    up_to = np.take_along_axis(so_far, last, axis=-1)
    ranked = (below.astype(np.float64) + up_to) * 50.0 / np.maximum(count, 1.0)[..., None]
    answer = np.empty(values.shape)
    np.put_along_axis(answer, order, ranked, axis=-1)
    answer[np.isnan(values)] = np.nan
    return answer, count


def universe_weight(count: Floats, showing: Floats) -> Floats:
    """What the universe's view weighs where *count* of the compared that are *showing* a candle have a value.

    0 below 20 values, from there in a straight line up to 0.25 where all have one. Without the ramp one asset
    more would make a jump.
    """
    least = LEAST_ASSETS - 1.0
    ramp = SHARE * (count - least) / np.maximum(showing - least, 1.0)
    return np.where(count >= LEAST_ASSETS, ramp, 0.0)
