"""``tokenwise journal …``: shapes, exit statuses, and what is said where there is nothing."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from agent.cli.main import main
from agent.journal.store import SqlJournal
from agent.runtime import deciders
from core.events import event
from core.instant import iso
from core.ports import Decider, Entry
from tests.agent.journal.scenes import (
    STREAM,
    AboveMean,
    a_run,
    at,
    decision_name,
    journalled_decision,
    market_of,
    plain_entry,
)

Run = Callable[..., tuple[int, Any]]


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*words: str, as_json: bool = True) -> tuple[int, Any]:
        status = main(["--home", str(tmp_path), *(["--json"] if as_json else []), "journal", *words])
        out = capsys.readouterr().out
        return status, json.loads(out) if as_json else out

    return call


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    with SqlJournal.open(tmp_path / "journal.db", tmp_path / "heads.json", durable=False) as made:
        a_run(made)
    return tmp_path / "journal.db"


ANSWERS = [
    ("list",), ("list", "--account", "paper", "--limit", "2", "--since", "2024-01-01"),
    ("show", "d00001"), ("why", "d00001"), ("verify",), ("export", "--out", "{home}/out.jsonl"),
    ("export", "--format", "parquet", "--out", "{home}/out.parquet"),
]  # fmt: skip


@pytest.mark.usefixtures("journal")
@pytest.mark.parametrize("words", ANSWERS)
def test_every_command_answers_in_json_and_in_words(run: Run, tmp_path: Path, words: tuple[str, ...]) -> None:
    words = tuple(word.format(home=tmp_path) for word in words)
    status, told = run(*words)
    assert (status, told["ok"], told["schema"]) == (0, True, f"tokenwise.journal_{words[0]}.v1")
    status, text = run(*words, as_json=False)
    assert status == 0
    assert text.strip()


@pytest.mark.parametrize("words", [("list",), ("show", "d00001"), ("verify",), ("replay", "all")])
def test_where_nothing_was_traded_yet_there_is_no_journal(
    run: Run, tmp_path: Path, words: tuple[str, ...]
) -> None:
    status, told = run(*words)
    assert (status, told["error"]["code"], told["error"]["exit"]) == (3, "no_journal", 3)
    assert "tokenwise demo" in told["error"]["mend"]
    assert not [*tmp_path.iterdir()]


@pytest.mark.parametrize("words", ANSWERS)
def test_what_is_invented_is_marked_in_every_answer(run: Run, tmp_path: Path, words: tuple[str, ...]) -> None:
    words = tuple(word.format(home=tmp_path) for word in words)
    with SqlJournal.open(tmp_path / "journal.db", tmp_path / "heads.json", durable=False) as made:
        a_run(made)
        newest = iso(max(record.at for name in made.heads() for record in made.records(name)))
    told = run(*words)[1]
    assert told["simulated"] is True
    assert told["as_of"] is not None
    assert told["as_of"] <= newest
    assert "SIMULATED" in run(*words, as_json=False)[1]
    with SqlJournal.open(tmp_path / "journal.db", tmp_path / "heads.json", durable=False) as made:
        started = next(made.records(STREAM, kinds=("started",)))
        again = replace(event("started", started.body), simulated=False, resumed=True)
        made.append(STREAM, [Entry(at(99), again)])
        made.anchor()
    told = run(*words)[1]
    assert told["simulated"] is False
    assert "SIMULATED" not in run(*words, as_json=False)[1]
    if words[0] in {"verify", "export"}:
        assert told["as_of"] == newest


def test_an_export_says_what_is_invented(run: Run, journal: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    run("export", "--out", str(out))
    told = run("verify", str(out))[1]
    assert (told["simulated"], told["as_of"]) == (True, run("verify")[1]["as_of"])
    assert "SIMULATED" in run("verify", str(out), as_json=False)[1]
    out.write_text(out.read_text().replace('"simulated":true', '"simulated":1'))
    status, told = run("verify", str(out))
    assert (status, told["simulated"]) == (6, False)


@pytest.mark.usefixtures("journal")
def test_an_unknown_id_is_exit_3_with_candidates(run: Run) -> None:
    for command in ("show", "why", "replay"):
        status, told = run(command, "d00001zzzz")
        assert (status, told["error"]["code"]) == (3, "unknown_id")
        assert told["error"]["candidates"]


def test_verify_has_the_shape_of_the_contract_and_exit_6_at_a_difference(run: Run, journal: Path) -> None:
    status, told = run("verify")
    assert (status, told["data"]["first_bad"], told["warnings"]) == (0, None, [])
    assert told["data"].keys() == {"events", "blobs", "heads", "first_bad"}
    head = told["data"]["heads"][STREAM]
    assert run("verify", "--head", head)[0] == 0
    assert run("verify", "--head", "0" * 64)[0] == 6
    assert run("verify", "--head", "nonsense")[0] == 2
    with closing(sqlite3.connect(journal, isolation_level=None)) as connection:
        connection.execute("DELETE FROM events WHERE stream = 'trading/paper' AND seq = 7")
    status, told = run("verify")
    assert (status, told["ok"]) == (6, True)
    assert told["data"]["first_bad"] == {"stream": STREAM, "seq": 7, "why": "missing"}
    assert "trading/paper#7 (missing)" in run("verify", as_json=False)[1]


def test_verify_warns_where_the_anchor_is_missing(run: Run, journal: Path) -> None:
    journal.with_name("heads.json").unlink()
    status, told = run("verify")
    assert (status, told["warnings"][0]["code"]) == (0, "no_anchor")


@pytest.mark.usefixtures("journal")
def test_an_export_is_verified_as_a_file(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    assert run("export", "--out", str(out))[1]["data"]["events"] == 34
    head = run("verify")[1]["data"]["heads"][STREAM]
    assert run("verify", str(out), "--head", head)[0] == 0
    out.write_text(out.read_text().replace('"amount"', '"sum"').replace("40000", "40001", 1))
    assert run("verify", str(out))[0] == 6
    assert run("verify", str(tmp_path / "none"))[0] == 2


def test_replay_compares_and_exit_6_names_the_first_difference(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with SqlJournal.open(tmp_path / "journal.db", tmp_path / "heads.json") as journal:
        for number in (1, 2):
            journalled_decision(journal, number, market_of(1.0, 2.0, 3.0, 4.0))

    def fresh(stance: float) -> Callable[[str], Decider]:
        return lambda _: AboveMean(stance)

    monkeypatch.setattr(deciders, "decider_for", fresh(1.0))
    assert run("replay", "all")[1]["data"] == {"checked": 2, "same": 2, "first_difference": None}
    assert "2 of 2 decisions and spans are the same" in run("replay", "all", as_json=False)[1]
    monkeypatch.setattr(deciders, "decider_for", fresh(0.5))
    status, told = run("replay", "d00001")
    assert (status, told["data"]["checked"]) == (6, 1)
    assert told["data"]["first_difference"] == {
        "id": decision_name(1), "path": "/proposals/0/stance", "recorded": 1.0, "replayed": 0.5,
    }  # fmt: skip
    assert "/proposals/0/stance" in run("replay", "all", as_json=False)[1]


def test_a_newer_journal_is_exit_2(run: Run, journal: Path) -> None:
    with closing(sqlite3.connect(journal, isolation_level=None)) as connection:
        connection.execute("UPDATE schema_version SET version = 99")
    for words in (("list",), ("verify",), ("show", "d00001")):
        status, told = run(*words)
        assert (status, told["error"]["code"]) == (2, "newer_schema")


@pytest.mark.usefixtures("journal")
def test_a_wrong_flag_is_exit_2(run: Run) -> None:
    for words in (
        ("list", "--limit", "0"),
        ("list", "--since", "yesterday"),
        ("list", "--after", "x"),
        ("export",),
    ):
        assert run(*words)[0] == 2


def test_the_journal_is_read_while_it_is_written(run: Run, tmp_path: Path) -> None:
    with SqlJournal.open(tmp_path / "journal.db", tmp_path / "heads.json") as writer:
        writer.append(STREAM, [plain_entry()])
        assert len(run("list")[1]["data"]["items"]) == 1
        writer.append(STREAM, [plain_entry("more")])
        assert run("verify")[0] == 0
