"""``screen`` and ``narratives``: what they print, what they refuse, and a real screen as it was known then."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from core.instant import instant
from tests.agent.cli.trading_line import Line

SIM = ("--market", "sim?assets=12&grain=1d", "--as-of", "2024-03-31")
_FOUR = """
[[series]]
path = "canonical/{base}USDT_1d.parquet"
kind = "ohlcv"
symbol = "{base}/USDT"
venue = "binance"
interval = "1d"
source = "shared"
asset = { BTC = "bitcoin", ETH = "ethereum", SOL = "solana", XRP = "ripple" }
where = { src = ["binance_spot_a", "binance_spot_f", "binance_spot_g", "spot_1h_resampled"] }

[[series]]
path = "daily_price/coingecko/{base}USD_1d.parquet"
kind = "fundamental"
source = "coingecko"
asset = { BTC = "bitcoin", ETH = "ethereum", SOL = "solana", XRP = "ripple" }
metrics = { market_cap = "market_cap" }
units = { market_cap = "USD" }
"""
SCREEN = ("screen", *SIM)
NARRATIVES = ("narratives", *SIM)


@pytest.fixture
def line(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Line:
    monkeypatch.setenv("COLUMNS", "80")
    return Line(tmp_path / "home", capsys)


def test_a_screen_is_one_answer_with_its_evidence(line: Line) -> None:
    told = line.envelope(*SCREEN, "trader>=40", "tvl>1e6", "--sort", "tvl", "--limit", "3")
    assert (told["schema"], told["simulated"]) == ("tokenwise.screen.v1", True)
    data = told["data"]
    assert {"filters", "sort", "matched", "universe", "rows", "left_out", "missing", "evidence"} <= set(data)
    assert (data["filters"], data["sort"]) == (["trader>=40", "tvl>1000000"], "tvl")
    assert [row["rank"] for row in data["rows"]] == [1, 2, 3]
    sizes = [float(row["values"]["tvl"]) for row in data["rows"]]
    assert sizes == sorted(sizes, reverse=True)
    assert all(row["values"]["trader"] >= 40 for row in data["rows"])
    told_of = {one["asset"] for one in data["evidence"]}
    assert told_of == {"market", *(row["asset"]["id"] for row in data["rows"])}


def test_the_screen_is_a_view_on_the_answer(line: Line) -> None:
    of_screen = line.data(*SCREEN, "trader>=40", "--limit", "5")
    of_get = line.data("get", "screen", *SIM, "--filters", "trader>=40", "--limit", "5")
    assert of_screen == of_get


@pytest.mark.parametrize(
    "words", [SCREEN, (*SCREEN, "--picks", "long_term"), NARRATIVES, (*NARRATIVES, "L1")]
)
def test_what_is_invented_says_so_and_fits_the_terminal(line: Line, words: tuple[str, ...]) -> None:
    assert line(*words) == 0, line.err
    assert "SIMULATED" in line.out
    assert all(len(text) <= 80 for text in line.out.splitlines())
    assert "None" not in line.out


def test_picks_print_their_thesis_and_what_would_break_it(line: Line) -> None:
    assert line(*SCREEN, "--picks", "short_term", "trader>=40", "--limit", "2") == 0
    assert "Short-term picks: " in line.out
    assert line.out.count("What would break it:") == 2


def test_what_is_left_out_is_told(line: Line) -> None:
    assert line(*SCREEN, "holders_revenue>1") == 0
    assert "Nobody passes." in line.out
    assert "Left out for want of: holders_revenue 12" in line.out


@pytest.mark.parametrize(
    ("words", "said", "near"),
    [
        (("screen", "trader"), "'trader' is no filter", ""),
        (("screen", "narrative=blockchain"), "there is no narrative 'blockchain'", "DePIN"),
        (("screen", "--narrative", "blockchain"), "there is no narrative 'blockchain'", "DePIN"),
        ((*SCREEN, "tvll>1"), "there is no metric 'tvll'", "tvl"),
        ((*SCREEN, "--sort", "colour"), "there is no metric 'colour'", "trader"),
        (("screen", "--picks", "best"), "'best' is not one of", ""),
        (("screen", "--limit", "0"), "0 is not in the range", ""),
        ((*NARRATIVES, "blockchain"), "there is no narrative 'blockchain'", "DePIN"),
    ],
)
def test_what_cannot_be_asked_is_refused(line: Line, words: tuple[str, ...], said: str, near: str) -> None:
    error = line.error(*words, status=2)
    assert said in error["message"]
    assert not near or near in error["candidates"]


@pytest.mark.parametrize("words", [("screen",), ("narratives",), ("get", "screen")])
def test_without_prices_there_is_nothing_to_screen(line: Line, words: tuple[str, ...]) -> None:
    error = line.error(*words, status=3)
    assert "nothing is known of the daily candles" in error["message"]
    assert "data import" in error["mend"]


def test_narratives_are_one_answer_of_all_of_one_and_of_an_asset(line: Line) -> None:
    told = line.envelope(*NARRATIVES)
    assert (told["schema"], told["simulated"]) == ("tokenwise.narratives.v1", True)
    assert len(told["data"]["narratives"]) == 7
    assert [one["narrative"] for one in line.data(*NARRATIVES, "depin")["narratives"]] == ["DePIN"]
    assert [one["narrative"] for one in line.data(*NARRATIVES, "NOVA")["narratives"]] == ["AI"]


def test_a_real_screen_is_as_of_its_time(
    shared_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line, day = Line(tmp_path / "home", capsys), instant("2023-12-01")
    manifest = tmp_path / "four.toml"
    manifest.write_text(_FOUR)
    assert line("data", "import", "--manifest", str(manifest), "--root", str(shared_data)) == 0, line.err
    data: dict[str, Any] = line.data("screen", "--as-of", "2023-12-01", "return_30>0.05", "market_cap>1e9")
    assert {row["asset"]["id"] for row in data["rows"]} <= {"bitcoin", "ethereum", "solana", "ripple"}
    assert data["rows"]
    assert data["left_out"]["market_cap"] > 0
    assert all(instant(one["known_at"]) <= day for one in data["evidence"])
    assert all(row["values"]["trader"] is not None for row in data["rows"])
    nobody = line.data("screen", "--as-of", "2023-12-01", "--picks", "long_term")
    assert nobody["rows"] == []
    assert nobody["note"].startswith("Nobody has a grade as investor")
    assert all(one["why"] for one in nobody["ungraded"])
