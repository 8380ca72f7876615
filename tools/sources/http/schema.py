"""``cache.db``: answers that still hold, and how many requests each provider was sent this month."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from tools.database import Schema, connect

_TABLES = (
    """CREATE TABLE answers (
        key TEXT PRIMARY KEY, provider TEXT NOT NULL, body BLOB NOT NULL,
        etag TEXT, last_modified TEXT, fetched_at INTEGER NOT NULL) STRICT, WITHOUT ROWID""",
    """CREATE TABLE spent (
        provider TEXT NOT NULL, month TEXT NOT NULL, requests INTEGER NOT NULL,
        PRIMARY KEY (provider, month)) STRICT, WITHOUT ROWID""",
)


def _first(connection: sqlite3.Connection) -> None:
    for table in _TABLES:
        connection.execute(table)


SCHEMA = Schema("cache", (_first,))


def open_cache(home: Path) -> sqlite3.Connection:
    """The home's ``cache.db``."""
    return connect(home / "cache.db", SCHEMA, durable=False)
