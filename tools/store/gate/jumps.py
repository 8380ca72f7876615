"""Returns that are too large to be believed until the next candle confirms them.

A jump is noted beyond 20 MAD. It is refused only where it is violent besides: real markets make
moves of 20 MAD that no later candle takes back, and a rule that may not look at them acts too late.

The scale of a UTC day is the median absolute deviation of the simple returns of the 30 days before
that day, in the same segment (at least 100 of them, else the day is not judged; nor is it where the
scale is 0: a price that did not move has no scale).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.instant import DAY
from core.market import Bars, Floats, Instants

MULTIPLE = 20.0
VIOLENT = 0.25  # a price that changes by more than a quarter within one candle
MEMORY_DAYS = 30
FEWEST_RETURNS = 100

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Jumps:
    """*unconfirmed*: a jump when it is the newest row. *spikes*: those that no later row confirmed.

    *violent*: jumps of more than `VIOLENT`, up or (by as large a factor) down.
    """

    unconfirmed: Mask
    spikes: Mask
    violent: Mask


def jumps(bars: Bars, segment: NDArray[np.int32]) -> Jumps:
    """The jumps of a series; what is said of row i, and of i when i + 1 is known, never changes later."""
    found = Jumps(*(np.zeros(len(bars), np.bool_) for _ in range(3)))
    per_day = DAY // bars.interval.ms
    if per_day * MEMORY_DAYS < FEWEST_RETURNS or not len(bars):
        return found
    edges = np.flatnonzero(np.diff(segment)) + 1
    for start, stop in zip([0, *edges.tolist()], [*edges.tolist(), len(bars)], strict=True):
        if stop - start <= FEWEST_RETURNS:
            continue
        close = bars.close[start:stop]
        returns = close[1:] / close[:-1] - 1.0
        bounds = _bounds(bars.opened_at[start + 1 : stop], returns, bars.interval.ms, per_day)
        suspects = np.flatnonzero(np.abs(returns) > bounds) + 1
        _settle(close.tolist() if len(suspects) > 50 else close, bounds, suspects.tolist(), start, found)
    return found


def _bounds(times: Instants, returns: Floats, width: int, per_day: int) -> Floats:
    """For each return the largest one that is believed; infinite where that cannot be judged."""
    day = times // DAY
    first = int(day[0])
    days = int(day[-1]) - first + 1
    table = np.full((days + MEMORY_DAYS - 1, per_day), np.nan)
    before = day - first + MEMORY_DAYS  # row of the table that the *next* day's window ends with
    usable = before < days + MEMORY_DAYS - 1
    table[before[usable], (times[usable] % DAY) // width] = returns[usable]
    windows = np.lib.stride_tricks.sliding_window_view(table, MEMORY_DAYS, axis=0)[:days]
    sample = np.sort(windows.reshape(days, MEMORY_DAYS * per_day), axis=1)
    known = np.count_nonzero(~np.isnan(sample), axis=1)
    sample -= _middle(sample, known)[:, None]
    np.abs(sample, out=sample)
    sample.sort(axis=1)
    scale = _middle(sample, known)
    judged = (known >= FEWEST_RETURNS) & (scale > 0)
    per_day_bound = np.full(days, np.inf)
    per_day_bound[judged] = MULTIPLE * scale[judged]
    return per_day_bound[day - first]


def _middle(ordered: Floats, known: NDArray[np.intp]) -> Floats:
    """The median of each row's first *known* values; NaN where there are none."""
    rows = np.arange(len(ordered))
    upper = np.minimum(known // 2, ordered.shape[1] - 1)
    lower = np.maximum(known - 1, 0) // 2
    middle: Floats = (ordered[rows, lower] + ordered[rows, upper]) / 2
    return middle


def _settle(
    close: Floats | list[float], bounds: Floats, suspects: list[int], start: int, found: Jumps
) -> None:
    """Walks the suspects: confirmed by the next close beyond half the move, else a spike.

    After a spike the next candle is measured from the last close before it.
    """
    last = len(close) - 1
    settled = 0
    for suspect in suspects:
        if suspect < settled:
            continue
        good, row = suspect - 1, suspect
        while True:
            found.unconfirmed[start + row] = True
            factor = close[row] / close[good]
            found.violent[start + row] = max(factor, 1 / factor) > 1 + VIOLENT
            move = close[row] - close[good]
            settled = row + 1
            if row < last and (close[row + 1] - close[good]) / move > 0.5:
                break
            found.spikes[start + row] = True
            row += 1
            if row > last:
                break
            settled = row + 1
            if abs(close[row] / close[good] - 1.0) <= bounds[row - 1]:
                break
