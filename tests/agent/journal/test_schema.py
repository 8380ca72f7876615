"""A journal outlives the version that wrote it."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, inspect

from agent.cli.main import main
from agent.journal import store
from agent.journal.schema import Migrations, known
from agent.journal.store import SqlJournal
from agent.journal.tables import BlobRow, CheckpointRow, EventRow, HeadRow, PostingRow
from agent.journal.verify import verify
from core.errors import JournalError, NoAnswerError, UsageError
from tests.agent.journal.postgres import running_postgres
from tests.agent.journal.scenes import STREAM, a_run, plain_entry

GOLDEN_V1 = """
CREATE TABLE events (stream TEXT NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL, kind TEXT NOT NULL,
    body TEXT NOT NULL, blobs TEXT NOT NULL, prev TEXT NOT NULL, hash TEXT NOT NULL,
    PRIMARY KEY (stream, seq)) STRICT;
CREATE TABLE blobs (sha256 TEXT NOT NULL PRIMARY KEY, raw BLOB NOT NULL) STRICT;
CREATE TABLE heads (stream TEXT NOT NULL PRIMARY KEY, seq INTEGER NOT NULL, hash TEXT NOT NULL,
    checkpoint TEXT NOT NULL) STRICT;
CREATE TABLE checkpoints (stream TEXT NOT NULL PRIMARY KEY, seq INTEGER NOT NULL, state TEXT NOT NULL) STRICT;
CREATE TABLE postings (stream TEXT NOT NULL, seq INTEGER NOT NULL, number INTEGER NOT NULL,
    kind TEXT NOT NULL, ref TEXT NOT NULL, at INTEGER NOT NULL, account TEXT NOT NULL, asset TEXT NOT NULL,
    amount TEXT NOT NULL, PRIMARY KEY (stream, seq, number),
    FOREIGN KEY (stream, seq) REFERENCES events (stream, seq)) STRICT;
CREATE TABLE schema_version (name TEXT NOT NULL PRIMARY KEY, version INTEGER NOT NULL) STRICT;
INSERT INTO schema_version VALUES ('journal', 1);
INSERT INTO events VALUES ('trading/paper', 1, 1704110400000, 'ended',
    '{"reason":"until","summary":{"text":"hello"}}', '[]',
    '0000000000000000000000000000000000000000000000000000000000000000',
    'bb6eb195b3cc266bfb597596e368c8c3f6532781f3aac2bc74e1b1f0d3d94969');
INSERT INTO heads VALUES ('trading/paper', 1,
    'bb6eb195b3cc266bfb597596e368c8c3f6532781f3aac2bc74e1b1f0d3d94969', '');
