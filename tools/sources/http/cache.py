"""Answers kept in SQLite: served while they hold, asked after with their own marks afterwards."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from core.canonical import canonical
from core.instant import DAY, Instant
from tools.database import transaction

_KEPT = 30 * DAY


@dataclass(frozen=True, slots=True)
class Kept:
    """A body as it was read, and the marks by which the server knows it."""

    body: bytes
    fetched_at: Instant
    etag: str | None = None
    last_modified: str | None = None

    @property
    def conditions(self) -> dict[str, str]:
        """The headers that ask for the body only where it has changed."""
        marks = {"if-none-match": self.etag, "if-modified-since": self.last_modified}
        return {name: mark for name, mark in marks.items() if mark}


def key_of(origin: str, provider: str, path: str, query: Mapping[str, str], plan: str) -> str:
    """The key of a request: what is asked, of whom, and whether with a key; never the key itself."""
    return sha256(canonical([origin, provider, path, dict(query), plan])).hexdigest()


class Cache:
    """The table of answers. What is older than 30 days at *now*, when it is opened, goes."""

    def __init__(self, connection: sqlite3.Connection, now: Instant) -> None:
        self._connection = connection
        connection.execute("DELETE FROM answers WHERE fetched_at < ?", (now - _KEPT,))

    def get(self, key: str) -> Kept | None:
        """What was kept under *key*."""
        row = self._connection.execute(
            "SELECT body, fetched_at, etag, last_modified FROM answers WHERE key = ?", (key,)
        ).fetchone()
        if row is None:
            return None
        try:
            return Kept(zlib.decompress(row[0]), Instant(row[1]), row[2], row[3])
        except zlib.error:
            return None

    def put(self, key: str, provider: str, kept: Kept) -> None:
        """Keeps an answer in place of an older one."""
        packed = zlib.compress(kept.body, 1)
        with transaction(self._connection) as connection:
            connection.execute(
                "INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?, ?)",
                (key, provider, packed, kept.etag, kept.last_modified, kept.fetched_at),
            )

    def confirm(self, key: str, now: Instant) -> None:
        """The server says that it still holds."""
        self._connection.execute("UPDATE answers SET fetched_at = ? WHERE key = ?", (now, key))
