"""One series under the gate: segments, flags, and which rows a reader may not use, point in time."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from core.instant import Instant
from core.market import Bars, BarSeries, Revision
from tools.store.gate.breaks import Break, breaks
from tools.store.gate.codes import CODES, Reaction
from tools.store.gate.jumps import jumps

RUN = 6  # candles that make a run


@dataclass(frozen=True, slots=True)
class Examination:
    """What the gate says of a series of n rows. *flags*: one bit per code and row (`Code.bit`).

    *segment*, *last_bad* and *bad_code* as in `core.market.BarSeries`; *breaks* are where and why.
    """

    segment: NDArray[np.int32]
    breaks: tuple[Break, ...]
    flags: NDArray[np.uint32]
    last_bad: NDArray[np.int64]
    bad_code: tuple[str, ...]

    def counts(self) -> dict[str, int]:
        """How many rows carry each code."""
        return flag_counts(self.flags)


def flag_counts(flags: NDArray[np.uint32]) -> dict[str, int]:
    """How many of the rows carry each code; codes that none carries are left out."""
    if not flags.any():
        return {}
    found = {name: int(np.count_nonzero(flags & np.uint32(code.bit))) for name, code in CODES.items()}
    return {name: count for name, count in found.items() if count}


def examine(bars: Bars) -> Examination:
    """Judges *bars* row by row, each from the rows up to it: a longer series never changes an earlier row."""
    rows = len(bars)
    found = breaks(bars)
    starts = np.zeros(rows, np.int32)
    flags = np.zeros(rows, np.uint32)
    for one in found:
        starts[one.index] |= one.ends_segment
        flags[one.index] |= CODES[one.code].bit
    segment = np.cumsum(starts, dtype=np.int32)
    jumped = jumps(bars, segment)
    flat = (bars.open == bars.close) & (bars.high == bars.close) & (bars.low == bars.close)
    flags[_in_run(flat, starts, bars.close)] |= CODES["stale"].bit
    flags[_in_run(bars.volume == 0, starts)] |= CODES["zero_volume_run"].bit
    flags[jumped.spikes] |= CODES["jump"].bit
    lasting = ((flags & np.uint32(_LASTING_BITS)) != 0) | (jumped.spikes & jumped.violent)
    unconfirmed = jumped.unconfirmed & jumped.violent
    index = np.arange(rows, dtype=np.int64)
    last_bad = np.maximum.accumulate(np.where(lasting, index, -1)) if rows else index
    last_bad = np.where(unconfirmed, index, last_bad)
    return Examination(segment, found, flags, last_bad, _bad_codes(flags, unconfirmed, lasting))


def judge(
    asset: str,
    bars: Bars,
    source: str,
    *,
    delisted_at: Instant | None = None,
    restated: bool = False,
    revisions: tuple[Revision, ...] = (),
) -> BarSeries:
    """*bars* as a series that readers may use: with segments, refused rows and a fingerprint.

    Every judgement of row i rests on rows up to i alone. *revisions* are carried, not judged.
    """
    seen = examine(bars)
    return BarSeries(
        asset,
        bars,
        seen.segment,
        seen.last_bad,
        seen.bad_code,
        source,
        fingerprint(bars, revisions),
        revisions,
        delisted_at,
        restated,
    )


def fingerprint(bars: Bars, revisions: tuple[Revision, ...] = ()) -> str:
    """SHA-256 (hex) over symbol, interval and every row, later vintages included."""
    state = sha256(f"{bars.symbol} {bars.interval} {len(bars)}\n".encode())
    state.update(np.ascontiguousarray(bars.opened_at, "<i8").data)
    for column in (bars.open, bars.high, bars.low, bars.close, bars.volume):
        state.update(np.ascontiguousarray(column, "<f8").data)
    for late in revisions:
        state.update(np.array([late.index, late.known_at], "<i8").data)
        state.update(np.array([late.open, late.high, late.low, late.close, late.volume], "<f8").data)
    return state.hexdigest()


_REFUSED = {name: code for name, code in CODES.items() if code.reaction is Reaction.REFUSED_AT_READING}
_LASTING_BITS = sum(code.bit for name, code in _REFUSED.items() if name != "jump")


def _bad_codes(
    flags: NDArray[np.uint32], unconfirmed: NDArray[np.bool_], lasting: NDArray[np.bool_]
) -> tuple[str, ...]:
    named = [""] * len(flags)
    for row in np.flatnonzero(lasting | unconfirmed).tolist():
        named[row] = next((name for name, code in _REFUSED.items() if flags[row] & code.bit), "jump")
    return tuple(named)


def _in_run(
    mask: NDArray[np.bool_], starts: NDArray[np.int32], unchanged: NDArray[np.float64] | None = None
) -> NDArray[np.bool_]:
    """Rows that are at least the sixth in a row under *mask*, inside one segment.

    With *unchanged* a run also ends where that column changes.
    """
    goes_on = mask.copy()
    goes_on[:1] = False
    goes_on[1:] &= mask[:-1] & (starts[1:] == 0)
    if unchanged is not None:
        goes_on[1:] &= unchanged[1:] == unchanged[:-1]
    index = np.arange(len(mask))
    begins = np.maximum.accumulate(np.where(goes_on, 0, index)) if len(mask) else index
    return goes_on & (index - begins >= RUN - 1)
