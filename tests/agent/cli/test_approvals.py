"""``tokenwise approvals`` as a person uses it: ask, list, answer, go on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.agent.cli.trading_line import Line

ASKING = (
    "paper", "--market", "sim?assets=2", "--decider", "rule:equal_weight", "--approve", "ask", "--once", "--report", "none",
)  # fmt: skip


@pytest.fixture
def line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Line:
    return Line(tmp_path / "home", capsys)


def test_an_order_waits_is_shown_with_its_terms_and_goes_after_a_yes(line: Line) -> None:
    first = line.envelope(*ASKING)
    assert first["data"]["orders"] == 0
    assert "waiting" in {one["code"] for one in first["warnings"]}
    waiting = line.data("approvals", "list")["approvals"]
    assert {(one["order"]["side"], one["order"]["type"]) for one in waiting} == {("buy", "market")}
    assert line.data("paper", "status")["pending_approvals"] == 2

    said = line.data("approvals", "approve", waiting[0]["id"])
    assert (said["verdict"], said["hash"]) == ("approve", waiting[0]["hash"])
    line.data("approvals", "deny", waiting[1]["id"])
    assert line.data("approvals", "list")["approvals"] == []

    went = line.data(*ASKING)
    assert went["fills"] == 1
    assert went["vetoes"]["approval.denied"] == 1
    assert line("journal", "verify") == 0


def test_buy_and_hold_beside_an_account_that_asks_is_not_held_up_by_the_asking(line: Line) -> None:
    asking = ("paper", "--market", "sim?assets=2", "--decider", "rule:cash", "--until", "2024-01-05")
    asks = line.data(*asking, "--approve", "ask", "--report", "none")["benchmark"]
    assert asks == line.data(*asking, "--account", "auto", "--report", "none")["benchmark"]
    assert asks["total_return"] != 0


def test_people_are_told_what_to_type(line: Line) -> None:
    assert line("approvals", "list") == 0
    assert "nothing waits" in line.out
    line(*ASKING)
    line("approvals", "list")
    assert "answer with: tokenwise approvals approve ID" in line.out
    assert "SIMULATED" in line.out


def test_an_unknown_id_is_told_with_what_waits(line: Line) -> None:
    line.error("approvals", "approve", "nonsense", status=3)
    line(*ASKING)
    error = line.error("approvals", "deny", "nonsense", status=3)
    assert len(error["candidates"]) == 2
