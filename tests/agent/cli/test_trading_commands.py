"""The trading commands as a person or a program calls them: answers, shapes, resuming, halting."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from agent.runtime import heartbeat
from agent.runtime.lease import Lease
from core.instant import instant
from tests.agent.cli.trading_line import PAPER, QUIET, WEEK, Line, figures, strategy

SHAPE: dict[str, Any] = {
    "account": str,
    "run_id": str,
    "market": str,
    "decider": str,
    "symbols": list,
    "from": str,
    "until": str,
    "decisions": int,
    "abstentions": int,
    "orders": int,
    "fills": int,
    "round_trips": int,
    "vetoes": dict,
    "exits": dict,
    "start_equity": str,
    "final_equity": str,
    "cash": str,
    "positions": list,
    "fees": str,
    "total_return": float,
    "max_drawdown": float,
    "benchmark": dict,
    "state": str,
    "halted_at": (str, type(None)),
    "journal_head": str,
    "report": (str, type(None)),
    "llm": dict,
}
LONG = ("paper", "--market", "sim?assets=1", "--until", "2024-01-06", "--every", "1h", "--profile", "none")


@pytest.fixture
def line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Line:
    return Line(tmp_path / "home", capsys)


def check_shape(data: dict[str, Any]) -> None:
    for name, kind in SHAPE.items():
        assert isinstance(data[name], kind), name
    for name in ("start_equity", "final_equity", "cash", "fees"):
        assert Decimal(data[name]).is_finite()
        assert "E" not in data[name].upper()
    assert set(data["exits"]) >= {"stop", "target", "trailing", "time"}
    assert set(data["llm"]) >= {"calls", "tokens_in", "tokens_out", "usd"}
    assert data["journal_head"].startswith("sha256:")
    for held in data["positions"]:
        assert set(held) >= {"symbol", "quantity", "price", "value"}
        assert all(isinstance(held[name], str) for name in ("symbol", "quantity", "price", "value"))
    assert set(data["benchmark"]) >= {"decider", "total_return"}
    assert instant(data["from"]) < instant(data["until"])


def test_demo_answers_one_object_of_the_contracts_shape_and_writes_its_report(line: Line) -> None:
    told = line.envelope("demo", "--days", "20")
    assert (told["schema"], told["ok"], told["simulated"]) == ("tokenwise.demo.v1", True, True)
    assert told["warnings"][0]["code"] == "simulated"
    check_shape(told["data"])
    assert Path(told["data"]["report"]).read_text(encoding="utf-8").startswith("<!doctype html>")
    line.verified()
    assert figures(line.data("demo", "--days", "20")) == figures(told["data"])


def test_demo_tells_a_story_that_ends_with_the_report(line: Line) -> None:
    assert line("demo", "--days", "7") == 0
    last = line.out.rstrip("\n").splitlines()[-1]
    assert last.startswith("report: ")
    assert Path(last.removeprefix("report: ")).is_file()
    assert "simulated" in (line.out + line.err).lower()


def test_paper_answers_one_object_of_the_contracts_shape(line: Line) -> None:
    told = line.envelope(*PAPER)
    assert told["schema"] == "tokenwise.paper.v1"
    assert told["as_of"] == "2024-01-08T00:00:00Z"
    check_shape(told["data"])
    assert told["data"]["orders"] > 3
    assert told["data"]["market"] == "sim?assets=2&faults=none&grain=1h&seed=7&start=2024-01-01"
    assert told["data"]["decider"] == "rule:sma_cross?fast=3&slow=8"
    assert told["data"]["decisions"] == 7 * 6
    assert told["data"]["report"] is None
    line.verified()


def test_the_same_command_again_goes_on_and_trades_nothing_twice(line: Line) -> None:
    first = line.data(*PAPER)
    events = line.events()
    again = line.data(*PAPER)
    assert figures(again) == figures(first)
    assert line.events() == events


def test_paper_once_makes_one_decision_a_call_and_arrives_where_one_call_would(
    line: Line, tmp_path: Path
) -> None:
    short = ("paper", *WEEK[:2], "--until", "2024-01-02", *WEEK[4:], *QUIET)
    counts = [line.data(*short, "--once")["decisions"] for _ in range(6)]
    assert counts == [1, 2, 3, 4, 5, 6]
    in_steps = line.data(*short)
    line.verified()
    line.home = tmp_path / "other"
    assert figures(line.data(*short)) == figures(in_steps)


@pytest.mark.parametrize(
    ("flags", "difference"),
    [
        (("--every", "8h"), "every was '4h', now '8h'"),
        (("--cash", "5 USDT"), "cash was '10000 USDT', now '5 USDT'"),
        (("--profile", "bold"), "profile was 'balanced', now 'bold'"),
        (("--decider", "rule:hold"), "decider was 'rule:sma_cross?fast=3&slow=8', now 'rule:hold'"),
        (("--until", "2024-01-09"), "until was '2024-01-08T00:00:00Z', now '2024-01-09T00:00:00Z'"),
        (("--costs", "none"), "costs was"),
        (("--market", "sim?assets=2&seed=8"), "market was"),
    ],
)
def test_other_flags_are_refused_with_the_difference(
    line: Line, flags: tuple[str, ...], difference: str
) -> None:
    assert line(*PAPER, "--once") == 0
    events = line.events()
    error = line.error(*PAPER, *flags, status=2)
    assert difference in error["message"]
    assert "--new" in error["mend"]
    assert line.events() == events


def test_new_begins_again_and_keeps_the_journal(line: Line) -> None:
    first = line.data(*PAPER)
    before = line.events()
    fresh = line.data(*PAPER, "--new")
    assert figures(fresh) == figures(first)
    assert line.events()[: len(before)] == before
    assert len(line.events()) == 2 * len(before)
    other = line.data(*PAPER, "--new", "--cash", "500 USDT")
    assert other["start_equity"] == "500"
    line.verified()


def test_the_report_goes_where_it_is_told_and_the_last_line_names_it(line: Line, tmp_path: Path) -> None:
    path = tmp_path / "deep" / "er" / "mine.html"
    assert line("paper", *WEEK, "--report", str(path)) == 0
    assert line.out.rstrip("\n").splitlines()[-1] == f"report: {path}"
    assert path.is_file()
    assert not (line.home / "runs").exists()
    assert line(*PAPER) == 0
    assert "report: " not in line.out.splitlines()[-1]


def test_halted_before_the_start_means_status_4_and_no_trade_until_resumed(line: Line) -> None:
    assert line.data("halt", "thunder")["halted"] is True
    error = line.error(*PAPER, status=4)
    assert "thunder" in error["message"]
    assert "resume" in error["mend"]
    assert line.events() == []
    assert line.data("resume")["halt_cleared"] is True
    assert line.data(*PAPER)["orders"] > 0


HALT_AT_50 = 'if hour == 50: Path(os.environ["HALT_FILE"]).write_text("{first}\\nsmoke\\n")'


def halting(
    line: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: str, *limits: str
) -> tuple[str, ...]:
    line.home.mkdir()
    monkeypatch.setenv("HALT_FILE", str(line.home / "HALT"))
    long = (*LONG[:-2], *limits) if limits else LONG
    return (*long, *QUIET, "--decider", strategy(tmp_path, HALT_AT_50.format(first=first)))


def test_a_halt_during_a_run_ends_it_with_4_and_nothing_is_sent_after(
    line: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = halting(line, tmp_path, monkeypatch, "hold")
    halted = line.data(*command, status=4)
    assert halted["state"] == "halted"
    assert instant(halted["halted_at"]) == instant("2024-01-03T03:00:00Z")
    assert halted["positions"]
    assert all(at < instant("2024-01-03T02:00:00Z") for at, kind, _ in line.events() if kind == "submitted")
    assert line.error(*command, status=4)["code"] == "halted"
    assert line.data("paper", "status")["state"] == "halted"
    assert line.data("resume")["accounts"] == ["paper"]
    done = line.data(*command)
    assert (done["state"], done["decisions"]) == ("active", 120)
    assert line.kinds().count("resumed") == 1
    line.verified()


def test_halt_flatten_closes_every_position_first(
    line: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = halting(line, tmp_path, monkeypatch, "flatten")
    halted = line.data(*command, status=4)
    assert halted["state"] == "halted"
    assert halted["positions"] == []
    last = [kind for kind in line.kinds() if kind in {"exit", "submitted", "filled", "halted"}][-4:]
    assert last == ["exit", "submitted", "filled", "halted"]
    assert line("resume") == 0
    assert line.data(*command)["state"] == "active"
    line.verified()


def test_a_breaker_halts_with_4_and_only_a_person_lets_the_account_go_on(line: Line, tmp_path: Path) -> None:
    limits = tmp_path / "limits.toml"
    limits.write_text('profile = "none"\nloss = { drawdown_reduce = "0.2", drawdown_halt = "0.2" }\n')
    command = (*LONG[:-2], *QUIET, "--decider", "rule:hold", "--limits", str(limits), "--costs", "taker=0.4")
    halted = line.data(*command, status=4)
    assert halted["state"] == "halted"
    assert instant(halted["halted_at"]) < instant("2024-01-02")
    events = line.events()
    assert line.error(*command, status=4)["mend"]
    assert line.events() == events
    assert line.data("resume", "--account", "paper")["accounts"] == ["paper"]
    done = line.data(*command)
    assert done["state"] == "active"
    assert done["fills"] == halted["fills"]
    line.verified()


def test_paper_status_has_the_contracts_shape(line: Line) -> None:
    assert line.error("paper", "status", status=3)["code"] == "no_data"
    traded = line.data(*PAPER)
    told = line.data("paper", "status")
    assert set(told) >= {
        "account", "running", "pid", "last_beat", "next_decision", "state", "equity", "cash", "positions",
        "open_orders", "pending_approvals",
    }  # fmt: skip
    assert (told["running"], told["pid"], told["state"]) == (False, None, "active")
    assert (told["equity"], told["cash"]) == (traded["final_equity"], traded["cash"])
    assert [one["symbol"] for one in told["positions"]] == [one["symbol"] for one in traded["positions"]]
    instant(told["last_beat"])
    assert line("paper", "status") == 0
    assert "not running" in line.out


def test_a_hanging_process_is_told_by_status_3_in_one_object(line: Line) -> None:
    assert line(*PAPER, "--once") == 0
    lease = Lease(line.home, "paper")
    try:
        assert line.data("paper", "status")["running"] is True
        beat = heartbeat.read(line.home, "paper")
        assert beat is not None
        (line.home / "locks" / "paper.json").write_text(
            json.dumps({**beat, "last_beat": "2024-01-01T00:00:00Z"})
        )
        told = line.envelope("paper", "status", status=3)
        assert told["warnings"][0]["code"] == "heartbeat_old"
        assert line("paper", "status") == 3
        assert "hangs" in line.err
    finally:
        lease.release()


def test_an_account_may_be_named_before_or_after_status_and_stop(line: Line) -> None:
    assert line(*PAPER, "--once", "--account", "mine") == 0
    assert line.data("paper", "--account", "mine", "status") == line.data(
        "paper", "status", "--account", "mine"
    )
    assert "'mine'" in line.error("paper", "--account", "mine", "stop", status=3)["message"]
    assert "'paper'" in line.error("paper", "status", status=3)["message"]


def test_nobody_to_stop_is_status_3(line: Line) -> None:
    assert "no process" in line.error("paper", "stop", status=3)["message"]


def test_a_second_process_on_the_account_is_refused(line: Line) -> None:
    lease = Lease(line.home, "paper")
    try:
        error = line.error(*PAPER, status=2)
        assert error["code"] == "account_busy"
        assert "paper stop" in error["mend"]
        assert not (line.home / "journal.db").exists()
        assert line(*PAPER, "--account", "other", "--once") == 0
    finally:
        lease.release()


def test_a_running_process_is_seen_refuses_a_second_and_stops_when_asked(line: Line) -> None:
    command = ("paper", "--market", "sim?assets=2&grain=15m", "--until", "2026-01-01", *QUIET)
    child = subprocess.Popen(
        [sys.executable, "-m", "agent", "--home", str(line.home), *command, "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        deadline = time.monotonic() + 30
        while not (line.home / "locks" / "paper.json").exists():
            assert child.poll() is None, child.communicate()
            assert time.monotonic() < deadline
            time.sleep(0.02)
        told = line.data("paper", "status")
        assert (told["running"], told["pid"]) == (True, child.pid)
        assert line.error(*command, status=2)["code"] == "account_busy"
        assert line.data("paper", "stop") == {"account": "paper", "pid": child.pid}
        out, err = child.communicate(timeout=30)
    finally:
        child.kill()
        child.wait()
    assert child.returncode == 0, err
    stopped = json.loads(out)["data"]
    assert line.events()[-1][1:2] == ("ended",)
    assert line.events()[-1][2]["reason"] == "stopped"
    assert 0 < stopped["decisions"] < 2 * 365 * 6
    assert line.data("paper", "status")["running"] is False


@pytest.mark.parametrize(("first", "resting"), [("hold", ["stop"]), ("cancel-all", [])])
def test_a_halt_leaves_the_resting_stop_unless_told_to_cancel_it_and_resuming_protects_again(
    line: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: str, resting: list[str]
) -> None:
    limits = tmp_path / "limits.toml"
    limits.write_text('profile = "none"\nexits = { stop_atr = "40" }\n')
    command = halting(line, tmp_path, monkeypatch, first, "--limits", str(limits))
    halted = line.data(*command, status=4)
    assert len(halted["positions"]) == 1
    status = line.data("paper", "status")
    assert [order["type"] for order in status["open_orders"]] == resting
    assert line("resume") == 0
    before = len(line.events())
    assert line.data(*command)["state"] == "active"
    at_once = [
        body["order"]["type"]
        for at, kind, body in line.events()[before:]
        if kind == "approved" and at <= instant("2024-01-03T04:00:00Z")
    ]
    assert at_once == ([] if resting else ["stop"])
    line.verified()
