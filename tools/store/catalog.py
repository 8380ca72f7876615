"""What the store holds: series, their segments, flags and vintages, and every import."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from core.assets import unmapped
from core.instant import Instant, Interval

FIGURES = ("onchain", "fundamental", "sentiment")
"""The kinds that hold one value of one metric at a time."""
MARKET = "market"
"""The asset id of what concerns the whole market and no asset in particular."""


@dataclass(frozen=True, slots=True)
class SeriesKey:
    """What makes a series one.

    *venue* and *symbol* are empty where a series has none, *metric* where the kind says it all, and
    *interval* is 0 where nobody said how far apart the rows are.
    """

    asset: str
    kind: str
    metric: str
    venue: str
    symbol: str
    interval: Interval
    source: str

    def __str__(self) -> str:
        return f"{self.label} {self.asset}" if self.kind == "ohlcv" else self.label

    @property
    def label(self) -> str:
        """What a person calls the series."""
        if self.kind == "ohlcv":
            return f"{self.venue} {self.symbol} {self.interval} {self.source}"
        parts = (self.kind, self.asset, self.metric, self.venue, self.symbol, self.source)
        return " ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Segment:
    """One unbroken stretch: open of its first and of its last candle."""

    first: Instant
    last: Instant
    rows: int


@dataclass(frozen=True, slots=True)
class SeriesInfo:
    """One stored series. *rows* counts moments, not vintages; *first* and *last* are opens or stamps.

    *flags*: how many rows carry each code; *rows_flagged*: how many carry any.

    *ends_at*: from then on the ticker means another asset, or none. *file* and *sha256*: where its
    rows lie, and their digest. *unit*: of its values, "" where nobody said.
    """

    id: int
    key: SeriesKey
    restated: bool
    ends_at: Instant | None
    file: str
    sha256: str
    rows: int
    first: Instant
    last: Instant
    segments: tuple[Segment, ...] = ()
    flags: Mapping[str, int] = field(default_factory=dict)
    rows_flagged: int = 0
    unit: str = ""

    @property
    def asset(self) -> str:
        """The asset's id."""
        return self.key.asset

    @property
    def venue(self) -> str:
        """Where it was traded."""
        return self.key.venue

    @property
    def symbol(self) -> str:
        """What was traded."""
        return self.key.symbol

    @property
    def interval(self) -> Interval:
        """The width of its candles."""
        return self.key.interval

    @property
    def source(self) -> str:
        """Whose rows these are."""
        return self.key.source


_KEY = ("asset", "kind", "metric", "venue", "symbol", "interval_ms", "source")
_REST = ("restated", "ends_at", "file", "sha256", "rows", "rows_flagged", "first", "last", "unit")
_COLUMNS = ", ".join(("id", *_KEY, *_REST))
_PUT = (
    f"INSERT INTO series ({', '.join((*_KEY, *_REST))}) VALUES ({', '.join('?' * len((*_KEY, *_REST)))})"
    f" ON CONFLICT ({', '.join(_KEY)}) DO UPDATE SET {', '.join(f'{n} = excluded.{n}' for n in _REST)}"
    " RETURNING id"
)


def all_series(connection: sqlite3.Connection) -> tuple[SeriesInfo, ...]:
    """Every series, in the order of their first import, with segments and flags."""
    segments: dict[int, list[Segment]] = {}
    for number, first, last, rows in connection.execute(
        "SELECT series_id, first, last, rows FROM segments ORDER BY series_id, number"
    ):
        segments.setdefault(number, []).append(Segment(Instant(first), Instant(last), rows))
    flags: dict[int, dict[str, int]] = {}
    for number, code, rows in connection.execute("SELECT series_id, code, rows FROM flags"):
        flags.setdefault(number, {})[code] = rows
    return tuple(
        _info(row, tuple(segments.get(row[0], ())), flags.get(row[0], {}))
        for row in connection.execute(f"SELECT {_COLUMNS} FROM series ORDER BY id")
    )


def find(connection: sqlite3.Connection, key: SeriesKey) -> SeriesInfo | None:
    """The series of *key*, without segments and flags."""
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM series WHERE asset = ? AND kind = ? AND metric = ? AND venue = ?"
        " AND symbol = ? AND interval_ms = ? AND source = ?",
        _texts(key),
    ).fetchone()
    return None if row is None else _info(row)


