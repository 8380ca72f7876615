"""Figures and settlements under the gate: structural faults of their rows, and holes between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.instant import Instant, Interval, iso
from core.market import Floats, Instants
from tools.store.gate.breaks import LONGEST_HOLE
from tools.store.gate.structural import Fault, RawRows, future, misaligned, wrong_interval

JUDGED = ("onchain", "fundamental")
"""The kinds whose figures are levels and flows, where a jump says something."""
JUMP = 5.0
"""A figure this many times the one before it, or a part of it as small, is pointed out: sources do slip by powers of ten."""


def times_fault(as_of: Instants, known_at: Instants, width: Interval, now: Instant) -> Fault | None:
    """The first bad time: twice (for one known_at), backwards, in the future, or not *width* (0: any) apart."""
    rows = RawRows(as_of, {}, {"ts": np.zeros(len(as_of), np.bool_)})
    found = [fault for fault in (_order(as_of, known_at), future(rows, width, now)) if fault is not None]
    if found:
        return min(found, key=lambda fault: fault.row or 0)
    if not width.ms:
        return None
    return wrong_interval(rows, width) or misaligned(rows, width)


def _order(as_of: Instants, known_at: Instants) -> Fault | None:
    """A moment may stand there again with a later known_at: that is a vintage."""
    if len(as_of) < 2:
        return None
    steps = np.diff(as_of)
    back = (steps <= 0) & (np.diff(known_at) <= 0)
    order = np.lexsort((known_at, as_of))
    same = (np.diff(as_of[order]) == 0) & (np.diff(known_at[order]) == 0)
    twice = np.zeros(len(as_of), np.bool_)
    twice[np.maximum(order[1:], order[:-1])[same]] = True
    back[twice[1:]] = True
    if not back.any():
        return None
    row = int(np.argmax(back)) + 1
    at = Instant(int(as_of[row]))
    if twice[row] or (as_of[:row] == at).any():
        return Fault("duplicate", f"{iso(at)} stands there twice", row)
    return Fault("out_of_order", f"{iso(at)} comes after {iso(Instant(int(as_of[row - 1])))}", row)


def value_fault(values: Floats, name: str) -> Fault | None:
    """The first cell of column *name* that is no finite number."""
    bad = ~np.isfinite(values)
    if not bad.any():
        return None
    row = int(np.argmax(bad))
    if np.isnan(values[row]):
        return Fault("nan", f"{name} is not a number", row)
    return Fault("infinite", f"{name} is {float(values[row])!r}", row)


@dataclass(frozen=True, slots=True)
class Holes:
    """Where figures are absent. *step*: how far apart they usually are; 0 where no distance is usual.

    *before*: indices of the rows that follow a hole. *segment*: number of each row's unbroken stretch.
    """

    step: int
    before: NDArray[np.intp]
    segment: NDArray[np.int32]


def holes(as_of: Instants) -> Holes:
    """The holes between moments that stand there once each, in order."""
    rows = len(as_of)
    steps = np.diff(as_of)
    none = Holes(0, np.zeros(0, np.intp), np.zeros(rows, np.int32))
    if rows < 3:
        return none
    widths, times = np.unique(steps, return_counts=True)
    step = int(widths[np.argmax(times)])
    if times.max() * 2 < len(steps):
        return none
    before = np.flatnonzero(steps > 1.5 * step) + 1
    starts = np.zeros(rows, np.int32)
    starts[before] = steps[before - 1] - step > LONGEST_HOLE
    return Holes(step, before, np.cumsum(starts, dtype=np.int32))


def jumped(values: Floats) -> NDArray[np.bool_]:
    """Marks each figure that is `JUMP` times the one before it or more, or a part of it as small."""
    marked = np.zeros(len(values), np.bool_)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        ratio = values[1:] / values[:-1]
    positive = (values[1:] > 0) & (values[:-1] > 0)
    marked[1:] = positive & ((ratio >= JUMP) | (ratio <= 1 / JUMP))
    return marked
