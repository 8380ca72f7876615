"""Long series made short enough to draw; only the drawing loses detail, never a figure."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.instant import DAY, HOUR, MINUTE, WEEK, Interval
from core.market import Bars

SHOWN = 2_000
_WIDTHS = (
    *(n * MINUTE for n in (5, 15, 30)),
    *(n * HOUR for n in (1, 2, 4, 6, 8, 12)),
    *(n * DAY for n in (1, 2, 3)),
    *(n * WEEK for n in (1, 2, 4, 8, 26, 52)),
)


def drawn_width(first: int, last: int, grain: Interval) -> Interval:
    """The narrowest width, a multiple of *grain*, in which *first* .. *last* makes at most 2,000 candles."""
    needed = -(-(last - first + grain.ms) // (SHOWN - 1))
    if needed <= grain.ms:
        return grain
    fitting = (width for width in _WIDTHS if width >= needed and width % grain.ms == 0)
    return Interval(next(fitting, -(-needed // grain.ms) * grain.ms))


def aggregated(bars: Bars) -> Bars:
    """The same candles, merged where there are more than 2,000; holes stay holes."""
    if len(bars) <= SHOWN:
        return bars
    width = drawn_width(int(bars.opened_at[0]), int(bars.opened_at[-1]), bars.interval)
    bucket = bars.opened_at - bars.opened_at % width.ms
    first = np.concatenate(([0], np.flatnonzero(np.diff(bucket)) + 1))
    last = np.append(first[1:], len(bars)) - 1
    return Bars(
        bars.symbol,
        width,
        bucket[first],
        bars.open[first],
        np.maximum.reduceat(bars.high, first),
        np.minimum.reduceat(bars.low, first),
        bars.close[last],
        np.add.reduceat(bars.volume, first),
    )


def kept_rows(size: int) -> NDArray[np.int64]:
    """At most 2,000 row numbers of *size*, evenly spread, first and last among them."""
    if size <= SHOWN:
        return np.arange(size, dtype=np.int64)
    return np.unique(np.linspace(0, size - 1, SHOWN).round().astype(np.int64))
