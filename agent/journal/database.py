"""One connection to the journal's database: SQLite by path, PostgreSQL by URL, the same from here on.

Statements are written with SQLAlchemy and compiled once; what runs is the driver itself, because the
loop appends twice per trade and SQLAlchemy's own execution would cost more than the write.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import URL, ClauseElement, Engine, create_engine, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from core.errors import JournalError, UsageError
from tools.database import can_write, read_only, reading_address

_BUSY_SECONDS = 10.0
_SQLITE = {"integer": "INTEGER", "blob": "BLOB", "strict": "STRICT"}
_POSTGRES = {"integer": "BIGINT", "blob": "BYTEA", "strict": ""}


class Database:
    """An open connection, in autocommit outside of `transaction`."""

    def __init__(self, engine: Engine, where: str, path: Path | None) -> None:
        self.where = where
        self.path = path
        self._engine = engine
        self.error: type[Exception] = engine.dialect.loaded_dbapi.Error
        self.is_sqlite = engine.dialect.name == "sqlite"
        self.words = _SQLITE if self.is_sqlite else _POSTGRES
        try:
            self._checked_out = engine.raw_connection()
        except self.error as error:
            raise unreadable(where, error) from error
        self.connection: Any = self._checked_out.driver_connection
        self._begin = "BEGIN IMMEDIATE" if self.is_sqlite else "BEGIN"
        self._snapshot = "BEGIN" if self.is_sqlite else "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"

    def compiled(self, clause: ClauseElement) -> tuple[str, list[str]]:
        """The statement's text for this driver, and the names of its values in order."""
        made = clause.compile(dialect=self._engine.dialect)
        return str(made), list(made.positiontup or ())  # type: ignore[attr-defined]

    def rows(self, text: str, values: Sequence[Any] = ()) -> list[Any]:
        """All rows of a query.

        Raises:
            JournalError: the database cannot be read.
        """
        try:
            found: list[Any] = self.connection.execute(text, values).fetchall()
        except self.error as error:
            raise unreadable(self.where, error) from error
        return found

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        """A cursor to write with; committed at the end, rolled back whole when anything raises."""
        cursor = self.connection.cursor()
        cursor.execute(self._begin)
        try:
            yield cursor
            cursor.execute("COMMIT")
        except BaseException:
            # A connection that is gone took its transaction with it: there is nothing left to roll back.
            with suppress(self.error):
                self.connection.rollback()
            raise

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Everything read inside belongs to one moment, whatever a trading process writes beside it."""
        try:
            self.connection.execute(self._snapshot)
            yield
        finally:
            with suppress(self.error):
                self.connection.rollback()

    def close(self) -> None:
        """Ends the connection."""
        self._checked_out.close()
        self._engine.dispose()


def unreadable(where: str, error: Exception) -> JournalError:
    """The journal's database does not do what it should."""
    return JournalError(
        f"the journal {where} cannot be used: {error}",
        "Check the disk and the permissions, run 'tokenwise journal verify', or restore a copy.",
        code="database",
    )


def connect(url_or_path: str | Path, *, durable: bool, readonly: bool) -> Database:
    """Opens the database; schema and content are not looked at.

    Raises:
        UsageError: a URL of another kind of database, or PostgreSQL without its driver.
        JournalError: it cannot be opened.
    """
    url = _url(url_or_path)
    try:
        if url.get_backend_name() == "sqlite":
            return _sqlite(Path(url.database or ""), durable=durable, readonly=readonly)
        return _postgres(url, durable=durable, readonly=readonly)
    except ModuleNotFoundError:
        raise UsageError(
            "PostgreSQL needs the driver psycopg, which is not installed",
            "Install it with: pip install 'tokenwise[postgres]'",
            code="missing_extra",
        ) from None
    except (SQLAlchemyError, OSError) as error:
        raise unreadable(_named(url), error) from error


def is_there(url_or_path: str | Path) -> bool:
    """Whether there is a database at all; a server's is asked when it is opened."""
    url = _url(url_or_path)
    return url.get_backend_name() != "sqlite" or Path(url.database or "").exists()


def _url(url_or_path: str | Path) -> URL:
    text = str(url_or_path)
    if isinstance(url_or_path, Path) or "://" not in text:
        return URL.create("sqlite", database=text)
    try:
        url = make_url(text)
    except ArgumentError:
        raise UsageError(
            "the journal's database URL cannot be read",
            "Write TOKENWISE_DATABASE_URL as postgresql://user@host/name.",
        ) from None
    backend = url.drivername.partition("+")[0]
    if backend == "sqlite" and url.database:
        return url
    if backend in {"postgresql", "postgres"}:
        return url.set(drivername="postgresql+psycopg")
    raise UsageError(
        f"the journal cannot be kept in {backend}",
        "Leave TOKENWISE_DATABASE_URL unset for SQLite, or write postgresql://user@host/name.",
    )


def _named(url: URL) -> str:
    """How errors name the database: never with its password."""
    return url.database or "" if url.get_backend_name() == "sqlite" else url.render_as_string()


def _sqlite(path: Path, *, durable: bool, readonly: bool) -> Database:
    if not readonly:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not can_write(path):
            raise JournalError(read_only(path).message, read_only(path).mend, code="read_only")

    def connection() -> sqlite3.Connection:
        where = reading_address(path) if readonly else f"{path.absolute().as_uri()}?mode=rwc"
        made = sqlite3.connect(where, uri=True, isolation_level=None, timeout=_BUSY_SECONDS)
        try:
            if not readonly:
                made.execute("PRAGMA journal_mode=WAL")
                made.execute(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
            made.execute("PRAGMA foreign_keys=ON")
        except sqlite3.Error:
            made.close()
            raise
        return made

    return Database(create_engine("sqlite://", creator=connection, poolclass=NullPool), str(path), path)


def _postgres(url: URL, *, durable: bool, readonly: bool) -> Database:
    options = "-csearch_path=journal"
    if not durable:
        options += " -csynchronous_commit=off"
    if readonly:
        options += " -cdefault_transaction_read_only=on"
    engine = create_engine(
        url,
        poolclass=NullPool,
        paramstyle="format",
        connect_args={"options": options, "autocommit": True, "connect_timeout": int(_BUSY_SECONDS)},
    )
    return Database(engine, _named(url), None)
