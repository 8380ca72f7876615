"""The place of a value among the universe's at the same moment."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.market import Floats
from strategies.indicators.universe.elementary import LEAST_UNIVERSE

Flags = NDArray[np.bool_]
Singles = NDArray[np.float32]
SHARE = 0.25
Cells = NDArray[np.int64]
_LAST = np.int64(0x7FFFFFFF)
_LOW = np.int64(0xFFFFFFFF)


def universe_places(values: Singles, compared: Flags) -> tuple[Floats, Floats]:
    """Places of *values* (k x N) among the *compared* that have one on the same day, and how many those are.

    Returns:
        Mid-ranks 0 to 100, k x N (of no meaning where there is no value), and k counts.
    """
    days, width = values.shape
    # what orders floats as integers does, with the cell's number in the low half: one sort says it all
    bits = (values + np.float32(0.0)).view(np.int32)
    keys = (bits ^ ((bits >> 31) & np.int32(_LAST))).astype(np.int64)
    keys[np.isnan(values)] = _LAST
    ordered = np.sort((keys << 32) | np.arange(days * width).reshape(days, width), axis=-1)
    keys, cells = ordered >> 32, ordered & _LOW
    there = keys != _LAST
    ranked = np.broadcast_to(np.arange(width) * 2 + 1, (days, width))
    if compared.all():
        tied = ((keys[:, 1:] == keys[:, :-1]) & there[:, 1:]).any(axis=-1)
    else:
        tied = np.ones(days, dtype=bool)
        there &= compared[cells % width]
    if tied.any():
        ranked = ranked.copy()
        ranked[tied] = _ranked(keys[tied], there[tied])
    count = there.sum(axis=-1).astype(np.float64)
    places = np.empty(days * width)
    places[cells.ravel()] = (ranked * (50.0 / np.maximum(count, 1.0))[:, None]).ravel()
    return places.reshape(days, width), count


def _ranked(keys: Cells, there: Flags) -> Cells:
    """Twice the mid-rank among those that are *there*: of each row of ordered *keys*, and the same for equal ones."""
    begins = np.ones(keys.shape, dtype=bool)
    begins[:, 1:] = keys[:, 1:] != keys[:, :-1]
    starts = np.flatnonzero(begins)
    flat = there.ravel().astype(np.int64)
    before = (np.cumsum(flat) - flat).reshape(keys.shape)
    before = (before - before[:, :1]).ravel()[starts]
    within = np.add.reduceat(flat, starts)
    return np.repeat(2 * before + within, np.diff(np.append(starts, keys.size))).reshape(keys.shape)


def universe_weight(count: Floats, showing: Floats) -> Floats:
    """What the universe's view weighs where *count* of the compared that are *showing* a candle have a value.

    0 below 20 values, from there in a straight line up to 0.25 where all have one. Without the ramp one asset
    more would make a jump.
    """
    least = LEAST_UNIVERSE - 1.0
    ramp = SHARE * (count - least) / np.maximum(showing - least, 1.0)
    return np.where(count >= LEAST_UNIVERSE, ramp, 0.0)
