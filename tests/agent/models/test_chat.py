"""The model of a conversation: streamed, inside its deadline and budget, recorded and played back."""

from __future__ import annotations

import asyncio
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage

from agent.models.call import Call
from agent.models.configured import chat_from
from agent.models.deadline import episode
from agent.settings import ModelSettings
from core.errors import ModelError
from tests.agent.models.asking import NOON, settings
from tests.wire.openai_server import Script, openai_server
from tests.wire.replies import Reply, called, said
from tests.wire.scripts import hang, refusing
from tools.clocks import SimulatedClock, SystemClock

TOOL = {
    "type": "function",
    "function": {"name": "get_price", "description": "A price.", "parameters": {"type": "object"}},
}


def spoken(request: dict[str, Any]) -> Reply:
    return said(request, "SUI trades at 4.06 USDT.")


def calling(request: dict[str, Any]) -> Reply:
    return called(request, ("get_price", {"asset": "sui"}))


def talk(given: ModelSettings, home: Path, *, streamed: bool, calls: list[Call] | None = None) -> BaseMessage:
    async def run() -> BaseMessage:
        told = [] if calls is None else calls
        made = chat_from(given, home, SystemClock(), on_call=told.append)
        assert made is not None
        model = made.bind_tools([TOOL])
        if not streamed:
            return await model.ainvoke("What is SUI at?")
        whole: AIMessageChunk | None = None
        async for chunk in model.astream("What is SUI at?"):
            assert isinstance(chunk, AIMessageChunk)
            whole = chunk if whole is None else whole + chunk
        assert whole is not None
        return whole

    return asyncio.run(run())


def essence(message: BaseMessage) -> tuple[Any, ...]:
    assert isinstance(message, AIMessage)
    tools = [(call["name"], call["args"]) for call in message.tool_calls]
    return message.content, tools, message.usage_metadata and message.usage_metadata["total_tokens"]


@pytest.mark.parametrize("streamed", [True, False])
@pytest.mark.parametrize("script", [spoken, calling])
def test_an_answer_comes_with_its_tokens_and_is_had_again_from_the_cassette(
    script: Script, tmp_path: Path, *, streamed: bool
) -> None:
    before: list[Call] = []
    after: list[Call] = []
    with openai_server(script) as server:
        first = talk(settings(server.url, mode="record"), tmp_path, streamed=streamed, calls=before)
    again = talk(settings(None, mode="replay"), tmp_path, streamed=streamed, calls=after)
    assert essence(first) == essence(again)
    assert essence(first)[2] == 160
    assert before == after
    assert [(call.outcome, call.tokens_in, call.tokens_out) for call in before] == [("ok", 120, 40)]
    assert server.requests[0].path == "/v1/chat/completions"


@pytest.mark.parametrize("streamed", [True, False])
@pytest.mark.parametrize(
    ("script", "message"),
    [
        (refusing(401), "refused the key"),
        (refusing(404), "does not know the model"),
        (refusing(429), "limits the rate"),
        (refusing(500), "HTTP 500"),
        (lambda _: Reply(cut=0), "connection failed"),
        (hang, "no answer within the deadline"),
        (lambda _: Reply(b"data: {]\n\n" * 3, headers={"content-type": "text/event-stream"}), "cannot be"),
        (lambda _: Reply(b"data: [1]\n\n", headers={"content-type": "text/event-stream"}), "cannot be"),
        (lambda request: Reply(spoken(request).body, piece=9, pause=0.05), "no answer within the deadline"),
    ],
)
def test_whatever_goes_wrong_is_one_sentence_and_a_mend(
    script: Script, message: str, tmp_path: Path, *, streamed: bool
) -> None:
    began = time.monotonic()
    with openai_server(script) as server, pytest.raises(ModelError, match=message) as failed:
        talk(settings(server.url, deadline_s=0.4), tmp_path, streamed=streamed)
    assert failed.value.mend
    assert failed.value.exit_status == 5
    assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"<html>", b'{"choices": []}', b'{"choices": [{"message": 3}]}']
)
def test_an_answer_that_is_no_completion_is_said_to_be_none(body: bytes, tmp_path: Path) -> None:
    with openai_server(lambda _: Reply(body)) as server, pytest.raises(ModelError, match="cannot be used"):
        talk(settings(server.url), tmp_path, streamed=False)


@pytest.mark.parametrize("streamed", [True, False])
def test_a_spent_budget_asks_nobody(tmp_path: Path, *, streamed: bool) -> None:
    with openai_server(spoken) as server, pytest.raises(ModelError, match="budget") as refused:
        talk(settings(server.url, usd_day=Decimal(0)), tmp_path, streamed=streamed)
    assert (server.requests, refused.value.code) == ([], "budget")


def test_a_stream_is_settled_at_what_it_took(tmp_path: Path) -> None:
    with openai_server(spoken) as server:
        talk(settings(server.url), tmp_path, streamed=True)
    assert '"tokens": 160' in (tmp_path / "spend.json").read_text()


def test_a_question_that_no_cassette_holds_says_so(tmp_path: Path) -> None:
    with openai_server(spoken) as server:
        talk(settings(server.url, mode="record"), tmp_path, streamed=True)
    with pytest.raises(ModelError, match="no cassette holds this question"):
        talk(settings(None, mode="replay"), tmp_path, streamed=False)


def test_the_calls_of_one_answer_share_its_deadline(tmp_path: Path) -> None:
    async def run() -> float:
        model = chat_from(settings(server.url, deadline_s=60.0), tmp_path, SimulatedClock(NOON))
        assert model is not None
        began = time.monotonic()
        with episode(0.3), pytest.raises(ModelError, match="deadline"):
            await model.ainvoke("hello")
        return time.monotonic() - began

    with openai_server(hang) as server:
        assert asyncio.run(run()) < 1.5


def test_who_stops_reading_a_stream_leaves_nothing_open(tmp_path: Path) -> None:
    async def run() -> None:
        model = chat_from(settings(server.url), tmp_path, SimulatedClock(NOON), on_call=calls.append)
        assert model is not None
        stream = model.astream("hello")
        async for _ in stream:
            break
        await stream.aclose()  # type: ignore[attr-defined]

    calls: list[Call] = []
    with openai_server(
        lambda request: Reply(
            spoken(request).body, headers={"content-type": "text/event-stream"}, piece=60, pause=0.02
        )
    ) as server:
        asyncio.run(run())
    assert len(calls) == 1
