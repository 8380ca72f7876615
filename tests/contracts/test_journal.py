"""What every journal must do, wherever it is kept."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.journal.chain import line, seal
from agent.journal.head import Head
from agent.journal.memory_journal import MemoryJournal
from agent.journal.store import SqlJournal
from core.canonical import canonical
from core.errors import JournalError
from core.events import Alert, Ended
from core.instant import Instant, iso
from core.ports import Entry, Record
from tests.agent.journal.postgres import running_postgres
from tests.agent.journal.scenes import NOON, STREAM, a_run, a_trade, at, plain_entry, started

AnyJournal = MemoryJournal | SqlJournal
Opener = Callable[[], AnyJournal]


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    with running_postgres() as url:
        yield url


@pytest.fixture
def postgres_url(postgres_server: str) -> str:
    import psycopg

    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute("DROP SCHEMA IF EXISTS journal CASCADE")
    return postgres_server


KEPT = ["sqlite", pytest.param("postgres", marks=pytest.mark.parts)]


@pytest.fixture(params=KEPT)
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opener]:
    """Opens one and the same database as often as it is asked to."""
    place: str | Path = tmp_path / "journal.db"
    if request.param == "postgres":
        place = request.getfixturevalue("postgres_url")
    opened: list[SqlJournal] = []

    def open_again() -> SqlJournal:
        opened.append(SqlJournal.open(place, tmp_path / "heads.json"))
        return opened[-1]

    yield open_again
    for journal in opened:
        journal.close()


@pytest.fixture(params=["memory", *KEPT])
def journal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[AnyJournal]:
    if request.param == "memory":
        yield MemoryJournal()
        return
    place: str | Path = tmp_path / "journal.db"
    if request.param == "postgres":
        place = request.getfixturevalue("postgres_url")
    with SqlJournal.open(place, tmp_path / "heads.json") as made:
        yield made


def line_without_hash(record: Record) -> dict[str, Any]:
    return {
        "stream": record.stream,
        "seq": record.seq,
        "at": iso(record.at),
        "kind": record.kind,
        "body": record.body,
        "blobs": list(record.blobs),
        "prev": record.prev,
    }


def test_what_is_appended_is_read_back_as_it_was(journal: AnyJournal) -> None:
    written = journal.append(STREAM, a_trade(1))
    assert [*journal.records(STREAM)] == [*written]
    assert [record.kind for record in written] == [entry.event.kind for entry in a_trade(1)]
    assert [record.seq for record in written] == [1, 2, 3, 4, 5, 6]


def test_each_event_is_hashed_over_its_export_line_and_chained_to_the_one_before(
    journal: AnyJournal,
) -> None:
    a_run(journal)
    for stream in journal.heads():
        prev = "0" * 64
        for record in journal.records(stream):
            assert record.prev == prev
            assert record.hash == sha256(canonical(line_without_hash(record))).hexdigest()
            prev = record.hash
        assert journal.heads()[stream].hash == prev


def test_the_same_run_has_the_same_head_wherever_it_is_kept(journal: AnyJournal) -> None:
    reference = MemoryJournal()
    a_run(reference)
    a_run(journal)
    assert journal.heads() == reference.heads()


def test_a_stream_is_read_from_a_place_on_and_by_kind(journal: AnyJournal) -> None:
    a_run(journal)
    everything = [*journal.records(STREAM)]
    assert [*journal.records(STREAM, after=3)] == everything[3:]
    fills = [*journal.records(STREAM, after=8, kinds=("filled", "span"))]
    assert fills == [record for record in everything[8:] if record.kind in {"filled", "span"}]
    assert [*journal.records("no/such")] == []


def test_streams_are_numbered_apart(journal: AnyJournal) -> None:
    journal.append("a", [plain_entry()])
    (record,) = journal.append("b", [plain_entry()])
    assert (record.seq, record.prev) == (1, "0" * 64)


def test_a_blob_is_kept_once_under_its_own_hash(journal: AnyJournal) -> None:
    raw = b'{"close":[1.0]}'
    first, second = journal.append(STREAM, [plain_entry(market=raw), plain_entry(market=raw)])
    assert first.blobs == second.blobs == (f"sha256:{sha256(raw).hexdigest()}",)
    assert journal.blob(first.blobs[0]) == journal.blob(sha256(raw).hexdigest()) == raw
    with pytest.raises(JournalError, match="not in the journal"):
        journal.blob("0" * 64)


def test_the_last_checkpoint_counts(journal: AnyJournal) -> None:
    assert journal.checkpoint(STREAM) is None
    journal.append(STREAM, [plain_entry()], {"cash": "1"})
    journal.append(STREAM, [plain_entry()])
    assert journal.checkpoint(STREAM) == {"cash": "1"}
    journal.append(STREAM, [plain_entry()], {"cash": "2", "open": []})
    assert journal.checkpoint(STREAM) == {"cash": "2", "open": []}


def test_an_event_that_has_no_canonical_form_takes_its_whole_batch_with_it(journal: AnyJournal) -> None:
    journal.append(STREAM, [plain_entry()], {"cash": "1"})
    broken = Entry(NOON, Ended("until", {"return": float("nan")}))
    with pytest.raises(JournalError, match="cannot be written"):
        journal.append(STREAM, [plain_entry("kept?", market=b"x"), broken], {"cash": "2"})
    assert len([*journal.records(STREAM)]) == 1
    assert journal.checkpoint(STREAM) == {"cash": "1"}
    with pytest.raises(JournalError):
        journal.blob(sha256(b"x").hexdigest())
    assert journal.append(STREAM, [plain_entry()])[0].seq == 2


def test_a_checkpoint_that_has_no_canonical_form_writes_nothing(journal: AnyJournal) -> None:
    with pytest.raises(JournalError):
        journal.append(STREAM, [plain_entry()], {"cash": Decimal(1)})
    assert [*journal.records(STREAM)] == []


def test_text_of_any_script_survives(journal: AnyJournal) -> None:
    text = 'Zoë "paid" 5 € \\ \n\t\x00\x1f ☃ 𝄞 %s %(x)s ?'
    journal.append(STREAM, [Entry(NOON, Alert("x", text))])
    assert next(journal.records(STREAM)).body["message"] == text


def test_postings_stand_in_the_body_of_their_event(journal: AnyJournal) -> None:
    (record,) = journal.append(STREAM, [started()])
    assert record.body["postings"] == [
        {
            "kind": "deposit",
            "ref": "run1",
            "at": "2024-01-01T12:00:00Z",
            "postings": [["external", "USDT", "-10000"], ["available", "USDT", "10000"]],
        }
    ]


def test_events_are_found_by_the_beginning_of_what_they_name(journal: AnyJournal) -> None:
    a_run(journal)
    found = [*journal.mentioning(STREAM, "d00002")]
    assert [record.kind for record in found] == ["decided", "refused", "approved"]
    assert [*journal.mentioning(STREAM, "d00002", after=found[0].seq)] == found[1:]


def test_the_newest_events_come_first(journal: AnyJournal) -> None:
    a_run(journal)
    last = journal.heads()[STREAM].seq
    assert [r.seq for r in journal.newest(STREAM, None, Instant(0), 3)] == [last, last - 1, last - 2]
    assert [r.seq for r in journal.newest(STREAM, 4, Instant(0), 2)] == [3, 2]
    assert [r.seq for r in journal.newest(STREAM, None, at(221), 10)] == [last]
    assert journal.record(STREAM, 2) is not None
    assert journal.record(STREAM, last + 1) is None


def test_an_account_goes_on_where_another_process_left_it(kept: Opener) -> None:
    a_run(kept())
    again = kept()
    last = again.heads()[STREAM]
    (record,) = again.append(STREAM, [plain_entry("resumed")])
    assert (record.seq, record.prev) == (last.seq + 1, last.hash)


def test_of_two_writers_the_second_is_refused_and_writes_nothing(kept: Opener) -> None:
    one, other = kept(), kept()
    one.append(STREAM, [plain_entry("one")], {"by": "one"})
    other.append(STREAM, [plain_entry("other")], {"by": "other"})
    with pytest.raises(JournalError, match="another process wrote to trading/paper"):
        one.append(STREAM, [plain_entry("late", market=b"late")], {"by": "late"})
    with pytest.raises(JournalError):
        one.append(STREAM, [plain_entry("again")])
    assert [record.body["summary"]["text"] for record in other.records(STREAM)] == ["one", "other"]
    assert other.checkpoint(STREAM) == {"by": "other"}
    with pytest.raises(JournalError):
        other.blob(sha256(b"late").hexdigest())


def test_of_two_first_writers_one_is_refused(kept: Opener) -> None:
    one, other = kept(), kept()
    one.heads(), other.heads()
    other._head(STREAM)  # type: ignore[union-attr]  # both have seen that the stream is empty
    one.append(STREAM, [plain_entry("one")])
    with pytest.raises(JournalError):
        other.append(STREAM, [plain_entry("other")])
    assert len([*one.records(STREAM)]) == 1


names = st.text(st.characters(codec="utf-8"), max_size=20)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | names,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=8,
)


@given(
    stream=names,
    text=names,
    summary=st.dictionaries(names, values, max_size=3),
    moment=st.integers(0, 4_102_444_800_000),
    raw=st.binary(max_size=20),
)
def test_the_hashed_line_is_the_canonical_json_of_the_event(
    stream: str, text: str, summary: dict[str, Any], moment: int, raw: bytes
) -> None:
    entry = Entry(Instant(moment), Ended(text, summary), {"x": raw})
    (sealed,) = seal(stream, Head(), [entry])
    record = sealed.record
    made = line(stream, 1, record.at, record.kind, body=sealed.body, blobs=sealed.blobs, prev=record.prev)
    assert made.encode() == canonical(line_without_hash(record))
    assert json.loads(sealed.body) == record.body
