"""Nothing that is stored can be changed, taken out, put in, moved or cut off without being named."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.journal import store
from agent.journal import verify as verify_module
from agent.journal.chain import hash_of, line
from agent.journal.store import SqlJournal
from agent.journal.verify import verify
from core.errors import JournalError, UsageError
from core.events import Ended
from core.ports import Entry
from tests.agent.journal.postgres import running_postgres
from tests.agent.journal.scenes import NOON, STREAM, a_run, plain_entry

TABLES = {
    "events": ("stream", "seq", "at", "kind", "body", "blobs", "prev", "hash"),
    "blobs": ("sha256", "raw"),
    "heads": ("stream", "seq", "hash", "checkpoint"),
    "checkpoints": ("stream", "seq", "state"),
    "postings": ("stream", "seq", "number", "kind", "ref", "at", "account", "asset", "amount"),
    "schema_version": ("name", "version"),
}


def tamper(home: Path, *statements: str) -> None:
    with closing(sqlite3.connect(home / "journal.db", isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


def checked(home: Path, head: str | None = None) -> dict[str, Any]:
    return verify(home / "journal.db", home / "heads.json", head)


def test_an_untouched_journal_is_what_was_written(home: Path) -> None:
    found = checked(home)
    anchored = json.loads((home / "heads.json").read_text())
    assert found["first_bad"] is None
    assert (found["events"], found["blobs"]) == (34, 3)
    assert found["heads"] == {stream: head["hash"] for stream, head in anchored.items()}
    assert found["heads"].keys() == {STREAM, "ops"}


LAST = 33
SWAP = "UPDATE events SET seq = CASE seq WHEN {0} THEN {1} ELSE {0} END WHERE stream = 'trading/paper' AND seq IN ({0}, {1})"
COPY = (
    "INSERT INTO events SELECT stream, {to}, at, kind, body, blobs, prev, hash FROM events "
    "WHERE stream = 'trading/paper' AND seq = {of}"
)
TABLE = [
    ("a changed event", ["UPDATE events SET body = replace(body, '1000', '1001') WHERE seq = 4 AND stream = 'trading/paper'"], 4, "hash"),
    ("a changed time", ["UPDATE events SET at = at + 1 WHERE seq = 5 AND stream = 'trading/paper'"], 5, "hash"),
    ("a time outside the calendar", ["UPDATE events SET at = 9000000000000000000 WHERE seq = 5 AND stream = 'trading/paper'"], 5, "hash"),
    ("a changed kind", ["UPDATE events SET kind = 'alert' WHERE seq = 5 AND stream = 'trading/paper'"], 5, "hash"),
    ("a rewritten hash", ["UPDATE events SET hash = replace(hash, 'a', 'b') WHERE seq = 5 AND stream = 'trading/paper'"], 5, "hash"),
    ("the first event deleted", ["DELETE FROM events WHERE seq = 1 AND stream = 'trading/paper'"], 1, "missing"),
    ("an event deleted", ["DELETE FROM events WHERE seq = 7 AND stream = 'trading/paper'"], 7, "missing"),
    ("three events deleted", ["DELETE FROM events WHERE seq IN (7, 8, 9) AND stream = 'trading/paper'"], 7, "missing"),
    ("an event deleted and the hole closed", ["DELETE FROM events WHERE seq = 7 AND stream = 'trading/paper'", "UPDATE events SET seq = -(seq - 1) WHERE seq > 7 AND stream = 'trading/paper'", "UPDATE events SET seq = -seq WHERE seq < 0"], 7, "order"),
    ("two events swapped", [SWAP.format(5, -6), SWAP.format(6, 5), SWAP.format(-6, 6)], 5, "order"),
    ("two far events swapped", [SWAP.format(5, -16), SWAP.format(16, 5), SWAP.format(-16, 16)], 5, "order"),
    ("a copy put at the end", [COPY.format(to=LAST + 1, of=LAST)], LAST + 1, "order"),
    ("an event of one's own put at the end", [COPY.format(to=LAST + 1, of=LAST), f"UPDATE events SET hash = prev WHERE seq = {LAST + 1}"], LAST + 1, "hash"),
    ("the end cut off", [f"DELETE FROM events WHERE seq >= {LAST - 1} AND stream = 'trading/paper'"], LAST - 1, "truncated"),
    ("the end cut off and the head moved back", [f"DELETE FROM events WHERE seq > {LAST - 2} AND stream = 'trading/paper'", f"UPDATE heads SET seq = {LAST - 2}, hash = (SELECT hash FROM events WHERE seq = {LAST - 2}) WHERE stream = 'trading/paper'", "DELETE FROM checkpoints", "UPDATE heads SET checkpoint = ''"], LAST - 1, "truncated"),
    ("a whole stream removed", ["DELETE FROM postings", "DELETE FROM events WHERE stream = 'trading/paper'", "DELETE FROM heads WHERE stream = 'trading/paper'", "DELETE FROM checkpoints", "DELETE FROM blobs"], 1, "truncated"),
    ("a head removed", ["DELETE FROM heads WHERE stream = 'trading/paper'"], LAST, "missing"),
    ("a head moved back", ["UPDATE heads SET seq = 3 WHERE stream = 'trading/paper'"], 4, "order"),
    ("a changed blob", ["UPDATE blobs SET raw = CAST(raw || x'20' AS BLOB)"], 2, "blob"),
    ("a removed blob", ["DELETE FROM blobs WHERE sha256 = (SELECT substr(blobs, 10, 64) FROM events WHERE seq = 12 AND stream = 'trading/paper')"], 12, "blob"),
    ("a blob that nothing cites", ["INSERT INTO blobs VALUES ('2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881', x'78')"], 0, "blob"),
    ("a changed ledger row", ["UPDATE postings SET amount = '-801' WHERE seq = 7 AND number = 0"], 7, "database"),
    ("a removed ledger row", ["DELETE FROM postings WHERE seq = 7 AND number = 2"], 7, "database"),
    ("an added ledger row", ["INSERT INTO postings SELECT stream, seq, 99, kind, ref, at, account, asset, amount FROM postings WHERE seq = 7 AND number = 0"], 7, "database"),
    ("a ledger row of no event", ["INSERT INTO postings SELECT 'x', seq, number, kind, ref, at, account, asset, amount FROM postings WHERE seq = 7 AND number = 0"], 0, "database"),
    ("a changed checkpoint", ["UPDATE checkpoints SET state = replace(state, '9998.4', '9999.4')"], LAST, "database"),
    ("a removed checkpoint", ["DELETE FROM checkpoints"], LAST, "database"),
    ("no journal at all", ["DROP TABLE events"], 0, "database"),
    ("no schema version", ["DROP TABLE schema_version"], 0, "database"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("statements", "seq", "why"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE]
)
def test_the_first_bad_row_is_named(home: Path, statements: list[str], seq: int, why: str) -> None:
    tamper(home, *statements)
    found = checked(home)["first_bad"]
    assert (found["seq"], found["why"]) == (seq, why)
    assert found["stream"] == (STREAM if seq else "")


def cells(path: Path) -> list[tuple[str, str, int]]:
    """Every (table, column, rowid) of the database."""
    with closing(sqlite3.connect(path)) as connection:
        return [
            (table, column, rowid)
            for table, columns in TABLES.items()
            for (rowid,) in connection.execute(f"SELECT rowid FROM {table} ORDER BY rowid")
            for column in columns
        ]


def test_the_tables_that_are_tampered_with_are_all_there_are(written: Path) -> None:
    with closing(sqlite3.connect(written / "journal.db")) as connection:
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        found = {t: tuple(r[1] for r in connection.execute(f"PRAGMA table_info({t})")) for t in tables}
    assert found == TABLES


def flipped(value: Any, where: int, bit: int) -> Any:
    """*value* with one bit of one of its bytes changed, still of its column's type."""
    if isinstance(value, int):
        return value ^ (1 << (where % 40))
    raw = bytearray(value.encode() if isinstance(value, str) else value)
    if not raw:
        return "x"
    raw[where % len(raw)] ^= 1 << bit
    return raw.decode("ascii") if isinstance(value, str) else bytes(raw)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), where=st.integers(0, 10_000), bit=st.integers(0, 6))