def symbol_series(connection: sqlite3.Connection, symbol: str) -> tuple[SeriesInfo, ...]:
    """Every candle series of *symbol*, in the order of their first import, without segments and flags."""
    found = connection.execute(
        f"SELECT {_COLUMNS} FROM series WHERE kind = 'ohlcv' AND symbol = ? ORDER BY id", (symbol,)
    )
    return tuple(_info(row) for row in found)


def figure_series(
    connection: sqlite3.Connection, asset: str | None, kinds: Sequence[str], metric: str = ""
) -> tuple[SeriesInfo, ...]:
    """The series of *kinds* that hold *metric* of *asset* (None: of any), in the order of their first import."""
    found = connection.execute(
        f"SELECT {_COLUMNS} FROM series WHERE kind IN ({', '.join('?' * len(kinds))}) AND metric = ?"
        " AND (asset = ? OR ? IS NULL) ORDER BY id",
        (*kinds, metric, asset, asset),
    )
    return tuple(_info(row) for row in found)


def stretches(connection: sqlite3.Connection, key: SeriesKey) -> list[tuple[int, int]]:
    """First and last opens of every segment of the same source, venue and interval, oldest first."""
    return connection.execute(
        "SELECT g.first, g.last FROM segments g JOIN series s ON s.id = g.series_id"
        " WHERE s.kind = ? AND s.source = ? AND s.venue = ? AND s.interval_ms = ? ORDER BY g.first",
        (key.kind, key.source, key.venue, key.interval.ms),
    ).fetchall()


def put(connection: sqlite3.Connection, info: SeriesInfo, vintages: Iterable[tuple[int, int]]) -> SeriesInfo:
    """Writes *info* whole, with its later *vintages* as (known_at, rows); the same with its id."""
    rest = (info.restated, info.ends_at, info.file, info.sha256, info.rows, info.rows_flagged, info.first)
    number = connection.execute(_PUT, (*_texts(info.key), *rest, info.last, info.unit)).fetchone()[0]
    for table in ("segments", "flags", "vintages"):
        connection.execute(f"DELETE FROM {table} WHERE series_id = ?", (number,))
    connection.executemany(
        "INSERT INTO segments VALUES (?, ?, ?, ?, ?)",
        [(number, k, s.first, s.last, s.rows) for k, s in enumerate(info.segments)],
    )
    connection.executemany(
        "INSERT INTO flags VALUES (?, ?, ?)",
        [(number, code, rows) for code, rows in info.flags.items()],
    )
    connection.executemany("INSERT INTO vintages VALUES (?, ?, ?)", [(number, *v) for v in vintages])
    return replace(info, id=number)


def revised(connection: sqlite3.Connection) -> dict[int, tuple[int, Instant, Instant]]:
    """Of each revised series: its later vintages' rows, and when the first and last of them were known."""
    return {
        number: (rows, Instant(first), Instant(last))
        for number, rows, first, last in connection.execute(
            "SELECT series_id, sum(rows), min(known_at), max(known_at) FROM vintages GROUP BY series_id"
        )
    }


def rename(connection: sqlite3.Connection, info: SeriesInfo, asset: str) -> None:
    """Gives an unmapped series its asset."""
    connection.execute("UPDATE series SET asset = ? WHERE id = ?", (asset, info.id))


def unmapped_key(key: SeriesKey) -> SeriesKey:
    """The key that the same rows have before anybody names their asset."""
    return replace(key, asset=unmapped(key.venue, key.symbol))


def files(connection: sqlite3.Connection) -> frozenset[str]:
    """The names of all files that the store uses."""
    return frozenset(row[0] for row in connection.execute("SELECT file FROM series"))


def _texts(key: SeriesKey) -> tuple[str | int, ...]:
    return (key.asset, key.kind, key.metric, key.venue, key.symbol, key.interval.ms, key.source)


def _info(
    row: Sequence[Any], segments: tuple[Segment, ...] = (), flags: Mapping[str, int] | None = None
) -> SeriesInfo:
    asset, kind, metric, venue, symbol, width, source = row[1 : 1 + len(_KEY)]
    restated, ends_at, file, mark, rows, flagged, first, last, unit = row[1 + len(_KEY) :]
    key = SeriesKey(asset, kind, metric, venue, symbol, Interval(width), source)
    seen = (segments, flags or {}, flagged, unit)
    return SeriesInfo(row[0], key, bool(restated), ends_at, file, mark, rows, first, last, *seen)
