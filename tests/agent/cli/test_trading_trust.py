"""What a stranger tried: nothing that is lost, stale or halted may look like all is well."""

from __future__ import annotations

import errno
import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from agent.runtime.halt_switch import HaltSwitch
from agent.runtime.lease import Lease
from tests.agent.cli.trading_line import PAPER, Line, figures


@pytest.fixture
def line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Line:
    return Line(tmp_path / "home", capsys)


def forget_the_venue(line: Line) -> None:
    for path in line.home.glob("paper.db*"):
        path.unlink()


def test_a_venue_that_lost_its_book_is_not_traded_on(line: Line) -> None:
    for _ in range(30):
        assert line(*PAPER, "--once") == 0
    assert "filled" in line.kinds()
    forget_the_venue(line)
    told = line.error(*PAPER, status=1)
    assert told["code"] == "venue_differs"
    assert "paper.db" in told["mend"]


def test_a_journal_that_lost_its_checkpoint_says_so(line: Line) -> None:
    assert line(*PAPER, "--once") == 0
    with closing(sqlite3.connect(line.home / "journal.db")) as database:
        database.execute("DELETE FROM checkpoints")
        database.commit()
    assert "checkpoint" in line.error(*PAPER, status=1)["message"]


def test_a_finished_run_answers_the_same_again(line: Line) -> None:
    first, second = line.data(*PAPER), line.data(*PAPER)
    assert figures(first) == figures(second)


def test_a_cut_run_says_that_it_was_cut(line: Line) -> None:
    warnings = line.envelope(*PAPER, "--once")["warnings"]
    assert "the same command goes on" in next(w["message"] for w in warnings if w["code"] == "unfinished")
    assert "unfinished" not in {w["code"] for w in line.envelope(*PAPER)["warnings"]}


def test_status_says_halted_while_the_home_is_halted_and_simulated_where_it_is(line: Line) -> None:
    assert line(*PAPER, "--once") == 0
    told = line.envelope("paper", "status")
    assert (told["simulated"], told["data"]["state"]) == (True, "active")
    assert line("halt", "going to bed") == 0
    assert line.data("paper", "status")["state"] == "halted"
    assert line("paper", "status") == 0
    assert line.out.startswith("SIMULATED paper")


def test_the_equity_that_status_tells_is_that_of_the_journal(line: Line) -> None:
    final = line.data(*PAPER)["final_equity"]
    (line.home / "locks/paper.json").write_text('{"last_beat": "2024-01-01T00:00:00Z", "equity": "1"}')
    assert line.data("paper", "status")["equity"] == final


def test_lifting_a_halt_does_not_lift_an_account_s_drawdown_breaker_in_passing(
    line: Line, tmp_path: Path
) -> None:
    limits = tmp_path / "limits.toml"
    limits.write_text('profile = "none"\nloss = { drawdown_reduce = "0.0001" }\n')
    assert line.data(*PAPER, "--limits", str(limits))["state"] == "reducing"
    assert line("halt", "going to bed") == 0
    assert line.data("resume")["accounts"] == []
    assert line.data("paper", "status")["state"] == "reducing"
    assert line.data("resume", "--account", "paper")["accounts"] == ["paper"]
    assert line.data("paper", "status")["state"] == "active"


def test_a_halt_on_a_full_disk_halts_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_handle: int, _text: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    switch = HaltSwitch(tmp_path)
    switch.set("now", "flatten")
    assert switch.is_set()
    assert switch.read() == ("hold", "halted by a person")
    assert [path.name for path in tmp_path.iterdir()] == ["HALT"]


def test_the_result_of_a_run_is_kept_beside_its_report_and_its_time_apart(line: Line) -> None:
    week = [word for word in PAPER if word not in {"--report", "none"}]
    report = Path(line.data(*week)["report"])
    first = (report.parent / "result.json").read_bytes()
    assert json.loads((report.parent / "timing.json").read_text())["seconds"] > 0
    line.data(*week)
    assert (report.parent / "result.json").read_bytes() == first
    assert b"report.html" not in first


def test_a_resume_that_fails_leaves_the_halt(line: Line) -> None:
    assert line(*PAPER, "--once") == 0
    assert line("halt", "danger") == 0
    assert "never ran" in line.error("resume", "--account", "typo", status=3)["message"]
    assert HaltSwitch(line.home).is_set()


def test_a_resume_of_an_account_that_is_traded_leaves_the_halt(line: Line, tmp_path: Path) -> None:
    limits = tmp_path / "limits.toml"
    limits.write_text('profile = "none"\nloss = { drawdown_halt = "0.0001" }\n')
    assert line(*PAPER, "--limits", str(limits)) == 4
    assert line("halt", "danger") == 0
    lease = Lease(line.home, "paper")
    try:
        assert line.error("resume", status=2)["code"] == "account_busy"
    finally:
        lease.release()
    assert HaltSwitch(line.home).is_set()


def test_to_resume_one_account_lifts_its_own_halt_and_not_everybodys(line: Line, tmp_path: Path) -> None:
    limits = tmp_path / "limits.toml"
    limits.write_text('profile = "none"\nloss = { drawdown_halt = "0.0001" }\n')
    assert line(*PAPER, "--limits", str(limits)) == 4
    assert line("halt", "danger") == 0
    told = line.envelope("resume", "--account", "paper")
    assert told["data"]["accounts"] == ["paper"]
    assert (told["data"]["resumed"], told["data"]["halt_cleared"]) == (False, False)
    assert [warning["code"] for warning in told["warnings"]] == ["still_halted"]
    assert "danger" in told["warnings"][0]["message"]
    assert line(*PAPER, "--limits", str(limits)) == 4
    told = line.envelope("resume")
    assert (told["data"]["resumed"], told["data"]["halt_cleared"], told["warnings"]) == (True, True, [])


@pytest.mark.parametrize("kind", ["link", "folder"])
def test_whatever_is_named_halt_halts_until_a_person_resumes(line: Line, kind: str) -> None:
    halt = line.home / "HALT"
    line.home.mkdir()
    if kind == "link":
        halt.symlink_to(line.home / "nowhere")
    else:
        halt.mkdir()
    assert line.error(*PAPER, status=4)["message"] == "trading is halted: halted by a person"
    assert line("halt", "again") == 0
    assert HaltSwitch(line.home).is_set()
    assert line.data("resume")["halt_cleared"] is True
    assert line(*PAPER, "--once") == 0
