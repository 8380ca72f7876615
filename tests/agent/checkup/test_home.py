"""What doctor says of a home: it reads everything and changes nothing."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest

from agent.checkup import home
from agent.checkup.finding import Status
from agent.runtime.halt_switch import HaltSwitch
from core.instant import DAY, Instant, instant
from tools.database import Schema, connect

NOW = instant("2026-11-22T12:00:00Z")
BOOK = Schema("book", (lambda c: None, lambda c: None))
KNOWN = {"book.db": ("book", 2)}


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*")}


def test_a_home_that_is_not_there_yet_is_fine_and_is_not_made(tmp_path: Path) -> None:
    absent = tmp_path / "deep" / "home"

    assert home.writable(absent).status is Status.OK
    assert home.disk(absent).status is Status.OK
    assert home.clock(absent, NOW).status is Status.OK
    assert home.halted(absent).status is Status.OK
    assert home.schemas(absent, KNOWN) == ()
    assert not absent.exists()


def test_a_home_that_is_a_file_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    assert home.writable(tmp_path / "home").status is Status.ERROR
    assert home.writable(tmp_path / "home" / "deeper").status is Status.ERROR


@pytest.mark.parametrize(
    ("free", "status"),
    [
        (49_999_999, Status.ERROR),
        (50_000_000, Status.WARNING),
        (999_999_999, Status.WARNING),
        (1_000_000_000, Status.OK),
    ],
)
def test_a_disk_without_room_is_said_before_it_hurts(tmp_path: Path, free: int, status: Status) -> None:
    assert home.disk(tmp_path, free).status is status


def test_a_halt_is_said_with_its_reason_and_its_mend(tmp_path: Path) -> None:
    HaltSwitch(tmp_path).set("too hot")

    check = home.halted(tmp_path)

    assert check.status is Status.WARNING
    assert "too hot" in check.message
    assert check.mend == "tokenwise resume"


def test_a_clock_before_this_program_was_written_is_wrong(tmp_path: Path) -> None:
    assert home.clock(tmp_path, instant("1970-01-02")).status is Status.ERROR


def test_a_clock_behind_the_homes_newest_file_is_doubted(tmp_path: Path) -> None:
    (tmp_path / "journal.db").touch()
    os.utime(tmp_path / "journal.db", times=(NOW // 1000, NOW // 1000))

    assert home.clock(tmp_path, NOW).status is Status.OK
    assert home.clock(tmp_path, Instant(NOW - DAY)).status is Status.WARNING


def test_a_database_of_this_version_is_fine_and_stays_as_it_is(tmp_path: Path) -> None:
    connect(tmp_path / "book.db", BOOK).close()
    before = files(tmp_path)

    (check,) = home.schemas(tmp_path, KNOWN)

    assert (check.status, check.message) == (Status.OK, "schema 2")
    assert files(tmp_path) == before


def test_a_database_that_is_open_is_read_beside_its_writer(tmp_path: Path) -> None:
    writer = connect(tmp_path / "book.db", BOOK)
    try:
        (check,) = home.schemas(tmp_path, KNOWN)
    finally:
        writer.close()
    assert (check.status, check.message) == (Status.OK, "schema 2")


def test_an_older_database_will_be_migrated(tmp_path: Path) -> None:
    connect(tmp_path / "book.db", Schema("book", BOOK.migrations[:1])).close()

    (check,) = home.schemas(tmp_path, KNOWN)

    assert check.status is Status.OK
    assert "becomes 2" in check.message


def test_a_newer_database_is_refused_as_every_command_would(tmp_path: Path) -> None:
    connect(tmp_path / "book.db", Schema("book", (*BOOK.migrations, lambda c: None))).close()

    (check,) = home.schemas(tmp_path, KNOWN)

    assert check.status is Status.ERROR
    assert check.exit_status == 2
    assert "schema 3; this version knows 2" in check.message


@pytest.mark.parametrize("content", [b"", b"no database at all, only words " * 50])
def test_a_file_that_is_no_database_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "book.db").write_bytes(content)

    (check,) = home.schemas(tmp_path, KNOWN)

    assert check.status is Status.ERROR
    assert check.exit_status == 1
    assert "book.db" in check.message


def test_a_path_with_odd_characters_is_still_a_path(tmp_path: Path) -> None:
    odd = tmp_path / "a?mode=rw#b 100%"
    connect(odd / "book.db", BOOK).close()
    assert [check.status for check in home.schemas(odd, KNOWN)] == [Status.OK]


def test_sqlite_still_reads_what_doctor_has_read(tmp_path: Path) -> None:
    connect(tmp_path / "book.db", BOOK).close()
    home.schemas(tmp_path, KNOWN)
    connection = sqlite3.connect(tmp_path / "book.db")
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()
