"""SQLite files that carry a schema version: a newer one is refused untouched, an older one copied, then migrated."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from core.errors import FaultError, UsageError

Migration = Callable[[sqlite3.Connection], None]


@dataclass(frozen=True, slots=True)
class Schema:
    """A named schema: migration k brings a database from version k to k + 1. Only ever appended to."""

    name: str
    migrations: tuple[Migration, ...]

    @property
    def version(self) -> int:
        """The version that this program writes."""
        return len(self.migrations)


def connect(path: Path, schema: Schema, *, durable: bool = True) -> sqlite3.Connection:
    """Opens *path* (``:memory:`` works) at the schema's version, in WAL, with foreign keys.

    The connection is in autocommit: write inside ``with transaction(connection)``. With
    *durable* each commit is on disk when it returns; without, a power cut (not a crash of the
    program) may lose the newest commits.

    Raises:
        UsageError: the file was written by a newer version.
        FaultError: the file cannot be opened or written, or is no database.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not can_write(path):
            raise read_only(path)
        connection = sqlite3.connect(path, isolation_level=None, timeout=30.0)
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
            connection.execute("PRAGMA foreign_keys=ON")
            _migrate(connection, path, schema)
        except BaseException:
            connection.close()
            raise
    except sqlite3.Error as error:
        raise FaultError(
            f"{path} cannot be used: {error}",
            "Check the disk and the file's permissions, or restore it from a copy.",
            code="database",
        ) from error
    return connection


def connect_readonly(path: Path, schema: Schema) -> sqlite3.Connection:
    """Opens an existing *path* for reading where nothing can be written, at the schema's version.

    Raises:
        UsageError: the file was written by a newer version.
        FaultError: it cannot be read, or is of an older version and cannot be brought up to this one.
    """
    try:
        connection = sqlite3.connect(reading_address(path), uri=True, isolation_level=None)
        try:
            row = connection.execute(
                "SELECT version FROM schema_version WHERE name = ?", (schema.name,)
            ).fetchone()
            found = 0 if row is None else int(row[0])
            if found > schema.version:
                raise newer(path, found, schema.version)
            if found < schema.version:
                raise read_only(path)
        except BaseException:
            connection.close()
            raise
    except sqlite3.Error as error:
        raise FaultError(
            f"{path} cannot be read: {error}",
            "Copy the whole folder to where it can be written, and name that with --home.",
            code="database",
        ) from error
    return connection


def reading_address(path: Path) -> str:
    """The SQLite address that reads *path* beside its writer; where nothing can be written, the file alone."""
    # A reader makes side files too; where it cannot, and no writer left one, the file alone is the truth.
    alone = not can_write(path) and not path.with_name(f"{path.name}-wal").exists()
    return f"{path.absolute().as_uri()}?mode=ro{'&immutable=1' * alone}"


def can_write(path: Path) -> bool:
    """Whether the database *path* can be written, as far as its folder and the file itself say."""
    if str(path) == ":memory:":
        return True
    return os.access(path.parent, os.W_OK) and (not path.exists() or os.access(path, os.W_OK))


def read_only(path: Path) -> FaultError:
    """The refusal to write a database where nothing can be written."""
    return FaultError(
        f"{path.parent} is read-only: {path.name} cannot be written",
        "Make the folder writable, or name another one with --home.",
        code="read_only",
    )


class transaction:  # noqa: N801 - reads as a statement: with transaction(connection)
    """One ``BEGIN IMMEDIATE`` … ``COMMIT``; rolled back whole when the block raises."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def __enter__(self) -> sqlite3.Connection:
        self._connection.execute("BEGIN IMMEDIATE")
        return self._connection

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            try:
                self._connection.execute("COMMIT")
            except BaseException:
                self._roll_back()
                raise
        else:
            self._roll_back()

    def _roll_back(self) -> None:
        # On a full disk SQLite may have done so by itself; another ROLLBACK would fail and hide the real error.
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")


def schema_version(connection: sqlite3.Connection, schema: Schema) -> int:
    """The version that the database says it has; 0 for a new one."""
    connection.execute(
        "CREATE TABLE IF NOT EXISTS schema_version (name TEXT PRIMARY KEY, version INTEGER NOT NULL) STRICT"
    )
    row = connection.execute("SELECT version FROM schema_version WHERE name = ?", (schema.name,)).fetchone()
    return 0 if row is None else int(row[0])


def newer(path: Path, found: int, known: int) -> UsageError:
    """The refusal of a database that a newer version wrote."""
    return UsageError(
        f"{path} has schema {found}; this version knows {known}",
        "Update tokenwise, or point --home at another folder.",
        code="newer_schema",
    )


def _migrate(connection: sqlite3.Connection, path: Path, schema: Schema) -> None:
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    version = schema_version(connection, schema) if tables else 0
    if version > schema.version:
        raise newer(path, version, schema.version)
    if version == schema.version:
        return
    if version:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copy2(path, path.with_name(f"{path.name}.v{version}"))
    with transaction(connection):
        schema_version(connection, schema)
        for migration in schema.migrations[version:]:
            migration(connection)
        connection.execute(
            "INSERT INTO schema_version VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET version = excluded.version",
            (schema.name, schema.version),
        )
