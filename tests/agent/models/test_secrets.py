"""The key: known to the endpoint alone, and shown to nobody."""

from __future__ import annotations

import copy
import json
import logging
import pickle
import traceback
from pathlib import Path

import pytest

from agent.models.configured import chat_from
from agent.settings import ModelSettings, Secret, model_settings
from core.errors import ModelError
from tests.agent.models.asking import NOON, an_adapter, proposed, settings, together
from tests.wire.openai_server import Script, openai_server
from tests.wire.replies import Reply, said
from tests.wire.scripts import answers, refusing, sound
from tools.clocks import SimulatedClock

CANARY = "sk-canary-3f9a7c21e8"
ECHOES = [
    sound,
    answers(f"your key is {CANARY}"),
    refusing(401, f"Incorrect API key provided: {CANARY}"),
    refusing(500, CANARY),
    lambda _: Reply(f"<html>{CANARY}".encode()),
    lambda _: Reply(raw=f"{CANARY}\r\n\r\n".encode()),
    lambda _: Reply(f'{{"{CANARY}": 1}}'.encode(), headers={"x-echo": CANARY}),
]


@pytest.mark.parametrize("script", ECHOES)
def test_the_key_goes_to_the_endpoint_and_nowhere_else(
    script: Script, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with openai_server(script) as server:
        given = settings(server.url, key=Secret(CANARY), mode="record", deadline_s=2.0)
        adapter = an_adapter(given, tmp_path)
        answer = proposed(adapter)
    assert server.requests[0].headers["authorization"] == f"Bearer {CANARY}"
    shown = [repr(answer), repr(given), repr(adapter._way), repr(vars(adapter)), caplog.text]
    shown += [json.dumps(call.request) + json.dumps(call.response) for call in answer.calls]
    shown += [path.read_text() for path in tmp_path.rglob("*") if path.is_file()]
    assert not [text for text in shown if CANARY in text]


@pytest.mark.parametrize(
    "script", [refusing(401, f"Incorrect API key: {CANARY}"), lambda _: Reply(CANARY.encode())]
)
@pytest.mark.parametrize("streamed", [True, False])
def test_no_error_of_a_conversation_shows_the_key(
    script: Script, tmp_path: Path, caplog: pytest.LogCaptureFixture, *, streamed: bool
) -> None:
    caplog.set_level(logging.DEBUG)

    async def talk() -> None:
        model = chat_from(given, tmp_path, SimulatedClock(NOON))
        assert model is not None
        assert CANARY not in repr(model)
        if streamed:
            assert [chunk async for chunk in model.astream("hello")]
        else:
            await model.ainvoke("hello")

    with openai_server(script) as server:
        given = settings(server.url, key=Secret(CANARY), mode="record")
        with pytest.raises(ModelError) as failed:
            together(talk, an_adapter(given, tmp_path))
    assert CANARY not in "".join(traceback.format_exception(failed.value))
    assert CANARY not in caplog.text
    assert not [path for path in tmp_path.rglob("*.json*") if CANARY in path.read_text()]


def test_without_a_key_no_key_is_sent() -> None:
    with openai_server(sound) as server:
        proposed(an_adapter(settings(server.url)))
    headers = server.requests[0].headers
    assert "authorization" not in headers
    assert not [name for name in headers if name.startswith(("x-stainless", "openai-"))]


def test_a_redirect_does_not_carry_the_key_elsewhere() -> None:
    with openai_server(sound) as elsewhere, openai_server(refusing(307, location="")) as server:
        server.script = refusing(307, location=f"{elsewhere.url}/chat/completions")
        answer = proposed(an_adapter(settings(server.url, key=Secret(CANARY))))
    assert (answer.abstained, elsewhere.requests) == ("http", [])


def test_a_secret_shows_itself_to_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", CANARY)
    read = model_settings()
    assert read.key is not None
    assert read.key.reveal() == CANARY
    assert CANARY not in f"{read} {read!r} {read.key} {read.key!r} {[read.key]}"
    for copied in (pickle.dumps, copy.deepcopy):
        with pytest.raises(TypeError):
            copied(read.key)


def test_answers_pass_unchanged_where_no_key_is_in_them() -> None:
    with openai_server(lambda request: said(request, "sk-other")) as server:
        answer = proposed(an_adapter(settings(server.url, key=Secret(CANARY), output="text")))
    assert "sk-other" in json.dumps(answer.calls[0].response)
    assert ModelSettings().key is None