"""
NEXT = ("CREATE TABLE notes (id {integer} NOT NULL PRIMARY KEY, text TEXT NOT NULL) {strict}",)


@pytest.fixture
def golden(tmp_path: Path) -> Path:
    """A journal as version 1 left it, written out by hand."""
    with closing(sqlite3.connect(tmp_path / "journal.db")) as connection:
        connection.executescript(GOLDEN_V1)
    return tmp_path / "journal.db"


def opened(path: Path, **how: Any) -> SqlJournal:
    return SqlJournal.open(path, path.with_name("heads.json"), **how)


def knows(monkeypatch: pytest.MonkeyPatch, migrations: Migrations) -> None:
    monkeypatch.setattr(store, "known", lambda: migrations)


def dump(path: Path, table: str) -> list[Any]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(f"SELECT * FROM {table}").fetchall()


def test_what_version_1_wrote_is_read_and_written_on(golden: Path) -> None:
    with opened(golden) as journal:
        assert next(journal.records(STREAM)).body == {"reason": "until", "summary": {"text": "hello"}}
        journal.append(STREAM, [plain_entry("next")])
        journal.anchor()
    assert verify(golden, golden.with_name("heads.json"))["first_bad"] is None


def test_the_tables_are_the_ones_that_the_migrations_make(tmp_path: Path) -> None:
    opened(tmp_path / "journal.db").close()
    engine = create_engine(f"sqlite:///{tmp_path / 'journal.db'}")
    made = inspect(engine)
    for row in (EventRow, BlobRow, HeadRow, CheckpointRow, PostingRow):
        table = row.__table__  # type: ignore[attr-defined]
        columns = {column["name"]: column["nullable"] for column in made.get_columns(table.name)}
        assert columns == {column.name: column.nullable for column in table.columns}
        keys = made.get_pk_constraint(table.name)["constrained_columns"]
        assert keys == [column.name for column in table.primary_key]
    engine.dispose()


def test_an_older_journal_is_copied_and_then_migrated(golden: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    events = dump(golden, "events")
    knows(monkeypatch, [*known(), NEXT])
    opened(golden).close()
    assert dump(golden, "schema_version") == [("journal", 2)]
    assert dump(golden, "notes") == []
    assert dump(golden, "events") == events
    copy = golden.with_name("journal.db.v1")
    assert dump(copy, "schema_version") == [("journal", 1)]
    assert dump(copy, "events") == events


def test_reading_where_no_journal_is_makes_none(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    path.touch()
    with pytest.raises(NoAnswerError, match="there is no journal at"):
        opened(path, readonly=True)
    assert path.read_bytes() == b""


@pytest.mark.parts
def test_listing_an_empty_postgresql_is_exit_3_and_makes_no_schema(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import psycopg

    with running_postgres() as url:
        monkeypatch.setenv("TOKENWISE_DATABASE_URL", url)
        assert main(["--home", str(tmp_path), "journal", "list"]) == 3
        assert "there is no journal at" in capsys.readouterr().err
        with psycopg.connect(url) as connection:
            found = connection.execute("SELECT 1 FROM pg_namespace WHERE nspname = 'journal'").fetchall()
    assert found == []


def test_reading_an_older_journal_migrates_it_first(golden: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    knows(monkeypatch, [*known(), NEXT])
    with opened(golden, readonly=True) as journal:
        assert journal.heads()[STREAM].seq == 1
    assert dump(golden, "schema_version") == [("journal", 2)]


def test_a_migration_that_dies_midway_leaves_the_old_journal_and_runs_again(
    golden: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    knows(monkeypatch, [*known(), (*NEXT, "INSERT INTO no_such_table VALUES (1)")])
    with pytest.raises(JournalError, match="no_such_table"):
        opened(golden)
    assert dump(golden, "schema_version") == [("journal", 1)]
    with pytest.raises(sqlite3.OperationalError):
        dump(golden, "notes")
    knows(monkeypatch, [*known(), NEXT])
    with opened(golden) as journal:
        journal.append(STREAM, [plain_entry("next")])
    assert dump(golden, "schema_version") == [("journal", 2)]


def test_a_copy_that_was_cut_off_is_made_again(golden: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    golden.with_name("journal.db.v1.part").write_bytes(b"half a copy")
    knows(monkeypatch, [*known(), NEXT])
    opened(golden).close()
    assert not golden.with_name("journal.db.v1.part").exists()
    assert len(dump(golden.with_name("journal.db.v1"), "events")) == 1


@pytest.mark.parametrize("readonly", [False, True])
def test_a_newer_journal_is_refused_untouched(golden: Path, readonly: bool) -> None:
    with closing(sqlite3.connect(golden, isolation_level=None)) as connection:
        connection.execute("UPDATE schema_version SET version = 99")
    before = golden.read_bytes()
    with pytest.raises(UsageError, match="schema 99") as refused:
        opened(golden, readonly=readonly)
    assert (refused.value.code, refused.value.exit_status) == ("newer_schema", 2)
    with pytest.raises(UsageError):
        verify(golden, golden.with_name("heads.json"))
    assert dump(golden, "events") == dump(shutil.copy(golden, golden.with_name("copy.db")), "events")
    if readonly:
        assert golden.read_bytes() == before


def test_a_database_of_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE bookmarks (id INTEGER)")
    with pytest.raises(JournalError, match="no journal"):
        opened(path)


def test_no_statement_of_a_migration_touches_a_written_event() -> None:
    for statements in known():
        for statement in statements:
            words = statement.upper().split()
            assert not ({"UPDATE", "DELETE"} & set(words[:1])), statement
            assert words[:3] != ["DROP", "TABLE", "EVENTS"], statement


def test_a_fresh_journal_is_at_the_newest_version(tmp_path: Path) -> None:
    with opened(tmp_path / "journal.db") as journal:
        a_run(journal)
    assert dump(tmp_path / "journal.db", "schema_version") == [("journal", len(known()))]
    assert not [*tmp_path.glob("journal.db.v*")]
