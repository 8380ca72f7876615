"""Writing into the store: all of a change, or nothing of it.

New rows go into new files (temporary file, fsync, rename); one database transaction then points to
them. Whatever happens before its commit leaves the old state whole, with at most an unused file
that the next import removes.
"""

from __future__ import annotations

import contextlib
import fcntl
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.errors import FaultError, UsageError
from core.instant import Instant
from tools.database import transaction
from tools.store import catalog
from tools.store.articles import Articles, encoded_articles
from tools.store.catalog import Segment, SeriesInfo, SeriesKey
from tools.store.gate import ALL_BITS, CODES, examine, flag_counts
from tools.store.gate.figures import JUDGED, holes, jumped
from tools.store.rows import RESTATED, Rows, encoded, file_name, sync_folder, write
from tools.store.store import Store


@dataclass(frozen=True, slots=True)
class Change:
    """A series as it is to be stored. *old*: what stands there now."""

    key: SeriesKey
    rows: Rows | Articles
    old: SeriesInfo | None
    restated: bool
    ends_at: Instant | None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Imported:
    """The record of one file's import."""

    file: str
    sha256: str
    entry: str
    rows_new: int
    rows_revised: int


def flagged(key: SeriesKey, rows: Rows) -> tuple[Rows, NDArray[np.int32]]:
    """*rows* with the gate's flags on the newest vintage of each moment, and the segment of each of those.

    A flag of the file itself stays.
    """
    newest = np.flatnonzero(rows.is_newest())
    flags = rows.flags.copy()
    if key.kind == "ohlcv":
        seen = examine(rows.pick(newest).bars(key.symbol, key.interval))
        flags[newest] = (flags[newest] & np.uint32(_FROM_FILE)) | seen.flags
        return replace(rows, flags=flags), seen.segment
    absent = holes(rows.as_of[newest])
    flags &= ~np.uint32(CODES["gap"].bit | CODES["jump"].bit)
    flags[newest[absent.before]] |= np.uint32(CODES["gap"].bit)
    if key.kind in JUDGED:
        flags[newest[jumped(rows.values[newest, 0])]] |= np.uint32(CODES["jump"].bit)
    return replace(rows, flags=flags), absent.segment


# only the file knows how many hours a day has, where a row came from and whether it was corrected
_FROM_FILE = CODES["partial_day"].bit | CODES["perpetual"].bit | RESTATED


@contextlib.contextmanager
def importing(store: Store) -> Iterator[None]:
    """Holds the store for one import, and sweeps what a killed one left.

    Raises:
        UsageError: another import is running.
    """
    with (store.folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UsageError(
                f"another import into {store.folder} is running", "Wait until it has ended.", code="busy"
            ) from None
        used = catalog.files(store.connection)
        for path in (store.folder / "rows").iterdir():
            if path.name not in used:
                path.unlink(missing_ok=True)
        yield


def commit(store: Store, changes: Sequence[Change], imported: Imported) -> tuple[SeriesInfo, ...]:
    """Stores *changes* and the record of the import, all or nothing; what is stored now, in their order.

    Raises:
        OSError: disk full, no permission.
        FaultError: the database cannot be written.
    """
    folder = store.folder / "rows"
    written: list[Path] = []
    infos: list[SeriesInfo] = []
    vintages: list[list[tuple[int, int]]] = []
    try:
        for change in changes:
            info, raw, later = _stored(change)
            if change.old is None or change.old.file != info.file:
                written.append(folder / info.file)
                write(folder, info.file, raw)
            infos.append(info)
            vintages.append(later)
        if written:
            sync_folder(folder)
        with transaction(store.connection) as connection:
            stored = tuple(
                catalog.put(connection, info, later) for info, later in zip(infos, vintages, strict=True)
            )
            connection.execute(
                "INSERT INTO imports (at, file, sha256, entry, rows_new, rows_revised) VALUES (?, ?, ?, ?, ?, ?)",
                (
                    store.clock.now(),
                    imported.file,
                    imported.sha256,
                    imported.entry,
                    imported.rows_new,
                    imported.rows_revised,
                ),
            )
    except BaseException as error:
        for path in written:
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
        if isinstance(error, sqlite3.Error):
            raise FaultError(
                f"the store in {store.folder} cannot be written: {error}",
                "Make room or give permission, then import again; nothing is half-written.",
                code="machine",
            ) from error
        raise
    for change, info in zip(changes, infos, strict=True):
        if change.old is not None and change.old.file != info.file:
            with contextlib.suppress(OSError):  # unused from now on: the next import sweeps it
                (folder / change.old.file).unlink(missing_ok=True)
    return stored


def _stored(change: Change) -> tuple[SeriesInfo, bytes, list[tuple[int, int]]]:
    """What the catalog says of a change, its file, and its later vintages as (known_at, rows)."""
    if isinstance(change.rows, Articles):
        rows: Rows | Articles = change.rows
        raw = encoded_articles(change.rows, change.key.source)
        segment = np.zeros(int(rows.is_newest().sum()), np.int32)
    else:
        rows, segment = flagged(change.key, change.rows)
        raw = encoded(rows, change.key.kind, change.key.source)
    name, mark = file_name(str(change.key), raw)
    newest = rows.is_newest()
    opened, flags = rows.as_of[newest], rows.flags[newest]
    is_later = np.zeros(len(rows), np.bool_)
    is_later[1:] = ~newest[:-1]
    if isinstance(rows, Rows):
        is_later &= ~rows.is_confirmation()
    moments, times = np.unique(rows.known_at[is_later], return_counts=True)
    edges = [0, *(np.flatnonzero(np.diff(segment)) + 1).tolist(), len(opened)]
    segments = tuple(
        Segment(Instant(int(opened[a])), Instant(int(opened[b - 1])), b - a) for a, b in pairwise(edges)
    )
    info = SeriesInfo(
        0 if change.old is None else change.old.id,
        change.key,
        change.restated,
        change.ends_at,
        name,
        mark,
        len(opened),
        Instant(int(opened[0])),
        Instant(int(opened[-1])),
        segments,
        flag_counts(flags),
        int(np.count_nonzero(flags & np.uint32(ALL_BITS))),
        change.unit,
    )
    return info, raw, list(zip(moments.tolist(), times.tolist(), strict=True))
