"""What a person may take a grade for: every answer that shows one says that it describes."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from core.instant import DAY, Instant, iso
from tests.agent.cli.trading_line import Line
from tests.tools.store.candles import START, a_store, bars, frame, put, wander
from tools.desk.analysis.outlook import _for_trader
from tools.desk.prose import DESCRIBES

SIM = ("--market", "sim?assets=24&grain=1d", "--as-of", "2024-03-11")


@pytest.fixture
def line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Line:
    return Line(tmp_path / "home", capsys)


@pytest.mark.parametrize(
    "words",
    [
        ("grades", "show", "NOVA"),
        ("analyze", "NOVA"),
        ("ask", "Is NOVA a buy this week?"),
        ("screen", "trader>=40"),
        ("screen", "--picks", "short_term", "trader>=40"),
    ],
)
def test_who_shows_a_trader_grade_says_that_it_does_not_predict(line: Line, words: tuple[str, ...]) -> None:
    assert line(*words, *SIM) == 0, line.err
    assert DESCRIBES in " ".join(line.out.split())


def test_a_narrow_terminal_keeps_the_points_and_loses_the_picture(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "50")
    assert line("grades", "explain", "NOVA", *SIM) == 0
    rows = line.out.partition("weightiest")[2].partition("Sum")[0].split("\n")
    shown = [row.split() for row in rows if row.strip()]
    assert shown
    assert all(len(row) == 2 and row[1][0] in "+\N{MINUS SIGN}" for row in shown)


def test_a_collapse_that_the_gate_refuses_is_a_risk_in_words_and_not_a_code(line: Line) -> None:
    days = 60
    line.home.mkdir()
    path = wander(days * 24)
    path[-1] *= 0.02
    with closing(a_store(line.home)) as store:
        put(store, line.home / "b.parquet", frame(bars(path)))
    moment = iso(Instant(START + days * DAY))
    then = ("--as-of", moment)
    found = line.data("analyze", "BTC", *then)
    assert found["grades"]["trader"]["why"] == "gate:jump"
    (risk,) = [one for one in found["risks"] if one["code"] == "refused_candle"]
    assert risk["level"] == "high"
    assert "gate:" not in found["close"]
    assert line("grades", "show", "BTC", *then) == 0
    assert "none: its newest candle is refused by the quality gate (jump)" in " ".join(line.out.split())
    assert moment[:4] in line.out.strip().splitlines()[0], "it says as of when"


def test_a_fall_speaks_for_sellers_whoever_leads() -> None:
    out, down = {"trigger": "5"}, {"trigger": "3"}
    for view in ("bullish", "bearish", "neutral"):
        text = _for_trader(view, out, down)
        assert text.endswith("a daily close above 5 would speak for buyers, one below 3 for sellers.")
    assert _for_trader("bearish", None, down).endswith("a daily close below 3 would speak for sellers.")
