"""``tokenwise report parity``: the same decisions with two kinds of money, side by side."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.agent.cli.trading_line import QUIET, WEEK, Line


@pytest.fixture
def line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Line:
    return Line(tmp_path / "home", capsys)


def run(line: Line, account: str, *more: str) -> None:
    assert line("paper", "--account", account, *WEEK, *QUIET, *more) == 0


def test_what_the_dearer_fills_cost_is_found_to_the_basis_point(line: Line) -> None:
    run(line, "live", "--costs", "slippage_bps=25")
    run(line, "paper", "--costs", "slippage_bps=5")
    told = line.data("report", "parity")
    assert told["pairs"]
    assert (told["only_live"], told["only_paper"]) == ([], [])
    assert told["median_cost_bps"] == pytest.approx(20, abs=0.2)
    assert line("report", "parity") == 0
    assert "median cost against paper +20.0 bp" in line.out


def test_an_account_beside_itself_costs_nothing(line: Line) -> None:
    run(line, "paper")
    told = line.data("report", "parity", "--live", "paper")
    assert told["worst_cost_bps"] == 0


def test_decisions_that_only_one_of_them_made_are_named(line: Line) -> None:
    run(line, "paper")
    assert line("paper", "--account", "live", *WEEK[:-1], "rule:cash", *QUIET) == 0
    told = line.data("report", "parity")
    assert told["pairs"] == []
    assert {"symbol", "side", "at", "reason"} <= set(told["only_paper"][0])


def test_a_home_where_nothing_ran_is_told_as_such(line: Line) -> None:
    assert "restore" not in line.error("report", "parity", status=3)["mend"]


def test_an_account_that_never_ran_is_told_with_those_that_did(line: Line) -> None:
    run(line, "paper")
    assert line.error("report", "parity", "--live", "nobody", status=3)["candidates"] == ["paper"]
    line.error("report", "parity", "--live", "paper", "--within", "soon", status=2)
