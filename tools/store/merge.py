"""Imported rows beside stored ones: what is new, what is the same, what is another vintage."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.instant import Instant
from core.market import Instants
from tools.store.rows import Rows


@dataclass(frozen=True, slots=True)
class Incoming:
    """Rows of a file, ordered by *as_of*, then *known_at*: one for each candle, one or more for each figure.

    *known_at*: when each could be known. *is_stated*: the file (or its manifest) said so itself.
    *values* and *flags* as in `Rows`.
    """

    as_of: Instants
    known_at: Instants
    is_stated: NDArray[np.bool_]
    values: NDArray[np.float64]
    flags: NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class Merged:
    """The rows afterwards, and how many came how; *changed*: whether there are more than before."""

    rows: Rows
    new: int
    same: int
    revised: int
    changed: bool


def merged(stored: Rows | None, incoming: Incoming, now: Instant) -> Merged:
    """*stored* and *incoming* together; nothing that was stored is ever changed or lost.

    A row that any stored vintage equals is the same: importing a file again changes nothing. Other
    values become a new vintage. It is known from when the file says, unless another vintage stands
    there already; else from *now*: a reader who lives before that still sees the old value. A value that
    the file says was known at yet another time is kept too, for it bounds what was known in between.
    """
    count = len(incoming.as_of)
    later = incoming.as_of[1:] == incoming.as_of[:-1]
    if later.any():
        return _one_by_one(stored, incoming, later, now)
    if stored is None:
        rows = _rows(incoming, np.arange(count), incoming.known_at, now)
        return Merged(rows, count, 0, 0, changed=True)
    left = np.searchsorted(stored.as_of, incoming.as_of, "left")
    right = np.searchsorted(stored.as_of, incoming.as_of, "right")
    is_new = left == right
    newest = np.maximum(right - 1, 0)
    differs = (stored.values[newest] != incoming.values).any(axis=1)
    elsewhen = incoming.is_stated & (stored.known_at[newest] != incoming.known_at)
    known_at = incoming.known_at.copy()
    is_vintage = np.zeros(count, np.bool_)
    revised = 0
    for k in np.flatnonzero(~is_new & (differs | elsewhen)).tolist():
        old = slice(int(left[k]), int(right[k]))
        moment = _vintage(stored, incoming, k, old, now)
        if moment is not None:
            is_vintage[k], known_at[k] = True, moment
            before = old.start + max(int(np.searchsorted(stored.known_at[old], moment)) - 1, 0)
            revised += bool((stored.values[before] != incoming.values[k]).any())
    taken = np.flatnonzero(is_new | is_vintage)
    new = int(is_new.sum())
    if not len(taken):
        return Merged(stored, 0, count, 0, changed=False)
    rows = _joined(stored, _rows(incoming, taken, known_at, now))
    return Merged(rows, new, count - new - revised, revised, changed=True)


def _one_by_one(stored: Rows | None, incoming: Incoming, later: NDArray[np.bool_], now: Instant) -> Merged:
    """A file that holds several vintages of a moment: all first ones, then all second ones, and so on."""
    starts = np.flatnonzero(np.concatenate(([True], ~later)))
    rank = np.arange(len(incoming.as_of)) - np.repeat(starts, np.diff(np.append(starts, len(incoming.as_of))))
    new = same = revised = 0
    changed = False
    for number in range(int(rank.max()) + 1):
        mine = rank == number
        layer = Incoming(
            incoming.as_of[mine],
            incoming.known_at[mine],
            incoming.is_stated[mine],
            incoming.values[mine],
            incoming.flags[mine],
        )
        one = merged(stored, layer, now)
        stored, new, same, revised = one.rows, new + one.new, same + one.same, revised + one.revised
        changed = changed or one.changed
    if stored is None:
        raise ValueError("a file of several vintages holds no rows")
    return Merged(stored, new, same, revised, changed)


def _vintage(stored: Rows, incoming: Incoming, k: int, old: slice, now: Instant) -> int | None:
    """When the values of row *k*, which the newest vintage does not hold so, were known; None: already stored."""
    known = stored.known_at[old]
    equal = (stored.values[old] == incoming.values[k]).all(axis=1)
    stated = int(incoming.known_at[k])
    if incoming.is_stated[k]:
        there = known == stated
        if not there.any():
            return stated
        if equal[there].any():
            return None
    if equal.any():
        return None
    return max(int(now), int(known[-1]) + 1)


def _rows(incoming: Incoming, taken: NDArray[np.intp], known_at: Instants, now: Instant) -> Rows:
    return Rows(
        incoming.as_of[taken],
        known_at[taken],
        np.full(len(taken), now, np.int64),
        incoming.values[taken],
        incoming.flags[taken],
    )


def _joined(one: Rows, other: Rows) -> Rows:
    both = Rows(
        np.concatenate((one.as_of, other.as_of)),
        np.concatenate((one.known_at, other.known_at)),
        np.concatenate((one.fetched_at, other.fetched_at)),
        np.concatenate((one.values, other.values)),
        np.concatenate((one.flags, other.flags)),
    )
    return both.pick(np.lexsort((both.known_at, both.as_of)))
