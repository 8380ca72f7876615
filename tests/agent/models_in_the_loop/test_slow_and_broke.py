"""A model that is slow, dead, looping or paid out costs its deadline and nothing else: exits and halt go on."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from agent.runtime.halt_switch import HaltSwitch
from tests.agent.cli.trading_line import Line, figures
from tests.agent.models_in_the_loop.model_run import ASKED, MARKET, PAPER, abstentions, decided
from tests.wire.openai_server import Script, openai_server
from tests.wire.replies import Reply, a_proposal, good
from tests.wire.scripts import (
    answers,
    hang,
    in_turn,
    no_view,
    rate_limited,
    refusing,
    slow,
    slow_trickle,
    sound,
    unauthorised,
)

pytestmark = pytest.mark.parts

DEADLINE_S = 0.3
SLACK_S = 1.0
HALF_A_DAY = ("paper", *MARKET, *ASKED, "--until", "2024-01-01T12:00:00Z")


@pytest.mark.parametrize(
    "budget",
    [
        {"TOKENWISE_BUDGET_USD_RUN": "0"},
        {"TOKENWISE_BUDGET_USD_DAY": "0"},
        {"TOKENWISE_BUDGET_USD_DECISION": "0"},
        {"TOKENWISE_BUDGET_TOKENS_DAY": "0"},
    ],
    ids=lambda budget: next(iter(budget)).removeprefix("TOKENWISE_BUDGET_"),
)
def test_without_a_budget_the_run_goes_on_and_the_offline_analyst_decides(
    budget: Mapping[str, str], line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in budget.items():
        monkeypatch.setenv(name, value)
    with openai_server(sound) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        data = line.data(*PAPER)
    assert server.requests == []
    assert [body["decided_by"] for body in decided(line)] == ["offline"] * 12
    assert (data["abstentions"], data["llm"]["calls"], data["state"]) == (0, 0, "active")
    line.verified()


def test_a_budget_that_runs_out_passes_on_to_the_offline_analyst_and_a_playback_has_no_ladder(
    line: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cassettes = ("--cassettes", str(tmp_path / "cassettes"))
    monkeypatch.setenv("TOKENWISE_BUDGET_TOKENS_DAY", "30000")
    with openai_server(lambda request: good(request, [a_proposal(request)], usage=(4_000, 1_000))) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        line.data(*PAPER, "--llm", "record", *cassettes)
    by = [body["decided_by"] for body in decided(line)]
    asked = len(server.asked)
    assert 1 <= asked <= 6
    assert by == ["test-model"] * asked + ["offline"] * (12 - asked)
    line.verified()

    line.home = tmp_path / "again"
    monkeypatch.setenv("TOKENWISE_BUDGET_USD_RUN", "0")  # a playback spends nothing
    line.data(*PAPER, "--llm", "replay", *cassettes)
    assert abstentions(line) == [None] * asked + ["http"] * (12 - asked)
    assert {body["decided_by"] for body in decided(line)} == {"test-model"}
    line.verified()


def flood(request: dict[str, Any]) -> Reply:
    """A model in a loop: the same words until it is cut off."""
    return answers("again and " * 500)(request)


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        (hang, "timeout"),
        (slow(1.0), "timeout"),
        (slow_trickle, "timeout"),
        (flood, "not_json"),
        (unauthorised, "http"),
        (refusing(500), "http"),
        (rate_limited("3600"), "http"),
        (refusing(307, location="http://127.0.0.1:1/v1/chat/completions"), "http"),
    ],
    ids=["hanging", "slow", "trickling", "looping", "401", "500", "429", "redirecting"],
)
def test_a_model_that_fails_costs_no_more_than_the_deadline(
    script: Script, reason: str, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKENWISE_LLM_DEADLINE", str(DEADLINE_S))
    with openai_server(script) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        data = line.data(*HALF_A_DAY)
        assert 1 <= len(server.asked) <= 9
    assert (data["decisions"], data["abstentions"], data["fills"]) == (3, 3, 0)
    # on a machine that is busy elsewhere, a quick failure may be a slow one
    assert set(abstentions(line)) <= {reason, "timeout"}
    assert set(abstentions(line)) == {reason} or reason != "timeout"
    for body in decided(line):
        assert sum(call["latency_s"] for call in body["model"]["calls"]) < DEADLINE_S + SLACK_S
    line.verified()


def test_an_endpoint_that_is_gone_is_left_alone_after_five_failures(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        monkeypatch.setenv("OPENAI_BASE_URL", f"http://127.0.0.1:{taken.getsockname()[1]}/v1")
        patience = 2.0  # a refused connection takes little of it, even on a busy machine
        monkeypatch.setenv("TOKENWISE_LLM_DEADLINE", str(patience))
        began = time.monotonic()
        data = line.data(*PAPER)
    assert time.monotonic() - began < 12 * (patience + SLACK_S)
    assert abstentions(line)[:6] == ["http"] * 5 + ["breaker"]
    assert (data["decisions"], data["fills"], data["state"]) == (12, 0, "active")
    line.verified()


def limits_file(folder: Path, **exits: str) -> str:
    """Limits under which a scripted entry goes whatever the grades say, with *exits*."""
    path = folder / "limits.toml"
    told = ", ".join(f'{name} = "{value}"' for name, value in exits.items())
    text = f'profile = "balanced"\nexits = {{ {told} }}\nrules = {{ horizon = "off" }}\n'
    path.write_text(text, encoding="utf-8")
    return str(path)


@pytest.mark.parametrize(
    ("trigger", "seed", "exits"),
    [
        ("stop", "7", {"stop_atr": "2"}),
        ("target", "8", {"stop_atr": "9", "target_atr": "1"}),
        ("trailing", "8", {"stop_atr": "9", "trailing_atr": "1"}),
        ("time", "8", {"stop_atr": "9", "time": "1d"}),
    ],
)
def test_exits_work_while_the_model_hangs_as_they_would_with_a_silent_one(
    trigger: str,
    seed: str,
    exits: dict[str, str],
    line: Line,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = (
        "paper", "--market", f"sim?assets=2&seed={seed}", "--until", "2024-01-08", "--report", "none", *ASKED,
        "--limits", limits_file(tmp_path, **exits),
    )  # fmt: skip
    lives = []
    for home, then in (("hanging", hang), ("silent", no_view)):
        line.home = tmp_path / home
        monkeypatch.delenv("TOKENWISE_LLM_DEADLINE", raising=False)
        with openai_server(sound) as server:
            monkeypatch.setenv("OPENAI_BASE_URL", server.url)
            assert line.data(*run, "--once")["orders"] == 1
            monkeypatch.setenv("TOKENWISE_LLM_DEADLINE", "0.2" if then is hang else "30")
            server.script = then
            data = line.data(*run)
        line.verified()
        assert (data["decisions"], data["exits"][trigger], data["positions"]) == (42, 1, [])
        fills = [(at, body["fill"]) for at, kind, body in line.events() if kind == "filled"]
        told = ("side", "symbol", "price", "quantity")
        lives.append((figures(data), [(at, *(fill[name] for name in told)) for at, fill in fills]))
        if then is hang:
            assert abstentions(line)[:7] == [None, *["timeout"] * 5, "breaker"]
    assert lives[0] == lives[1]


def thinking_while_halted(home: Path, then: Script) -> Script:
    """A person halts while the model thinks."""

    def script(request: dict[str, Any]) -> Reply:
        HaltSwitch(home).set("a person saw enough")
        return then(request)

    return script


@pytest.mark.parametrize("then", [sound, hang], ids=["and-then-it-buys", "and-it-hangs"])
def test_a_halt_while_the_model_thinks_lets_no_order_out(
    then: Script, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    if then is hang:
        monkeypatch.setenv("TOKENWISE_LLM_DEADLINE", str(DEADLINE_S))
    with openai_server(thinking_while_halted(line.home, then)) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        data = line.data(*PAPER, status=4)
    assert len(server.asked) == 1
    assert (data["state"], data["fills"], data["positions"]) == ("halted", 0, [])
    assert "acknowledged" not in line.kinds()
    assert "halted" in line.kinds()
    line.verified()
    assert line.error(*PAPER, status=4)["message"].startswith("trading is halted")


def test_a_signal_while_the_model_hangs_ends_the_run_and_the_next_one_goes_on(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(request: dict[str, Any]) -> Reply:
        os.kill(os.getpid(), signal.SIGTERM)
        return hang(request)

    monkeypatch.setenv("TOKENWISE_LLM_DEADLINE", "2")
    with openai_server(in_turn(no_view, stopped)) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        cut = line.envelope(*PAPER)
        assert "unfinished" in {warning["code"] for warning in cut["warnings"]}
        assert len(server.asked) == cut["data"]["decisions"] == 2
        server.script = no_view
        monkeypatch.delenv("TOKENWISE_LLM_DEADLINE")
        assert line.data(*PAPER)["decisions"] == 12
    assert abstentions(line) == [None, "timeout", *[None] * 10]
    line.verified()
