"""The rows of one series, every vintage of them, and the Parquet file that holds them."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from core.errors import FaultError
from core.instant import Interval
from core.market import Bars, Instants, Revision
from tools.store.gate.structural import VALUES

_TIMES = ("as_of", "known_at", "fetched_at")
_FIGURE = ("value",)
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "ohlcv": VALUES,
    "onchain": _FIGURE,
    "fundamental": _FIGURE,
    "sentiment": _FIGURE,
    "funding": ("rate", "interval_hours"),
}
"""What the columns of `Rows.values` are, by kind."""
RESTATED = 1 << 30
"""The mark of a row whose value is the source's corrected history, not what it showed at the time."""


@dataclass(frozen=True, slots=True)
class Rows:
    """n rows ordered by *as_of*, then *known_at*: one for each vintage of each candle or figure.

    *as_of* is the candle's open or the figure's stamp, *fetched_at* when it was imported. *values* is
    (n, k): the kind's `COLUMNS`. *flags* are the gate's bits (`Code.bit`) as of the import that last
    touched the series, and `RESTATED`.
    """

    as_of: Instants
    known_at: Instants
    fetched_at: Instants
    values: NDArray[np.float64]
    flags: NDArray[np.uint32]

    def __len__(self) -> int:
        return len(self.as_of)

    def pick(self, mask: NDArray[np.bool_] | NDArray[np.intp]) -> Rows:
        """The rows under *mask*, or at these indices."""
        return Rows(
            self.as_of[mask], self.known_at[mask], self.fetched_at[mask], self.values[mask], self.flags[mask]
        )

    def is_newest(self) -> NDArray[np.bool_]:
        """Marks the newest vintage of each moment."""
        newest = np.ones(len(self), np.bool_)
        newest[:-1] = self.as_of[1:] != self.as_of[:-1]
        return newest

    def is_confirmation(self) -> NDArray[np.bool_]:
        """Marks each vintage that reads like the one before it: what was known did not change."""
        same = np.zeros(len(self), np.bool_)
        same[1:] = (self.as_of[1:] == self.as_of[:-1]) & (self.values[1:] == self.values[:-1]).all(axis=1)
        return same

    def bars(self, symbol: str, interval: Interval) -> Bars:
        """The columns as candles; the rows must hold one vintage of each."""
        opened = self.as_of
        columns = [np.ascontiguousarray(self.values[:, index]) for index in range(len(VALUES))]
        for column in (opened, *columns):
            column.flags.writeable = False
        return Bars(symbol, interval, opened, *columns)


def as_known(rows: Rows, symbol: str, interval: Interval) -> tuple[Bars, tuple[Revision, ...]]:
    """The candles as they were first known, and every later vintage of them, by *known_at*.

    A candle that nobody could know at its close (a vendor's late row) is left out with all its
    vintages: to whoever lived then there was a hole, and holes are never filled.
    """
    in_time = rows.known_at <= rows.as_of + interval.ms
    if in_time.all():
        return rows.bars(symbol, interval), ()
    rows = rows.pick(~rows.is_confirmation())
    in_time = rows.known_at <= rows.as_of + interval.ms
    first = rows.pick(in_time)
    late = rows.pick(~in_time & np.isin(rows.as_of, first.as_of))
    index = np.searchsorted(first.as_of, late.as_of)
    order = np.lexsort((late.as_of, late.known_at))
    revisions = tuple(
        Revision(int(index[k]), int(late.known_at[k]), *late.values[k].tolist())  # type: ignore[arg-type]
        for k in order.tolist()
    )
    return first.bars(symbol, interval), revisions


def encoded(rows: Rows, kind: str, source: str) -> bytes:
    """The Parquet file of *rows*; the same rows always give the same bytes."""
    times = (rows.as_of, rows.known_at, rows.fetched_at)
    columns: dict[str, pl.Series] = {
        name: pl.Series(name, column, pl.Int64) for name, column in zip(_TIMES, times, strict=True)
    }
    columns |= {name: pl.Series(name, rows.values[:, index]) for index, name in enumerate(COLUMNS[kind])}
    columns["flags"] = pl.Series("flags", rows.flags, pl.UInt32)
    frame = pl.DataFrame(columns).with_columns(source=pl.lit(source))
    buffer = BytesIO()
    frame.write_parquet(buffer, compression="zstd", compression_level=1)
    return buffer.getvalue()


def read(path: Path, kind: str) -> Rows:
    """The rows of one stored file.

    Raises:
        FileNotFoundError: it is not there (a newer import replaced it).
        FaultError: it cannot be read.
    """
    names = COLUMNS[kind]
    try:
        frame = pl.read_parquet(path.read_bytes(), columns=[*_TIMES, *names, "flags"])
    except pl.exceptions.PolarsError as error:
        raise damaged(path) from error
    values = np.empty((len(frame), len(names)))
    for index, name in enumerate(names):
        values[:, index] = frame[name].to_numpy()
    as_of, known_at, fetched_at = (frame[name].to_numpy() for name in _TIMES)
    return Rows(as_of, known_at, fetched_at, values, frame["flags"].to_numpy())


def damaged(path: Path) -> FaultError:
    """What is said of a stored file that is not what was written."""
    return FaultError(
        f"the stored file {path} is damaged",
        "Restore it from a copy of the home, or import into a new home.",
        code="damaged",
    )


def write(folder: Path, name: str, raw: bytes) -> None:
    """Puts *raw* into *folder* whole or not at all: temporary file, fsync, rename.

    Raises:
        OSError: disk full, no permission; nothing of it stays.
    """
    temporary = folder / f"{name}.part"
    try:
        with temporary.open("wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(folder / name)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise


def sync_folder(folder: Path) -> None:
    """Makes the renames in *folder* durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def file_name(series: str, raw: bytes) -> tuple[str, str]:
    """A name for the file that holds *raw* of *series* (new content, new name), and the SHA-256 of *raw*."""
    readable = "-".join(re.findall(r"[A-Za-z0-9]+", series))[:80]
    mark = sha256(raw).hexdigest()
    return f"{readable}-{sha256((series + mark).encode()).hexdigest()[:16]}.parquet", mark
