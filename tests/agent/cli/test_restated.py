"""Whoever reads a report is told which series were not shown so at the time."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from agent.cli.main import main
from core.instant import DAY, Instant, iso
from tests.tools.store.candles import START, a_store, bars, frame, put, wander
from tests.tools.store.figures_by_hand import put as put_figures

PAPER = (
    "paper",
    "--market",
    "replay",
    "--symbols",
    "BTC/USDT",
    "--from",
    "2024-01-31",
    "--until",
    "2024-02-05",
)
LINE = "Restated series used: market tvl (defillama)."


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Candles, and the market's TVL as DefiLlama tells it today."""
    with closing(a_store(tmp_path)) as store:
        put(store, tmp_path / "b.parquet", frame(bars(wander(40 * 24))))
        lines = [f"{iso(Instant(START + day * DAY))},tvl,{100 + day}" for day in range(40)]
        text = "\n".join(["ts,metric,value", *lines])
        report = put_figures(store, tmp_path / "t.csv", text, asset="market", source="defillama")
        assert not report.refused
    return tmp_path


def traded(
    home: Path, capsys: pytest.CaptureFixture[str], decider: str, file: Path
) -> tuple[list[dict[str, Any]], str]:
    line = ["--home", str(home), "--json", *PAPER, "--decider", decider, "--report", str(file)]
    assert main(line) == 0
    return json.loads(capsys.readouterr().out)["warnings"], file.read_text()


def test_a_report_names_the_restated_series_that_its_decisions_saw(
    home: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    warnings, page = traded(home, capsys, "offline", tmp_path / "r.html")
    told = [one["message"] for one in warnings if one["code"] == "restated"]
    assert told == ["market tvl (defillama): restated history, not as shown then"]
    assert LINE in page


def test_a_rule_that_saw_candles_only_names_none(
    home: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    warnings, page = traded(home, capsys, "rule:hold", tmp_path / "r.html")
    assert not [one for one in warnings if one["code"] == "restated"]
    assert "Restated series used" not in page


def test_the_story_on_a_terminal_names_them_too(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--home", str(home), *PAPER, "--decider", "offline", "--report", "none"]) == 0
    assert LINE.replace(" ", "") in "".join(capsys.readouterr().out.split())


def test_restated_candles_are_named_whoever_decides(
    home: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with closing(a_store(home)) as store:
        put(store, tmp_path / "e.parquet", frame(bars(wander(40 * 24))), asset="ethereum", symbol="ETH/USDT", restated=True)  # fmt: skip
    line = [word if word != "BTC/USDT" else "ETH/USDT" for word in PAPER]
    file = tmp_path / "r.html"
    assert main(["--home", str(home), "--json", *line, "--decider", "rule:hold", "--report", str(file)]) == 0
    assert "Restated series used: ETH/USDT candles (" in file.read_text()
    capsys.readouterr()
