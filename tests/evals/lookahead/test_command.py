"""``eval lookahead``: what it prints, and how it exits."""

from __future__ import annotations

import json
from bisect import bisect_right
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from agent.cli.session import Session, begin
from core.errors import UsageError
from core.instant import HOUR, Instant
from evals.lookahead.command import lookahead
from evals.lookahead.sources import SOURCES
from tools.market.track import Track

SHORT = (
    "--scenario",
    "gap",
    "--decider",
    "rule:sma?window=5",
    "--moments",
    "2",
    "--runs",
    "1",
    "--answers",
    "1",
)
LEAST = (*SHORT[:4], "--moments", "2", "--runs", "0", "--answers", "0")


def said(home: Path, *words: str, as_json: bool = False) -> Result:
    begin(Session(home, json=as_json))
    return CliRunner().invoke(lookahead, words)


def test_one_line_says_what_was_compared(tmp_path: Path) -> None:
    result = said(tmp_path, *SHORT)
    assert result.exit_code == 0, result.output
    assert result.stdout.count("\n") == 1
    assert result.stdout.startswith("no look-ahead: ")
    assert all(source in result.stdout for source in SOURCES)
    assert "2 of them asked again" in result.stderr


def test_the_data_is_the_contracts(tmp_path: Path) -> None:
    result = said(tmp_path, *SHORT, as_json=True)
    told = json.loads(result.stdout)
    assert (told["schema"], told["ok"], told["simulated"]) == ("tokenwise.eval_lookahead.v1", True, True)
    data = told["data"]
    assert data["scenarios"] == ["gap"]
    assert data["deciders"] == ["rule:sma?window=5"]
    assert data["leaks"] == []
    assert data["decisions"] == data["compared"]["moments"] + data["decisions"] - 2 > 2
    assert data["compared"]["sources"] == list(SOURCES)
    assert result.stdout == said(tmp_path, *SHORT, as_json=True).stdout


def test_a_leak_is_exit_6_and_a_line_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def advance(self: Any, now: Instant) -> None:
        self.newest = bisect_right(self._closes_at, now + 4 * HOUR) - 1

    monkeypatch.setattr(Track, "advance", advance)
    result = said(tmp_path, *LEAST)
    assert result.exit_code == 6
    assert all(line.startswith("LEAK gap ") for line in result.stdout.splitlines())
    again = said(tmp_path, *LEAST, as_json=True)
    assert again.exit_code == 6
    leaks = json.loads(again.stdout)["data"]["leaks"]
    assert len(leaks) == result.stdout.count("\n") > 0
    assert set(leaks[0]) == {"scenario", "decider", "at", "source", "path", "was", "is"}
    assert leaks[0]["source"] == "candles"


@pytest.mark.parametrize(("flag", "value"), [("--scenario", "nowhere"), ("--decider", "rule:nothing")])
def test_what_is_unknown_is_refused(tmp_path: Path, flag: str, value: str) -> None:
    result = said(tmp_path, flag, value)
    assert isinstance(result.exception, UsageError)
