"""``ask`` and ``chat`` on the command line: exits, shapes, the store, the simulated market, a model."""

from __future__ import annotations

import asyncio
import io
import json
import signal
import sys
import time
from pathlib import Path

import polars as pl
import pytest

from core.instant import instant
from tests.agent.cli.trading_line import PAPER, Line
from tests.tools.ask.worlds import bars_of, walk
from tests.wire.openai_server import openai_server
from tests.wire.replies import called, said
from tests.wire.scripts import hang, unauthorised

SIM = ("--market", "sim")
START = instant("2024-01-01")
AS_OF = ("--as-of", "2024-02-10T01:00:00Z")


@pytest.fixture
def line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Line:
    return Line(tmp_path / "home", capsys)


@pytest.fixture
def store(line: Line, tmp_path: Path) -> Line:
    """A home that knows forty days of bitcoin and of Sui."""
    for number, (asset, base, price) in enumerate((("bitcoin", "BTC", 40_000.0), ("sui", "SUI", 4.0))):
        bars = bars_of(f"{base}/USDT", walk(40 * 24, number, price), START)
        names = ("open", "high", "low", "close", "volume")
        rows = {"ts": bars.opened_at, **{name: getattr(bars, name) for name in names}}
        file = tmp_path / f"{base}.parquet"
        pl.DataFrame(rows).write_parquet(file)
        words = ("--kind", "ohlcv", "--asset", asset, "--symbol", f"{base}/USDT", "--interval", "1h")
        assert line("data", "import", str(file), *words, "--venue", "binance", "--source", "test") == 0, (
            line.err
        )
    return line