def test_any_changed_bit_of_any_stored_value_is_named(
    written: Path, tmp_path: Path, data: st.DataObject, where: int, bit: int
) -> None:
    copy = tmp_path / "copy.db"
    shutil.copy(written / "journal.db", copy)
    for left_by_a_reader in tmp_path.glob("copy.db-*"):
        left_by_a_reader.unlink()
    table = data.draw(st.sampled_from(sorted(TABLES)))
    table, column, rowid = data.draw(st.sampled_from([c for c in cells(copy) if c[0] == table]))
    with closing(sqlite3.connect(copy, isolation_level=None)) as connection:
        before = connection.execute(f"SELECT {column} FROM {table} WHERE rowid = ?", (rowid,)).fetchone()[0]
        after = flipped(before, where, bit)
        try:
            connection.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (after, rowid))
        except sqlite3.IntegrityError:
            return  # the database itself refuses it: another row has that key
    if (table, column) == ("schema_version", "version") and after > 1:
        with pytest.raises(UsageError, match="has schema"):
            verify(copy, written / "heads.json")
    else:
        assert verify(copy, written / "heads.json")["first_bad"] is not None


@settings(max_examples=60, deadline=None)
@given(where=st.integers(0, 10_000), digit=st.sampled_from("0123456789abcdef"))
def test_any_changed_digit_of_the_anchor_is_named(written: Path, where: int, digit: str) -> None:
    text = (written / "heads.json").read_text()
    heads = json.loads(text)
    places = [text.index(head["hash"]) + 7 + n for head in heads.values() for n in range(64)]
    places += [text.index(f'"seq": {head["seq"]}') + 7 for head in heads.values()]
    place = places[where % len(places)]
    changed = text[:place] + digit + text[place + 1 :]
    if changed == text:
        return
    anchor = written / "changed.json"
    anchor.write_text(changed)
    assert verify(written / "journal.db", anchor)["first_bad"] is not None


