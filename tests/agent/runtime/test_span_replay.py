"""Decisions that changed nothing can be made again too: on the market they were made on."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import pytest

from agent.cli.main import main
from agent.journal.difference import Difference
from agent.journal.store import SqlJournal
from agent.runtime.span_replay import SpanReplay
from core.errors import NoAnswerError
from core.instant import instant
from core.ports import Record
from tools.clocks import SimulatedClock

NOW = SimulatedClock(instant("2026-01-01"))


@pytest.fixture
def home(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """The home of an account that traded three simulated tokens for ten days."""
    words = (
        "paper --market sim?assets=3 --until 2024-01-11 --decider rule:sma_cross?fast=3&slow=8 --profile none"
    )
    assert main(["--home", str(tmp_path), *words.split(), "--report", "none"]) == 0
    capsys.readouterr()
    return tmp_path


def check(home: Path, where: Path, **changed: object) -> Difference | None:
    """What re-running the third span finds, with its record *changed*."""
    with SqlJournal.open(home / "journal.db", home / "heads.json", readonly=True) as journal:
        record = list(journal.records("trading/paper", kinds=("span",)))[2]
        if changed:
            record = Record(**{**_fields(record), "body": {**record.body, **changed}})
        return asyncio.run(_checked(SpanReplay(journal, where, NOW), record))


async def _checked(spans: SpanReplay, record: Record) -> Difference | None:
    return await spans(record)


def _fields(record: Record) -> dict[str, object]:
    return {name: getattr(record, name) for name in Record.__dataclass_fields__}


def test_replay_all_makes_every_decision_again(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with SqlJournal.open(home / "journal.db", home / "heads.json", readonly=True) as journal:
        recorded = list(journal.records("trading/paper", kinds=("decided", "span")))
    assert main(["--home", str(home), "--json", "journal", "replay", "all"]) == 0
    data = json.loads(capsys.readouterr().out)["data"]
    assert data == {"checked": len(recorded), "same": len(recorded), "first_difference": None}
    assert {record.kind for record in recorded} == {"decided", "span"}


def test_a_span_that_says_otherwise_is_named(home: Path) -> None:
    assert check(home, home) is None
    found = check(home, home, inputs_hash="0" * 64)
    assert found is not None
    assert (found.path, found.recorded) == ("/inputs_hash", "0" * 64)


def test_a_span_with_another_count_is_named(home: Path) -> None:
    found = check(home, home, count=999)
    assert found is not None
    assert found.path == "/count"


def test_a_market_that_is_gone_is_said_to_be_gone(home: Path, tmp_path: Path) -> None:
    with SqlJournal.open(home / "journal.db", home / "heads.json", readonly=True) as journal:
        started, *_ = journal.records("trading/paper", kinds=("started",))
        body = {**started.body, "config": {**started.body["config"], "market": "replay"}}
        span = next(iter(journal.records("trading/paper", kinds=("span",))))

        class Elsewhere:
            def records(self, *_: object, **__: object) -> list[Record]:
                return [replace(started, body=body), span]

        with pytest.raises(NoAnswerError, match="holds no"):
            asyncio.run(_checked(SpanReplay(Elsewhere(), tmp_path / "empty", NOW), span))  # type: ignore[arg-type]