def typed(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{one}\n" for one in lines)))


def test_a_price_of_the_store_is_told_with_its_age(store: Line) -> None:
    assert store("ask", "What is SUI worth?", *AS_OF) == 0
    assert "**SUI** is at" in store.out
    assert "2024-02-10 00:00 UTC (1 hour old)" in store.out
    assert "SIMULATED" not in store.out


def test_the_data_is_the_contracts(store: Line) -> None:
    told = store.envelope("ask", "Is SUI a buy this week?", *AS_OF, "--thread", "mine")
    assert (told["schema"], told["as_of"], told["simulated"]) == (
        "tokenwise.ask.v1",
        "2024-02-10T01:00:00Z",
        False,
    )
    assert set(told["data"]) >= {
        "question", "thread", "answer", "horizons", "evidence", "claims", "dropped", "missing", "asked_back",
        "proposal", "tools", "decided_by", "cost",
    }  # fmt: skip
    assert told["data"]["thread"] == "mine"
    for one in told["data"]["evidence"]:
        assert list(one) == ["id", "tool", "asset", "metric", "value", "unit", "as_of", "known_at", "source"]
        assert one["known_at"] <= told["as_of"]


def test_the_end_of_the_store_answers_a_replay_and_not_the_present(store: Line) -> None:
    assert "SUI** is at" in store.data("ask", "What is SUI worth?", "--market", "replay")["answer"]
    stale = store.envelope("ask", "What is SUI worth?")
    assert "I don't know the price of SUI: the newest data are too old" in stale["data"]["answer"]
    assert {"what": "price", "why": "stale"} in stale["data"]["missing"]
    assert stale["warnings"][0]["code"] == "stale"
    assert stale["data"]["dropped"] == 0


def test_the_simulated_market_says_that_it_is(line: Line) -> None:
    assert line("ask", "What is NOVA worth?", *SIM) == 0
    assert "SIMULATED market" in line.out
    assert line.envelope("ask", "What is NOVA worth?", *SIM)["simulated"] is True


def test_a_real_asset_is_never_answered_from_the_simulated_market(line: Line) -> None:
    assert line.data("ask", "What is BTC worth?", *SIM, status=3)["asked_back"]["why"] == "unknown_asset"
    assert line.data("ask", "What is BTC worth?", status=3)["evidence"] == []


def test_an_unknown_asset_is_a_question_back(store: Line) -> None:
    told = store.data("ask", "What is BITCON worth?", *AS_OF, status=3)
    assert told["asked_back"]["candidates"] == ["bitcoin"]
    assert store("ask", "What is BITCON worth?", *AS_OF) == 3
    assert "Candidates: bitcoin" in store.out


@pytest.mark.parametrize("question", ["", "  ", "x" * 4001])
def test_an_empty_or_a_huge_question_is_refused_in_a_sentence(line: Line, question: str) -> None:
    assert "question" in line.error("ask", question, status=2)["message"]
    assert not (line.home / "threads.db").exists()


@pytest.mark.parametrize(
    "words",
    [
        ("--decider", "rule:hold"),
        ("--decider", "llm?x=1"),
        ("--decider", "llm"),
        ("--thread", "../x"),
        ("--as-of", "soon"),
        ("--market", "moon"),
        ("--as-of", "2999-01-01"),
    ],
)
def test_what_cannot_be_used_is_refused_in_a_sentence(line: Line, words: tuple[str, ...]) -> None:
    line.error("ask", "What is BTC worth?", *words, status=2)


def test_evidence_is_shown_on_request(line: Line) -> None:
    assert line("ask", "What is NOVA worth?", *SIM, "--show-evidence") == 0
    assert "change_24h" in line.out
    assert line("ask", "What is NOVA worth?", *SIM) == 0
    assert "change_24h" not in line.out


def test_a_thread_goes_on_in_another_process(line: Line) -> None:
    first = line.data("ask", "What are the levels of NOVA?", *SIM)
    again = line.data("ask", "and KORVA?", *SIM, "--thread", first["thread"])
    assert "Levels of KORVA" in again["answer"]
    other = line.data("ask", "and KORVA?", *SIM)
    assert other["thread"] != first["thread"]
    assert "Views of KORVA" in other["answer"]


def test_the_account_that_traded_is_asked_in_its_own_market(line: Line) -> None:
    assert line(*PAPER) == 0
    held = line.envelope("ask", "What do I hold?")
    assert held["simulated"] is True
    equity = next(one["value"] for one in held["data"]["evidence"] if one["metric"] == "equity")
    assert line.data("paper", "status")["equity"].startswith(equity[:6])
    why = line.data("ask", "Why did you do that?")
    assert "From the journal" in why["answer"]
    assert why["dropped"] == 0
    assert "balanced" in line.data("ask", "What are your limits?")["answer"]


def reply(request):  # type: ignore[no-untyped-def]
    if any(message["role"] == "tool" for message in request["messages"]):
        return said(request, "I looked at NOVA.\n\nIt is neither cheap nor dear.")
    return called(request, ("get_price", {"asset": "NOVA"}))


def test_a_configured_model_answers_and_its_cost_is_told(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    with openai_server(reply) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        monkeypatch.setenv("TOKENWISE_MODEL", "test-model")
        assert line("ask", "What is NOVA worth?", *SIM) == 0
        assert "I looked at NOVA.\n\nIt is neither cheap nor dear.\n" in line.out
        told = line.data("ask", "What is NOVA worth?", *SIM, "--decider", "llm:other")
        assert told["decided_by"] == "other"
        assert told["cost"]["calls"] == 2
        assert server.asked[-1]["model"] == "other"
        assert (
            line.data("ask", "What is NOVA worth?", *SIM, "--decider", "offline")["decided_by"] == "offline"
        )


def test_a_recorded_answer_is_had_again_without_a_server(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKENWISE_MODEL", "test-model")
    words = ("ask", "What is NOVA worth?", *SIM, "--decider", "llm")
    with openai_server(reply) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        monkeypatch.setenv("TOKENWISE_LLM", "record")
        first = line.data(*words)
    monkeypatch.delenv("OPENAI_BASE_URL")
    monkeypatch.setenv("TOKENWISE_LLM", "replay")
    again = line.data(*words)
    assert first["cost"]["calls"] == again["cost"]["calls"] == 2
    for name in ("answer", "claims", "evidence", "horizons", "dropped", "decided_by", "cost"):
        assert first[name] == again[name]


@pytest.mark.parametrize("script", [hang, unauthorised], ids=["dead", "key refused"])
@pytest.mark.parametrize("command", ["ask", "chat"])
def test_a_model_that_does_not_answer_is_exit_5_within_the_deadline(
    line: Line,
    monkeypatch: pytest.MonkeyPatch,
    script,
    command: str,  # type: ignore[no-untyped-def]
) -> None:
    with openai_server(script) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        monkeypatch.setenv("TOKENWISE_MODEL", "test-model")
        monkeypatch.setenv("TOKENWISE_LLM_DEADLINE", "0.5")
        began = time.monotonic()
        line.error(command, "What is NOVA worth?", *SIM, status=5)
        assert time.monotonic() - began < 5


def test_a_server_that_is_not_there_is_exit_5(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("TOKENWISE_MODEL", "test-model")
    line.error("ask", "What is NOVA worth?", *SIM, status=5)


def test_a_spent_budget_is_exit_5(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    with openai_server(reply) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        monkeypatch.setenv("TOKENWISE_MODEL", "test-model")
        monkeypatch.setenv("TOKENWISE_BUDGET_USD_DAY", "0")
        assert line.error("ask", "What is NOVA worth?", *SIM, status=5)["code"] == "budget"
        assert server.asked == []


def test_switched_off_models_are_exit_5_only_where_one_is_wanted(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    monkeypatch.setenv("TOKENWISE_LLM", "off")
    assert line("ask", "What is NOVA worth?", *SIM) == 0
    line.error("ask", "What is NOVA worth?", *SIM, "--decider", "llm", status=5)


def test_an_interrupted_question_is_130_and_an_interrupted_chat_ends_cleanly(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    from agent.graph.conversation import nodes

    async def interrupted(*_: object) -> None:
        signal.raise_signal(signal.SIGINT)
        await asyncio.sleep(60)

    monkeypatch.setattr(nodes, "begin", interrupted)
    assert line("ask", "hello", *SIM) == 130
    typed(monkeypatch, "hello")
    assert line("chat", *SIM) == 0


def test_a_piped_chat_answers_line_by_line(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    typed(monkeypatch, "What is NOVA worth?", "", "x" * 5000, "and KORVA?", "/quit", "never asked")
    assert line("chat", *SIM) == 0
    assert line.out.index("**NOVA** is at") < line.out.index("**KORVA** is at")
    assert "never asked" not in line.out
    assert "error: the question has 5000 characters" in line.err


def test_a_piped_chat_with_json_is_one_object_at_its_end(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    typed(monkeypatch, "What is NOVA worth?", "and KORVA?")
    told = line.data("chat", *SIM, "--thread", "mine")
    assert told["thread"] == "mine"
    assert ["NOVA" in told["answers"][0]["answer"], "KORVA" in told["answers"][1]["answer"]] == [True, True]


def test_a_question_on_chats_line_is_asked_once(line: Line) -> None:
    assert "NOVA" in line.data("chat", "What is NOVA worth?", *SIM)["answer"]
    assert line.data("chat", "What is BTC worth?", *SIM, status=3)["asked_back"]


def test_every_part_of_the_day_before_is_the_same_whatever_came_after(store: Line) -> None:
    """Two questions as of the same past instant have the same answer, now and after more data came."""
    before = store.data("ask", "Is SUI a buy?", "--as-of", "2024-02-01", "--thread", "a")
    again = store.data("ask", "Is SUI a buy?", "--as-of", "2024-02-01", "--thread", "b")
    assert json.dumps(before["evidence"]) == json.dumps(again["evidence"])
    assert before["answer"] == again["answer"]
    assert max(one["as_of"] for one in before["evidence"]) <= "2024-02-01T00:00:00Z"
