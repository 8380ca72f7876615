"""The store's tables, in SQLite. The rows themselves lie in Parquet files that these tables name."""

from __future__ import annotations

import sqlite3

from tools.database import Schema

_V1 = """
CREATE TABLE series (
    id INTEGER PRIMARY KEY,
    asset TEXT NOT NULL,
    kind TEXT NOT NULL,
    metric TEXT NOT NULL,
    venue TEXT NOT NULL,
    symbol TEXT NOT NULL,
    interval_ms INTEGER NOT NULL,
    source TEXT NOT NULL,
    restated INTEGER NOT NULL,
    ends_at INTEGER,
    file TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    rows INTEGER NOT NULL,
    rows_flagged INTEGER NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    UNIQUE (kind, asset, metric, venue, symbol, interval_ms, source)
) STRICT;
CREATE TABLE segments (
    series_id INTEGER NOT NULL REFERENCES series ON DELETE CASCADE,
    number INTEGER NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    rows INTEGER NOT NULL,
    PRIMARY KEY (series_id, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE flags (
    series_id INTEGER NOT NULL REFERENCES series ON DELETE CASCADE,
    code TEXT NOT NULL,
    rows INTEGER NOT NULL,
    PRIMARY KEY (series_id, code)
) STRICT, WITHOUT ROWID;
CREATE TABLE vintages (
    series_id INTEGER NOT NULL REFERENCES series ON DELETE CASCADE,
    known_at INTEGER NOT NULL,
    rows INTEGER NOT NULL,
    PRIMARY KEY (series_id, known_at)
) STRICT, WITHOUT ROWID;
CREATE TABLE imports (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    file TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    entry TEXT NOT NULL,
    rows_new INTEGER NOT NULL,
    rows_revised INTEGER NOT NULL
) STRICT;
CREATE TABLE assets (
    id TEXT PRIMARY KEY,
    ticker TEXT NOT NULL
) STRICT, WITHOUT ROWID;
"""


def _first(connection: sqlite3.Connection) -> None:
    for statement in _V1.split(";"):
        connection.execute(statement)


def _units(connection: sqlite3.Connection) -> None:
    connection.execute("ALTER TABLE series ADD COLUMN unit TEXT NOT NULL DEFAULT ''")


def _rows_of_assets(connection: sqlite3.Connection) -> None:
    connection.execute("ALTER TABLE assets ADD COLUMN row TEXT NOT NULL DEFAULT ''")


SCHEMA = Schema("store", (_first, _units, _rows_of_assets))