def forge(home: Path, seq: int) -> str:
    """Rewrites an event and gives it the hash that fits; the hash."""
    with closing(sqlite3.connect(home / "journal.db", isolation_level=None)) as connection:
        row = connection.execute(
            "SELECT stream, seq, at, kind, '{}', '[]', prev FROM events WHERE stream = ? AND seq = ?",
            (STREAM, seq),
        ).fetchone()
        stream, _, moment, kind, body, blobs, prev = row
        digest = hash_of(line(stream, seq, moment, kind, body=body, blobs=blobs, prev=prev))
        connection.execute(
            "UPDATE events SET body = '{}', blobs = '[]', hash = ? WHERE stream = ? AND seq = ?",
            (digest, STREAM, seq),
        )
    return digest


def test_a_forged_event_does_not_fit_the_one_after_it(home: Path) -> None:
    forge(home, 5)
    assert checked(home)["first_bad"] == {"stream": STREAM, "seq": 6, "why": "order"}


def test_a_forged_last_event_does_not_fit_its_head_nor_the_anchor(home: Path) -> None:
    digest = forge(home, LAST)
    assert checked(home)["first_bad"] == {"stream": STREAM, "seq": LAST, "why": "hash"}
    tamper(home, f"UPDATE heads SET hash = '{digest}' WHERE stream = 'trading/paper'")
    assert checked(home)["first_bad"] == {"stream": STREAM, "seq": LAST, "why": "hash"}


def test_an_anchor_set_back_to_the_beginning_is_named(home: Path) -> None:
    anchored = json.loads((home / "heads.json").read_text())
    anchored["ops"]["seq"] = 0
    (home / "heads.json").write_text(json.dumps(anchored))
    assert checked(home)["first_bad"] == {"stream": "ops", "seq": 1, "why": "hash"}
    with pytest.raises(JournalError, match="has event 0"):
        SqlJournal.open(home / "journal.db", home / "heads.json")


def test_text_shifted_from_one_column_into_the_next_is_named(tmp_path: Path) -> None:
    """The hashed line reads the same when a body ends early and the rest of it stands in `kind`."""
    with SqlJournal.open(tmp_path / "journal.db", tmp_path / "heads.json") as journal:
        journal.append("ops", [Entry(NOON, Ended("until", {"a": "x", "kind": "y"}))])
    with closing(sqlite3.connect(tmp_path / "journal.db", isolation_level=None)) as connection:
        (body,) = connection.execute("SELECT body FROM events").fetchone()
        head, shifted, tail = body.partition(',"kind":"')
        assert shifted
        connection.execute("UPDATE events SET body = ?, kind = ?", (head, f'{tail},"kind":"ended'))
    assert checked(tmp_path)["first_bad"] == {"stream": "ops", "seq": 1, "why": "hash"}


