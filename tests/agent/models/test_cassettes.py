"""Cassettes: what was asked and answered once can be had again, with nobody there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from agent.models.adapter import Asked, Proposed
from agent.models.cassettes import FILE, Playback, Recording, key_of
from agent.models.heard import Heard, form, heard_from
from agent.models.strict_json import parse
from core.canonical import canonical, digest
from core.errors import UsageError
from core.instant import Instant
from core.ports import Clock
from tests.agent.models.asking import ASKED, NOON, an_adapter, proposed, settings
from tests.wire.openai_server import Script, openai_server
from tests.wire.replies import Reply
from tests.wire.scripts import (
    answers,
    hang,
    in_turn,
    only_text,
    proposing,
    refuses_tools,
    refusing,
    slow,
    sound,
)
from tools.clocks import SimulatedClock, SystemClock

BODIES = [
    b'{"choices": [], "usage": null}',
    b'{"a": 1, "a": 2}',
    b'{"a": NaN}',
    b'{"text": "\\ud800"}',
    b'{"status": 200, "text": "no form of ours"}',
    b'{"failed": "timeout"}',
    b"[]",
    b"",
    b"\xff\x00",
    b"<html>",
    "half a sentence …".encode(),
]


def recorded_and_played(
    folder: Path, script: Script, *questions: Asked, clock: Clock | None = None, **changes: Any
) -> list[Proposed]:
    """Records, shuts the server, plays; asserts that nobody could tell the difference."""
    with openai_server(script) as server:
        given = settings(server.url, cassettes=folder, mode="record", **changes)
        adapter = an_adapter(given, clock=clock or SimulatedClock(NOON))
        before = [proposed(adapter, asked) for asked in questions]
    played = an_adapter(settings(None, cassettes=folder, mode="replay", **changes))
    after = [proposed(played, asked) for asked in questions]
    assert before == after
    return after


def lines(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / FILE).read_text().splitlines()]


@pytest.mark.parametrize("output", ["auto", "tools", "schema", "text"])
@pytest.mark.parametrize(
    "script",
    [
        sound,
        only_text(),
        refuses_tools(),
        answers("nonsense"),
        refusing(401),
        in_turn(answers("nonsense"), sound),
        in_turn(refusing(429, retry_after="0"), sound),
        lambda _: Reply(b"\xff\xfe"),
        lambda _: Reply(b'{"a": 1, "a": 2}'),
        lambda _: Reply(cut=0),
    ],
    ids=["sound", "text", "schema", "nonsense", "401", "repair", "429", "bytes", "keys", "dropped"],
)
def test_a_recorded_decision_is_had_again_without_the_server(
    tmp_path: Path, script: Script, output: str
) -> None:
    recorded_and_played(tmp_path, script, ASKED, output=output, deadline_s=2.0)


def test_a_timeout_is_had_again_at_once_with_the_time_that_it_took(tmp_path: Path) -> None:
    (answer,) = recorded_and_played(tmp_path, hang, ASKED, clock=SystemClock(), deadline_s=0.3)
    assert answer.abstained == "timeout"
    assert answer.calls[0].latency_s > 0.05


def test_an_endpoint_that_gave_up_under_its_deadline_is_had_again(tmp_path: Path) -> None:
    (answer,) = recorded_and_played(tmp_path, refusing(429, retry_after="60"), ASKED)
    assert (answer.abstained, len(answer.calls)) == ("http", 1)


def test_a_replayed_answer_carries_its_recorded_latency(tmp_path: Path) -> None:
    (answer,) = recorded_and_played(tmp_path, slow(0.1), ASKED, clock=SystemClock())
    assert 0.1 <= answer.calls[0].latency_s < 2
    assert lines(tmp_path)[0]["latency_s"] == answer.calls[0].latency_s


def test_the_same_question_asked_again_in_a_run_has_its_own_answer(tmp_path: Path) -> None:
    wishes = [{"asset": 0, "stance": s, "confidence": 0.5, "horizon": "days"} for s in (0.1, 0.2, 0.3)]
    texts = {"evidence": ["e1"], "invalidation": "It falls.", "thesis": "It rises."}
    script = in_turn(*(proposing(wish | texts) for wish in wishes))
    played = recorded_and_played(tmp_path, script, ASKED, ASKED, ASKED)
    assert [answer.proposals[0].stance for answer in played] == [0.1, 0.2, 0.3]
    again = an_adapter(settings(None, cassettes=tmp_path, mode="replay"))
    assert [proposed(again).proposals[0].stance for _ in range(5)] == [0.1, 0.2, 0.3, 0.3, 0.3]


def test_a_later_recording_wins_over_an_earlier_one(tmp_path: Path) -> None:
    recorded_and_played(tmp_path, refusing(500), ASKED, deadline_s=0.2)
    (answer,) = recorded_and_played(tmp_path, sound, ASKED, clock=SimulatedClock(Instant(NOON + 60_000)))
    assert answer.abstained is None


def test_a_question_that_was_never_recorded_is_an_abstention_that_says_so(tmp_path: Path) -> None:
    recorded_and_played(tmp_path, sound, ASKED)
    other = Asked("You decide.", "Another market.", ("BTC/USDT",), {})
    answer = proposed(an_adapter(settings(None, cassettes=tmp_path, mode="replay")), other)
    assert answer.abstained == "http"
    assert "no cassette holds this question" in answer.detail


def test_a_line_is_what_the_contract_says(tmp_path: Path) -> None:
    (answer,) = recorded_and_played(tmp_path, sound, ASKED)
    (line,) = lines(tmp_path)
    assert line["key"] == digest(line["request"]) == answer.calls[0].key
    assert line["request"]["messages"][0] == {"role": "system", "content": "You decide."}
    assert line["response"]["choices"][0]["finish_reason"] == "tool_calls"
    text = (tmp_path / FILE).read_text()
    assert "127.0.0.1" not in text
    assert "authorization" not in text.lower()


def test_a_line_that_was_written_by_hand_plays(tmp_path: Path) -> None:
    with openai_server(sound) as server:
        proposed(an_adapter(settings(server.url, output="text")))
    (request,) = server.asked
    message = {"role": "assistant", "content": '{"proposals":[]}'}
    response = {"choices": [{"index": 0, "finish_reason": "stop", "message": message}]}
    line = {"key": digest(request), "request": request, "response": response, "latency_s": 1.2}
    (tmp_path / "mine.jsonl").write_text(json.dumps(line) + "\n")
    answer = proposed(an_adapter(settings(None, cassettes=tmp_path, mode="replay")))
    assert (answer.abstained, answer.proposals, answer.calls[0].latency_s) == (None, (), 1.2)


@pytest.mark.parametrize("latency", ["NaN", "Infinity", "-Infinity", "-0.5", "86401", "1" + "0" * 400])
def test_an_answer_that_took_an_impossible_time_is_no_answer(tmp_path: Path, latency: str) -> None:
    with openai_server(sound) as server:
        proposed(an_adapter(settings(server.url, cassettes=tmp_path, mode="record")))
    (line,) = lines(tmp_path)
    text = json.dumps({**line, "latency_s": "HERE"}).replace('"HERE"', latency)
    (tmp_path / FILE).write_text(f"{text}\n")
    answer = proposed(an_adapter(settings(None, cassettes=tmp_path, mode="replay")))
    assert (answer.abstained, answer.proposals) == ("http", ())
    assert "a cassette says that this answer took" in answer.detail
    assert [call.latency_s for call in answer.calls] == [0.0]


@pytest.mark.parametrize("body", BODIES)
def test_every_body_survives_its_form(body: bytes) -> None:
    response = form(Heard(200, body))
    canonical(response)
    read = heard_from(json.loads(json.dumps(response)), json.dumps(response).encode(), 0.0, None)
    if read.body != body:
        assert parse(read.body, name="it", largest=999) == parse(body, name="it", largest=999)
    assert (read.status, read.failed) == (200, None)
    assert form(read) == response


@pytest.mark.parametrize(
    "heard", [Heard(429, b"slow down"), Heard(500, b"\xff"), Heard(0, b"", "timeout", "late")]
)
def test_every_failure_survives_its_form(heard: Heard) -> None:
    assert heard_from(form(heard), b"", 0.0, None) == heard


def test_a_line_that_a_death_cut_is_passed_over_and_spoils_no_other(tmp_path: Path) -> None:
    recording = Recording(tmp_path, NOON)
    recording.write("k1", {"a": 1}, Heard(200, b"{}"))
    with (tmp_path / FILE).open("a") as file:
        file.write('{"key": "k2", "requ')
    assert Playback(tmp_path).answer("k1") is not None


def test_recording_goes_on_after_a_line_that_a_death_cut(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text('{"key": "k2", "requ')
    Recording(tmp_path, NOON).write("k1", {"a": 1}, Heard(200, b"{}"))
    assert Playback(tmp_path).answer("k1") is not None


@pytest.mark.parametrize(
    "line",
    [
        "nonsense",
        "[]",
        "{}",
        '{"key": "k", "response": 1, "latency_s": 1}',
        '{"key": "k", "request": {}, "response": {}, "latency_s": 0, "at": Infinity}',
    ],
)
def test_a_line_that_is_none_is_named(tmp_path: Path, line: str) -> None:
    good = '{"key": "k", "request": {}, "response": {}, "latency_s": 0}'
    (tmp_path / "a.jsonl").write_text(f"{good}\n{line}\n{good}\n")
    with pytest.raises(UsageError, match="line 2 of"):
        Playback(tmp_path)


def test_a_folder_without_cassettes_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no cassette"):
        Playback(tmp_path / "nowhere")


def test_the_key_of_a_question_does_not_depend_on_the_order_of_its_parts() -> None:
    assert key_of({"model": "m", "messages": []}) == key_of({"messages": [], "model": "m"})


def test_a_disk_that_cannot_record_is_our_fault_and_not_the_models(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    with openai_server(sound) as server:
        adapter = an_adapter(settings(server.url, cassettes=tmp_path, mode="record"))
        with pytest.raises(IsADirectoryError):
            proposed(adapter)
