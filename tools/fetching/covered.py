"""``store/fetch.db``: which stretches were asked for and answered, and what must stand beside whose data."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from pathlib import Path

from core.instant import DAY, Instant
from tools.database import Schema, connect, transaction
from tools.fetching.asking import Span

_LATE = 3 * DAY
_TABLES = (
    """CREATE TABLE answered (
        question TEXT NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL, at INTEGER NOT NULL,
        PRIMARY KEY (question, start, end)) STRICT, WITHOUT ROWID""",
    """CREATE TABLE notices (
        source TEXT PRIMARY KEY, attribution TEXT NOT NULL, licence TEXT NOT NULL, at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID""",
)


def _first(connection: sqlite3.Connection) -> None:
    for table in _TABLES:
        connection.execute(table)


SCHEMA = Schema("fetch", (_first,))


class Coverage:
    """What was fetched so far. A *question* is a text that names source, asset and metric."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    @classmethod
    def open(cls, folder: Path) -> Coverage:
        """That of the store in *folder*."""
        return cls(connect(folder / "fetch.db", SCHEMA))

    def close(self) -> None:
        """Gives the database back."""
        self._connection.close()

    def missing(self, question: str, span: Span) -> tuple[Span, ...]:
        """The stretches of *span* that nobody has answered yet, oldest first."""
        found: list[Span] = []
        reached = span.start
        for start, end in self._connection.execute(
            "SELECT start, end FROM answered WHERE question = ? AND end > ? AND start < ? ORDER BY start",
            (question, span.start, span.end),
        ):
            if start > reached:
                found.append(Span(reached, Instant(start)))
            reached = Instant(max(reached, end))
        if reached < span.end:
            found.append(Span(reached, span.end))
        return tuple(found)

    def is_late(self, question: str, gap: Span) -> bool:
        """Whether *gap* only goes on from what was answered, for so short that its source may just be late."""
        row = self._connection.execute(
            "SELECT 1 FROM answered WHERE question = ? AND end = ?", (question, gap.start)
        ).fetchone()
        return row is not None and gap.end - gap.start <= _LATE

    def add(self, question: str, span: Span, now: Instant) -> None:
        """*span* was answered; it grows together with what it touches."""
        if not span:
            return
        touching = (question, span.start, span.end)
        with transaction(self._connection) as connection:
            start, end = connection.execute(
                "SELECT min(start), max(end) FROM answered WHERE question = ? AND end >= ? AND start <= ?",
                touching,
            ).fetchone()
            connection.execute(
                "DELETE FROM answered WHERE question = ? AND end >= ? AND start <= ?", touching
            )
            whole = (span.start, span.end) if start is None else (min(start, span.start), max(end, span.end))
            connection.execute("INSERT INTO answered VALUES (?, ?, ?, ?)", (question, *whole, now))

    def note(self, source: str, attribution: str, licence: str, now: Instant) -> None:
        """What must stand beside the data of *source*."""
        with transaction(self._connection) as connection:
            connection.execute(
                "INSERT OR REPLACE INTO notices VALUES (?, ?, ?, ?)", (source, attribution, licence, now)
            )

    def notices(self) -> Mapping[str, tuple[str, str]]:
        """Attribution and licence by source, of everything that was ever fetched into this store."""
        rows = self._connection.execute("SELECT source, attribution, licence FROM notices ORDER BY source")
        return {source: (attribution, licence) for source, attribution, licence in rows}
