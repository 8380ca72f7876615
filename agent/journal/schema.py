"""The journal's schema version: a newer one is refused untouched, an older one copied, then migrated."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from agent.journal.database import Database
from core.errors import JournalError
from core.registry import discover
from tools.database import newer

Migrations = Sequence[Sequence[str]]

_NAME = "journal"
_LOCK = 7_105_121


def known() -> Migrations:
    """The SQL of every version that this program knows, oldest first."""
    found = discover("agent.journal.migrations", "STATEMENTS")
    return [statements for statements in found.values() if isinstance(statements, tuple)]


def version(database: Database) -> int:
    """The schema version that the database says it has; 0 where there is no journal yet.

    Raises:
        JournalError: it holds tables, but not what a journal of ours looks like.
    """
    tables = {row[0] for row in database.rows(_tables(database))}
    if not tables:
        return 0
    if "schema_version" in tables:
        rows = database.rows(f"SELECT version FROM schema_version WHERE name = '{_NAME}'")
        if rows and rows[0][0] >= 1:
            return int(rows[0][0])
    raise JournalError(
        f"{database.where} says no schema version: it is no journal, or it was damaged",
        "Restore it from a copy, or point --home at another folder.",
        code="database",
    )


def refuse_newer(database: Database, migrations: Migrations) -> int:
    """The schema version, where this program knows it.

    Raises:
        UsageError: the database was written by a newer version.
    """
    found = version(database)
    if found > len(migrations):
        raise newer(Path(database.where), found, len(migrations))
    return found


def upgrade(database: Database, migrations: Migrations) -> None:
    """Brings the database to the newest version, whole or not at all.

    Before an existing SQLite journal is changed, it is copied beside itself as ``<name>.v<version>``.

    Raises:
        UsageError: the database was written by a newer version.
        JournalError: it cannot be written.
    """
    if refuse_newer(database, migrations) == len(migrations):
        return
    with database.transaction() as cursor:
        if not database.is_sqlite:
            cursor.execute(f"SELECT pg_advisory_xact_lock({_LOCK})")
            cursor.execute("CREATE SCHEMA IF NOT EXISTS journal")
        # Asked again under the lock: another process may have done it meanwhile.
        found = refuse_newer(database, migrations)
        if found and found < len(migrations) and database.path is not None:
            _copy(database.path, database.path.with_name(f"{database.path.name}.v{found}"))
        for statements in migrations[found:]:
            for statement in statements:
                cursor.execute(statement.format(**database.words))
        cursor.execute(
            "CREATE TABLE IF NOT EXISTS schema_version "
            "(name TEXT NOT NULL PRIMARY KEY, version {integer} NOT NULL) {strict}".format(**database.words)
        )
        cursor.execute(
            f"INSERT INTO schema_version VALUES ('{_NAME}', {len(migrations)}) "
            "ON CONFLICT (name) DO UPDATE SET version = excluded.version"
        )


def _tables(database: Database) -> str:
    if database.is_sqlite:
        return "SELECT name FROM sqlite_master WHERE type = 'table'"
    return "SELECT table_name FROM information_schema.tables WHERE table_schema = 'journal'"


def _copy(path: Path, target: Path) -> None:
    """A consistent copy of the journal as it was committed; in place only once it is whole."""
    unfinished = target.with_name(f"{target.name}.part")
    unfinished.unlink(missing_ok=True)
    with (
        closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as source,
        closing(sqlite3.connect(unfinished)) as copy,
    ):
        source.backup(copy)
    unfinished.replace(target)
