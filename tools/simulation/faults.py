"""Faults on request: outages of the whole venue, and bad ticks of single tokens.

An outage removes every candle of one to six hours (at least one candle); a bad tick prints one whole
candle three times too high or too low. Both come a few times (*light*) or ten times as often (*heavy*) a year.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.instant import DAY, HOUR, Interval
from core.market import Instants
from tools.simulation.noise import CHUNK_DAYS, stream

A_YEAR = {"none": 0.0, "light": 4.0, "heavy": 40.0}
"""Outages a year, and bad ticks a token and year."""
FACTOR = 3.0
SPARED = 30 * DAY
"""No bad tick so soon after a token's first candle: nothing could tell it from a real move yet."""
_LONGEST = 6


def up(seed: int, faults: str, chunk: int, opened_at: Instants, grain: Interval) -> NDArray[np.bool_]:
    """Which candles of *chunk* exist."""
    mask = np.ones(len(opened_at), dtype=np.bool_)
    noise = stream(seed, "outages", chunk)
    begin = int(opened_at[0])
    for _ in range(noise.poisson(A_YEAR[faults] * CHUNK_DAYS / 365)):
        first = grain.floor(begin + int(noise.integers(CHUNK_DAYS * DAY)))
        last = first + grain.ceil(int(noise.integers(1, _LONGEST + 1)) * HOUR)
        mask &= (opened_at < first) | (opened_at >= last)
    return mask


def bad_ticks(seed: int, faults: str, chunk: int, asset: str, rows: int) -> tuple[tuple[int, float], ...]:
    """Rows of *asset*'s candles in *chunk* to misprint, each with its factor; never two close together."""
    noise = stream(seed, f"{asset}:faults", chunk)
    count = int(noise.poisson(A_YEAR[faults] * CHUNK_DAYS / 365))
    if rows < 8 or not count:
        return ()
    picked = np.unique(noise.integers(2, rows - 2, count))
    alone = np.concatenate(([True], np.diff(picked) > 3))
    factors = np.where(noise.random(len(picked)) < 0.5, FACTOR, 1.0 / FACTOR)
    return tuple(zip(picked[alone].tolist(), factors[alone].tolist(), strict=True))
