"""Where a series stops being one: long holes, a ticker that changed its meaning, redenominations.

Judged row by row from the rows up to it, so that nothing is known before it could be. What gives a
change of scale away is the step from one close to the next *open*: trading itself moves the price
inside a candle. Calibrated on 433 Binance pairs: the four redenominations among them step by 10.7 to
1000 and the traded base volume moves the other way; the largest real step over a hole is 2.7.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log10

import numpy as np

from core.instant import DAY
from core.market import Bars

LONGEST_HOLE = 3 * DAY
_SMALLEST_STEP = log10(4.5)
_REUSE_STEP = log10(20)
_CLEAN = 0.05  # decades around a power of ten
_TURNOVER = 1.0  # decades by which price x volume may move over a redenomination
_MEMORY = 7  # candles that the volume is compared with


@dataclass(frozen=True, slots=True)
class Break:
    """From row *index* on something is different. *code* is the gate's; *ends_segment* as it says."""

    index: int
    code: str
    ends_segment: bool


def breaks(bars: Bars) -> tuple[Break, ...]:
    """Holes, changes of meaning and of scale, in order; a row may have a hole and another break."""
    if len(bars) < 2:
        return ()
    holes = np.diff(bars.opened_at) - bars.interval.ms
    steps = np.log10(bars.open[1:] / bars.close[:-1])
    found: list[Break] = []
    begins = 0
    for before in np.flatnonzero((holes > 0) | (np.abs(steps) >= _SMALLEST_STEP)).tolist():
        row = before + 1
        hole = int(holes[before])
        is_long = hole > LONGEST_HOLE
        code = _scale(bars, row, begins, float(steps[before]), is_long=is_long)
        means_another = code is not None and code != "wrong_unit"
        if hole > 0:
            found.append(Break(row, "gap", is_long))
        if code:
            found.append(Break(row, code, means_another))
        if is_long or means_another:
            begins = row
    return tuple(found)


def _scale(bars: Bars, row: int, begins: int, step: float, *, is_long: bool) -> str | None:
    """What a step of *step* decades from the last close to this open means, if anything."""
    size = abs(step)
    if size < _SMALLEST_STEP:
        return None
    usual = float(np.median(bars.volume[max(begins, row - _MEMORY) : row]))
    volume = float(bars.volume[row])
    moved = log10(volume / usual) if usual > 0 and volume > 0 else 0.0
    is_inverse = moved * step < 0 and abs(moved) >= size / 2 and abs(moved + step) <= _TURNOVER
    # over a long hole the market itself may have moved so far, and fewer coins be traded at more
    if is_inverse and (not is_long or abs(size - round(size)) <= _CLEAN):
        return "redenomination"
    if is_long:
        return "ticker_reuse" if size >= _REUSE_STEP else None
    is_clean = size > 0.5 and abs(size - round(size)) <= _CLEAN
    return "wrong_unit" if is_clean and abs(moved) < size / 2 else None
