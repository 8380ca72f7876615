"""What cannot be written is not written at all, and is said in one sentence."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from agent.journal import anchor as anchor_module
from agent.journal import database
from agent.journal.anchor import read_anchor
from agent.journal.store import SqlJournal
from agent.journal.verify import verify
from core.errors import JournalError, UsageError
from tests.agent.journal.scenes import STREAM, a_run, a_trade, plain_entry


def opened(home: Path, **how: bool) -> SqlJournal:
    return SqlJournal.open(home / "journal.db", home / "heads.json", **how)


def test_a_full_disk_leaves_nothing_half_written(tmp_path: Path) -> None:
    with opened(tmp_path) as journal:
        a_run(journal)
        before, state = journal.heads(), journal.checkpoint(STREAM)
        connection = journal._database.connection
        connection.execute(f"PRAGMA max_page_count = {connection.execute('PRAGMA page_count').fetchone()[0]}")
        with pytest.raises(JournalError, match="full") as failed:
            journal.append(STREAM, [*a_trade(50), plain_entry("x" * 50_000)], {"cash": "0"})
        assert failed.value.exit_status == 1
        assert failed.value.mend
        assert (journal.heads(), journal.checkpoint(STREAM)) == (before, state)
        connection.execute("PRAGMA max_page_count = 100000")
        (record,) = journal.append(STREAM, [plain_entry("room again")])
        assert record.seq == before[STREAM].seq + 1
    assert verify(tmp_path / "journal.db", tmp_path / "heads.json")["first_bad"] is None


def test_an_anchor_that_cannot_be_written_is_said_and_the_old_one_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(tmp_path) as journal:
        a_run(journal)
        before = (tmp_path / "heads.json").read_text()
        journal.append(STREAM, [plain_entry("more")])

        def full(_: int) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(anchor_module.os, "fsync", full)
        with pytest.raises(JournalError, match="No space left"):
            journal.anchor()
        assert (tmp_path / "heads.json").read_text() == before


def test_an_anchor_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    with opened(tmp_path) as journal:
        a_run(journal)
    for text in ("", "[]", '{"trading/paper": {"seq": "x"}}'):
        (tmp_path / "heads.json").write_text(text)
        with pytest.raises(JournalError, match="anchor"):
            read_anchor(tmp_path / "heads.json")
        found = verify(tmp_path / "journal.db", tmp_path / "heads.json")
        assert found["first_bad"]["why"] == "database"


def test_a_locked_database_is_an_error_and_not_a_wait_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "_BUSY_SECONDS", 0.05)
    with opened(tmp_path) as journal, closing(sqlite3.connect(tmp_path / "journal.db")) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(JournalError, match="locked"):
            journal.append(STREAM, [plain_entry()])
        other.rollback()
        assert journal.append(STREAM, [plain_entry()])[0].seq == 1


def test_a_journal_opened_for_reading_writes_nothing(tmp_path: Path) -> None:
    opened(tmp_path).close()
    with opened(tmp_path, readonly=True) as journal, pytest.raises(JournalError):
        journal.append(STREAM, [plain_entry()])


def test_readers_see_what_a_writer_wrote_while_it_is_open(tmp_path: Path) -> None:
    with opened(tmp_path) as writer, opened(tmp_path, readonly=True) as reader:
        writer.append(STREAM, [plain_entry("one")])
        assert len([*reader.records(STREAM)]) == 1
        feed = reader.records(STREAM)
        next(feed)
        writer.append(STREAM, [plain_entry("two")])
        assert len([*feed]) == 1


def test_a_file_that_is_no_database_is_said(tmp_path: Path) -> None:
    (tmp_path / "journal.db").write_text("not a database, and long enough to be read as one" * 10)
    with pytest.raises(JournalError, match=r"journal\.db cannot be used"):
        opened(tmp_path)


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(JournalError, match="cannot be used"):
        SqlJournal.open(tmp_path / "file" / "journal.db", tmp_path / "heads.json")


@pytest.mark.parametrize("url", ["mysql://host/name", "oracle://x", "://", "sqlite://"])
def test_a_database_of_another_kind_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(UsageError):
        SqlJournal.open(url, tmp_path / "heads.json")


def test_a_sqlite_url_names_a_file(tmp_path: Path) -> None:
    with SqlJournal.open(f"sqlite:///{tmp_path}/journal.db", tmp_path / "heads.json") as journal:
        journal.append(STREAM, [plain_entry()])
    assert (tmp_path / "journal.db").exists()


def test_a_server_that_does_not_answer_is_said_without_its_password(tmp_path: Path) -> None:
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    with pytest.raises(JournalError) as failed:
        SqlJournal.open("postgresql://me:secret@127.0.0.1:1/none", tmp_path / "heads.json")
    assert "secret" not in failed.value.message
    assert "127.0.0.1" in failed.value.message


def test_a_checkpoint_that_was_changed_is_not_gone_on_from(tmp_path: Path) -> None:
    with opened(tmp_path) as journal:
        journal.append(STREAM, [plain_entry()], {"cash": "1"})
    with closing(sqlite3.connect(tmp_path / "journal.db", isolation_level=None)) as connection:
        connection.execute("UPDATE checkpoints SET state = replace(state, '1', '9')")
    with opened(tmp_path) as journal, pytest.raises(JournalError, match="was changed"):
        journal.checkpoint(STREAM)


def test_a_blob_that_was_changed_is_not_handed_out(tmp_path: Path) -> None:
    with opened(tmp_path) as journal:
        (record,) = journal.append(STREAM, [plain_entry(market=b"abc")])
        journal._database.connection.execute("UPDATE blobs SET raw = x'00'")
        with pytest.raises(JournalError, match="not what its name says"):
            journal.blob(record.blobs[0])


def test_an_append_is_on_disk_in_full_unless_time_is_simulated(tmp_path: Path) -> None:
    def synchronous(journal: SqlJournal) -> int:
        return int(journal._database.connection.execute("PRAGMA synchronous").fetchone()[0])

    with opened(tmp_path) as durable, opened(tmp_path, durable=False) as simulated:
        assert (synchronous(durable), synchronous(simulated)) == (2, 1)
        (mode,) = durable._database.connection.execute("PRAGMA journal_mode").fetchone()
        (keys,) = durable._database.connection.execute("PRAGMA foreign_keys").fetchone()
        assert (mode, keys) == ("wal", 1)


def test_a_journal_that_is_gone_is_not_begun_anew_beside_an_anchor_that_names_its_events(
    tmp_path: Path,
) -> None:
    with opened(tmp_path) as journal:
        a_run(journal)
    for name in ("journal.db", "journal.db-wal", "journal.db-shm"):
        (tmp_path / name).unlink(missing_ok=True)
    with pytest.raises(JournalError, match="has none there") as failed:
        opened(tmp_path)
    assert failed.value.code == "truncated"
    assert [path.name for path in tmp_path.iterdir()] == ["heads.json"]
    (tmp_path / "journal.db").touch()
    with pytest.raises(JournalError, match="has none there"):
        opened(tmp_path)


def test_a_journal_where_nothing_can_be_written_is_still_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(tmp_path) as journal:
        a_run(journal)
    before = sorted(path.name for path in tmp_path.iterdir())
    monkeypatch.setattr("tools.database.can_write", lambda _: False)
    monkeypatch.setattr(database, "can_write", lambda _: False)
    with opened(tmp_path, readonly=True) as journal:
        assert len([*journal.records(STREAM)]) == 33
    assert sorted(path.name for path in tmp_path.iterdir()) == before
    with pytest.raises(JournalError, match="is read-only"):
        opened(tmp_path)
