"""The place of a value among the universe's at the same moment."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.market import Floats

Flags = NDArray[np.bool_]
Singles = NDArray[np.float32]
LEAST_ASSETS = 20
SHARE = 0.25
_LAST = np.int64(0x7FFFFFFF)


def universe_places(values: Singles, compared: Flags) -> tuple[Floats, Floats]:
    """Places of *values* (k x N) among the *compared* that have one on the same day, and how many those are.

    Returns:
        Mid-ranks 0 to 100, k x N (of no meaning where there is no value), and k counts.
    """
    days, width = values.shape
    missing = np.isnan(values)
    # what orders floats as integers does, with the asset's place in the low half: one sort says it all
    bits = (values + np.float32(0.0)).view(np.int32)
    keys = (bits ^ ((bits >> 31) & np.int32(_LAST))).astype(np.int64)
    keys[missing] = _LAST
    ordered = np.sort((keys << 32) | np.arange(width), axis=-1)
    asset, keys = ordered & 0xFFFFFFFF, ordered >> 32
    there = compared[asset] & (keys != _LAST)
    count = there.sum(axis=-1).astype(np.float64)
    begins = np.ones((days, width), dtype=bool)
    begins[:, 1:] = keys[:, 1:] != keys[:, :-1]
    # each group of equals: compared ones before it, and up to its end
    starts = np.flatnonzero(begins)
    sizes = np.diff(np.append(starts, days * width))
    before = np.cumsum(there.ravel(), dtype=np.int64) - there.ravel()
    offset = np.repeat(before[::width] if width else before, width)
    inside = np.add.reduceat(there.ravel(), starts, dtype=np.int64) if len(starts) else starts
    twice = np.repeat(2 * (before - offset)[starts] + inside, sizes).reshape(days, width)
    places = np.empty((days, width))
    rows = np.arange(days)[:, None]
    places[rows, asset] = twice * 50.0 / np.maximum(count, 1.0)[:, None]
    return places, count


def universe_weight(count: Floats, showing: Floats) -> Floats:
    """What the universe's view weighs where *count* of the compared that are *showing* a candle have a value.

    0 below 20 values, from there in a straight line up to 0.25 where all have one. Without the ramp one asset
    more would make a jump.
    """
    least = LEAST_ASSETS - 1.0
    ramp = SHARE * (count - least) / np.maximum(showing - least, 1.0)
    return np.where(count >= LEAST_ASSETS, ramp, 0.0)
