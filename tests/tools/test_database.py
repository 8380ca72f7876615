"""A database file is at its schema's version, and a transaction is whole or not there."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from core.errors import FaultError, UsageError
from tools.database import Schema, can_write, connect, connect_readonly, schema_version, transaction

ROWS = Schema("rows", (lambda c: c.execute("CREATE TABLE rows (name TEXT PRIMARY KEY, body BLOB) STRICT"),))


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(connect(tmp_path / "rows.db", ROWS)) as connection:
        yield connection


def names(connection: sqlite3.Connection) -> list[str]:
    return [name for (name,) in connection.execute("SELECT name FROM rows ORDER BY name")]


def fill_up(connection: sqlite3.Connection, verb: str) -> None:
    """Lets the file grow by no page, then writes more than a page."""
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count={pages}")
    with transaction(connection):
        connection.execute("INSERT INTO rows VALUES ('small', NULL)")
        connection.execute(f"{verb} INTO rows VALUES ('large', zeroblob(100000))")


@pytest.mark.parametrize("verb", ["INSERT", "INSERT OR ROLLBACK"])
def test_a_full_disk_is_told_as_such_and_nothing_of_the_transaction_stays(
    opened: sqlite3.Connection, verb: str
) -> None:
    with pytest.raises(sqlite3.OperationalError, match="full"):
        fill_up(opened, verb)
    assert not opened.in_transaction
    assert names(opened) == []


def test_an_error_after_sqlite_rolled_back_by_itself_is_not_hidden(opened: sqlite3.Connection) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"), transaction(opened):
        opened.executemany("INSERT OR ROLLBACK INTO rows VALUES (?, NULL)", [("twice",), ("twice",)])
    assert names(opened) == []


def test_a_commit_that_fails_leaves_no_transaction_open(opened: sqlite3.Connection) -> None:
    opened.execute("CREATE TABLE parts (row TEXT REFERENCES rows (name) DEFERRABLE INITIALLY DEFERRED)")
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"), transaction(opened):
        opened.execute("INSERT INTO parts VALUES ('nobody')")
    with transaction(opened):
        opened.execute("INSERT INTO rows VALUES ('next', NULL)")
    assert names(opened) == ["next"]


def test_a_file_of_a_newer_version_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "rows.db"
    connect(path, Schema("rows", (*ROWS.migrations, lambda _: None))).close()
    before = path.read_bytes()
    with pytest.raises(UsageError, match="has schema 2; this version knows 1"):
        connect(path, ROWS)
    assert path.read_bytes() == before


def test_an_older_file_is_copied_before_it_is_migrated(tmp_path: Path, opened: sqlite3.Connection) -> None:
    with transaction(opened):
        opened.execute("INSERT INTO rows VALUES ('old', NULL)")
    opened.close()
    later = Schema("rows", (*ROWS.migrations, lambda c: c.execute("DELETE FROM rows")))
    with closing(connect(tmp_path / "rows.db", later)) as migrated:
        assert (schema_version(migrated, later), names(migrated)) == (2, [])
    with closing(sqlite3.connect(tmp_path / "rows.db.v1")) as copy:
        assert names(copy) == ["old"]


def test_what_is_no_database_is_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "rows.db").write_text("a letter to nobody in particular" * 100)
    with pytest.raises(FaultError, match="cannot be used: file is not a database"):
        connect(tmp_path / "rows.db", ROWS)


def test_where_nothing_can_be_written_a_file_is_read_and_a_writer_is_told_so(
    tmp_path: Path, opened: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction(opened):
        opened.execute("INSERT INTO rows VALUES ('kept', NULL)")
    opened.close()
    monkeypatch.setattr("tools.database.can_write", lambda _: False)
    before = sorted(path.name for path in tmp_path.iterdir())
    with closing(connect_readonly(tmp_path / "rows.db", ROWS)) as reading:
        assert names(reading) == ["kept"]
    assert sorted(path.name for path in tmp_path.iterdir()) == before
    with pytest.raises(FaultError, match="is read-only") as failed:
        connect(tmp_path / "rows.db", ROWS)
    assert "copy" not in failed.value.mend
    for migrations in ((), (*ROWS.migrations, lambda _: None)):
        with pytest.raises((UsageError, FaultError)):
            connect_readonly(tmp_path / "rows.db", Schema("rows", migrations))


def test_a_folder_without_permission_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert can_write(tmp_path / "rows.db")
    monkeypatch.setattr("os.access", lambda path, mode: path != tmp_path)
    assert not can_write(tmp_path / "rows.db")
