from __future__ import annotations

import json
from pathlib import Path

import pytest

from evals.grades import charts, command
from tests.agent.cli.trading_line import Line
from tests.evals.grades.invented import SMALL

SIM = ("--market", "sim?assets=24&grain=1d&seed=5", "--until", "2024-05-01")


class _Point:
    name = "validate"

    def load(self) -> object:
        return command.app


@pytest.fixture
def line(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Line:
    import agent.cli.grades as group

    monkeypatch.setattr(group, "_further", lambda: [_Point()])
    monkeypatch.setattr("strategies.grades.trader.TRADER", SMALL)
    return Line(tmp_path / "home", capsys)


def test_a_simulated_market_is_judged_reported_and_drawn(line: Line, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    first, second = tmp_path / "a", tmp_path / "b"
    words = ("grades", "validate", *SIM, "--horizons", "1d,7d", "--costs", "none", "--out")
    told = line.envelope(*words, str(first))
    assert told["schema"] == "tokenwise.grades_validate.v1"
    assert told["simulated"]
    assert told["data"]["verdict"]
    assert told["data"]["report"] == str(first / "grades.md")
    assert line(*words, str(second)) == 0
    assert line.out.startswith("SIMULATED")
    assert line.out.splitlines()[-1] == f"report: {second / 'grades.md'}"
    for name in ("grades.md", "grades.png", "result.json"):
        assert (first / name).read_bytes() == (second / name).read_bytes(), f"{name} is not the same again"
    kept = json.loads((first / "result.json").read_text(encoding="utf-8"))
    assert kept["schema"] == "tokenwise.grades_validate.v1"
    assert "NaN" not in (first / "result.json").read_text(encoding="utf-8")
    report = (first / "grades.md").read_text(encoding="utf-8")
    assert "cannot be validated on this universe" in report
    assert "**SIMULATED: every price is invented." in report
    assert "nan" not in report.replace("finance", "")


def test_a_leak_that_was_asked_for_is_warned_of_and_labelled(line: Line, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    words = (
        "grades",
        "validate",
        *SIM,
        "--horizons",
        "1d",
        "--lags",
        "0",
        "--leaky",
        "--out",
        str(tmp_path / "a"),
    )
    told = line.envelope(*words)
    assert [one["code"] for one in told["warnings"]] == ["leaky"]
    assert told["data"]["leaky"]
    assert told["data"]["verdict"][0].startswith("LEAKY")
    assert "**LEAKY" in (tmp_path / "a" / "grades.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "words",
    [
        ("--horizons", "0d"),
        ("--horizons", "6h"),
        ("--horizons", "week"),
        ("--horizons", ","),
        ("--horizons", "366d"),
        ("--lags", "-1"),
        ("--lags", "soon"),
        ("--lags", "31"),
        ("--lags", ""),
        ("--costs", "fee=1"),
        ("--from", "2024-02-01", "--until", "2024-01-01"),
        ("--from", "yesterday"),
        ("--market", "ccxt:kraken"),
        ("--market", "sim?assets=24&grain=1d"),
        ("--market", "sim?assets=24", "--until", "2024-05-01"),
    ],
    ids=" ".join,
)
def test_what_cannot_be_meant_is_refused_with_a_mend(line: Line, words: tuple[str, ...]) -> None:
    pytest.importorskip("matplotlib")
    line.error("grades", "validate", *words, status=2)


def test_lag_0_is_refused_unless_a_leak_is_asked_for(line: Line) -> None:
    told = line.error("grades", "validate", "--lags", "0,1", status=2)
    assert told["code"] == "lag_zero"
    assert "--leaky" in told["mend"]


def test_a_home_without_candles_has_no_answer(line: Line) -> None:
    pytest.importorskip("matplotlib")
    assert line.error("grades", "validate", status=3)["code"] == "no_data"


def test_a_universe_of_four_has_no_answer(line: Line) -> None:
    pytest.importorskip("matplotlib")
    told = line.error(
        "grades", "validate", "--market", "sim?assets=4&grain=1d", "--until", "2024-03-01", status=3
    )
    assert told["code"] == "universe"


def test_without_the_extra_it_says_what_to_install(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(charts, "find_spec", lambda name: None)
    told = line.error("grades", "validate", status=2)
    assert told["code"] == "missing_extra"
    assert "tokenwise[charts]" in told["mend"]