def test_pages_join_without_a_seam(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = checked(home)
    for size in (1, 2, 7):
        monkeypatch.setattr(verify_module, "_PAGE", size)
        monkeypatch.setattr(verify_module, "_BLOB_PAGE", size)
        monkeypatch.setattr(store, "_PAGE", size)
        assert checked(home) == whole
        with SqlJournal.open(home / "journal.db", home / "heads.json", readonly=True) as journal:
            assert [record.seq for record in journal.records(STREAM)] == [*range(1, LAST + 1)]
            assert len([*journal.records(STREAM, kinds=("filled",))]) == 6
            assert len([*journal.mentioning(STREAM, "d00002")]) == 3


def test_a_damaged_file_is_named(home: Path) -> None:
    path = home / "journal.db"
    path.write_bytes(path.read_bytes()[: 4096 * 3] + b"\0" * 4096 * 3)
    assert checked(home)["first_bad"]["why"] == "database"
    path.write_bytes(b"no database at all, but text of some length" * 100)
    assert checked(home)["first_bad"]["why"] == "database"


def test_a_damaged_index_is_named(home: Path) -> None:
    path = home / "journal.db"
    with closing(sqlite3.connect(path)) as connection:
        (page,) = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'sqlite_autoindex_checkpoints_1'"
        ).fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    raw = bytearray(path.read_bytes())
    place = raw.index(b"trading/paper", (page - 1) * size)
    raw[place] = ord("u")
    path.write_bytes(raw)
    assert checked(home)["first_bad"]["why"] == "database"


def test_a_journal_that_is_gone_is_named_by_its_anchor(home: Path) -> None:
    (home / "journal.db").unlink()
    assert checked(home)["first_bad"] == {"stream": "ops", "seq": 1, "why": "truncated"}


def test_a_journal_that_lost_its_end_is_not_written_on(home: Path) -> None:
    tamper(
        home,
        f"DELETE FROM events WHERE seq = {LAST}",
        f"UPDATE heads SET seq = {LAST - 1} WHERE seq = {LAST}",
    )
    with pytest.raises(JournalError, match=f"has event {LAST}"):
        SqlJournal.open(home / "journal.db", home / "heads.json")


def test_an_anchor_behind_the_database_is_what_a_crash_leaves(home: Path) -> None:
    with SqlJournal.open(home / "journal.db", home / "heads.json") as journal:
        journal.append(STREAM, [plain_entry("not anchored")])
    assert checked(home)["first_bad"] is None


def test_verify_works_beside_a_writer(home: Path) -> None:
    with SqlJournal.open(home / "journal.db", home / "heads.json") as journal:
        journal.append(STREAM, [plain_entry("one more")])
        assert checked(home)["events"] == 35
        journal.append(STREAM, [plain_entry("and one more")])


def test_a_head_noted_earlier_must_still_be_there(home: Path) -> None:
    noted = checked(home)["heads"][STREAM]
    with SqlJournal.open(home / "journal.db", home / "heads.json") as journal:
        journal.append(STREAM, [plain_entry("later")])
    assert checked(home, noted)["first_bad"] is None
    assert checked(home, noted.removeprefix("sha256:"))["first_bad"] is None
    assert checked(home, "sha256:" + "0" * 64)["first_bad"]["why"] == "truncated"
    with pytest.raises(UsageError, match="not a journal head"):
        checked(home, "head")


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with running_postgres() as url:
        yield url


@pytest.mark.parts
@pytest.mark.parametrize(
    ("statement", "seq", "why"),
    [
        ("SELECT 1", 0, None),
        ("UPDATE journal.events SET body = replace(body, '1000', '1001') WHERE seq = 4", 4, "hash"),
        ("ALTER TABLE journal.postings DROP CONSTRAINT postings_stream_seq_fkey; DELETE FROM journal.events WHERE seq = 7", 7, "missing"),
        ("UPDATE journal.postings SET amount = '-801' WHERE seq = 7 AND number = 0", 7, "database"),
        ("UPDATE journal.blobs SET raw = 'x'", 2, "blob"),
        ("UPDATE journal.checkpoints SET state = '{}'", LAST, "database"),
        ("DROP TABLE journal.blobs", 0, "database"),
    ],
)  # fmt: skip
def test_postgres_is_held_to_the_same(
    server: str, tmp_path: Path, statement: str, seq: int, why: str | None
) -> None:
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("DROP SCHEMA IF EXISTS journal CASCADE")
        with SqlJournal.open(server, tmp_path / "heads.json", durable=False) as journal:
            a_run(journal)
        connection.execute(statement)
    found = verify(server, tmp_path / "heads.json")
    assert (found["first_bad"] or {}).get("why") == why
    assert (found["first_bad"] or {"seq": 0})["seq"] == seq
