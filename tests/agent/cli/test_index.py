"""``tokenwise index`` and ``tokenwise heatmap``: shapes, exit statuses, and what a person reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.agent.cli.trading_line import Line

SIM = ("--market", "sim?seed=7&assets=8&grain=1d")


@pytest.fixture
def line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Line:
    home = tmp_path / "home"
    home.mkdir()
    return Line(home, capsys)


def test_the_indices_that_have_a_name_are_listed(line: Line) -> None:
    names = [row["name"] for row in line.data("index")["indices"]]
    assert {"leaders", "momentum", "defi"} <= {*names}
    assert line("index") == 0
    assert line.out.startswith("leaders")


def test_an_index_tells_who_is_in_it_why_and_nothing_of_a_performance_that_was_not_asked_for(
    line: Line,
) -> None:
    told = line.envelope("index", "top?count=3&by=return_30", *SIM)
    assert (told["schema"], told["simulated"]) == ("tokenwise.index.v1", True)
    data = told["data"]
    assert data["performance"] is None
    assert data["rebalances"] == []
    assert {*data} >= {
        "index",
        "universe",
        "weights",
        "rebalance",
        "as_of",
        "constituents",
        "left_out",
        "missing",
    }
    assert sum(one["weight"] for one in data["constituents"]) == pytest.approx(1.0)
    assert all(one["asset"] and one["why"] for one in data["constituents"])


def test_what_members_were_chosen_by_is_a_text_where_it_is_money_and_a_number_where_it_is_not(
    line: Line,
) -> None:
    for index, kind in (("leaders", str), ("top?by=market_cap", str), ("top?by=return_30", float)):
        for told in (line.data("index", index, *SIM), line.data("get", "index", index, *SIM)):
            assert {type(one["value"]) for one in told["constituents"]} == {kind}, index
    assert line("index", "leaders", *SIM) == 0


def test_a_back_computed_index_tells_its_figures_beside_hold_and_every_rebalance(line: Line) -> None:
    words = ("index", "leaders", *SIM, "--from", "2024-01-10", "--until", "2024-04-10", "--rebalance", "14d")
    data = line.data(*words)
    lived = data["performance"]
    assert (lived["from"], lived["until"]) == ("2024-01-10T00:00:00Z", "2024-04-10T00:00:00Z")
    assert lived["final_equity"] == lived["equity"][-1]["equity"]
    assert len(lived["equity"]) == 92
    assert [one["name"] for one in lived["benchmarks"]] == ["NOVA/USDT", "universe"]
    assert float(lived["fees"]) > 0
    assert [one["at"][:10] for one in data["rebalances"]][:2] == ["2024-01-10", "2024-01-24"]
    assert len(data["rebalances"]) == 7
    assert data["as_of"] == "2024-04-10T00:00:00Z"
    assert line(*words) == 0
    assert "SIMULATED" in line.out
    assert "hold NOVA/USDT" in line.out
    assert max(map(len, line.out.splitlines())) <= 80


@pytest.mark.parametrize(
    ("words", "status", "part"),
    [
        (("top?by=luck",), 2, "neither a grade nor an indicator"),
        (("leaders", "--until", "2024-03-01"), 2, "no beginning"),
        (("leaders", "--from", "2024-03-01", "--until", "2024-02-01"), 2, "not before"),
        (("leaders", "--from", "2024-02-01", "--until", "2024-03-01", "--as-of", "2024-02-15"), 2, "after --as-of"),
        (("leaders", "--from", "2024-02-01", "--cash", "10000 EUR"), 2, "paid in USDT"),
        (("leaders", "--from", "2024-02-01", "--costs", "taker=9"), 2, "out of range"),
        (("leaders", "--rebalance", "90m"), 2, "out of range"),
        (("narrative:gaming",), 3, "no asset of this market belongs"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_one_sentence(
    line: Line, words: tuple[str, ...], status: int, part: str
) -> None:
    assert part in line.error("index", *words, *SIM, status=status)["message"]


@pytest.mark.parametrize("market", ["ccxt:binance", "nowhere"])
def test_a_market_that_cannot_be_asked_is_refused(line: Line, market: str) -> None:
    line.error("index", "leaders", "--market", market, status=2)
    line.error("heatmap", "--market", market, status=2)


def test_an_empty_store_has_no_index_and_no_map(line: Line) -> None:
    line.error("index", "leaders", status=3)
    line.error("index", "leaders", "--from", "2024-01-01", "--market", "replay", status=3)
    line.error("heatmap", status=3)


def test_a_heatmap_has_a_cell_with_a_band_for_every_asset(line: Line) -> None:
    data = line.data("heatmap", *SIM, "--by", "change_7d")
    assert (data["by"], data["size"], data["report"]) == ("change_7d", "market_cap", None)
    several = [cell for group in data["groups"] for cell in group["cells"]]
    assert len(several) == 8
    assert {*several[0]} >= {"asset", "symbol", "value", "size", "band"}


def test_a_heatmap_reads_without_colour_and_fits_the_terminal(line: Line) -> None:
    assert line("heatmap", *SIM) == 0
    assert "\x1b[" not in line.out
    assert "++  very strong" in line.out
    assert "SIMULATED" in line.out
    assert max(map(len, line.out.splitlines())) <= 80


def test_the_last_line_of_a_heatmap_with_a_page_names_it(line: Line, tmp_path: Path) -> None:
    page = tmp_path / "map.html"
    assert line("heatmap", *SIM, "--html", str(page)) == 0
    assert line.out.splitlines()[-1] == f"report: {page}"
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")


@pytest.mark.parametrize(
    "words", [("--by", "colour"), ("--size", "big"), ("--group", "exchange"), ("--html", ".")]
)
def test_a_heatmap_that_cannot_be_is_refused(line: Line, words: tuple[str, ...]) -> None:
    line.error("heatmap", *words, *SIM, status=2)
