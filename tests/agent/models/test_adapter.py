"""Asking for a decision: three styles, two repairs, and every failure an abstention with its reason."""

from __future__ import annotations

import asyncio
import json

import pytest

from agent.models.adapter import Asked, Proposed
from agent.models.proposals import Answer
from agent.models.styles import SCHEMA
from agent.settings import Secret
from core.decision import Proposal
from tests.agent.models.asking import ASKED, Analyst, an_adapter, proposed, settings, together
from tests.wire.openai_server import Script, openai_server
from tests.wire.replies import Reply, style_of
from tests.wire.scripts import (
    answers,
    in_turn,
    no_view,
    only_text,
    rate_limited,
    refuses_json_schema,
    refuses_tools,
    refusing,
    sound,
    unauthorised,
    unknown_model,
)

WISH = {
    "asset": 0,
    "stance": 0.4,
    "confidence": 0.6,
    "horizon": "days",
    "evidence": ["e1"],
    "invalidation": "The trend turns.",
    "thesis": "The trend is up.",
}


@pytest.mark.parametrize("output", ["tools", "schema", "text"])
def test_a_model_is_asked_in_the_style_that_is_set(output: str) -> None:
    with openai_server(sound) as server:
        answer = proposed(an_adapter(settings(server.url, output=output)))
    (asked,) = server.asked
    (call,) = answer.calls
    assert style_of(asked) == output == call.style
    assert answer.abstained is None
    assert answer.decided_by == "test-model"
    assert answer.proposals[0].stance == 0.4
    assert (call.outcome, call.tokens_in, call.tokens_out, call.usd) == ("ok", 120, 40, None)
    assert server.requests[0].path == "/v1/chat/completions"
    assert asked["stream"] is False


def test_the_forced_tool_and_the_schema_have_the_names_of_the_contract() -> None:
    with openai_server(sound) as server:
        for output in ("tools", "schema"):
            proposed(an_adapter(settings(server.url, output=output)))
    tools, schema = server.asked
    assert tools["tool_choice"] == {"type": "function", "function": {"name": "submit_decision"}}
    assert [tool["function"]["name"] for tool in tools["tools"]] == ["submit_decision"]
    assert schema["response_format"]["json_schema"]["name"] == "decision"


def test_the_schema_that_is_sent_is_the_shape_that_is_read() -> None:
    read = Answer.model_json_schema()
    wish = SCHEMA["properties"]["proposals"]["items"]
    assert wish["required"] == read["$defs"]["Wish"]["required"] == list(wish["properties"])
    assert Answer.model_validate({"proposals": [WISH]})


@pytest.mark.parametrize(
    ("endpoint", "styles"),
    [
        (sound, ["tools", "tools"]),
        (refuses_tools(), ["tools", "schema", "schema"]),
        (refuses_json_schema(), ["tools", "tools"]),
        (only_text(), ["tools", "schema", "text", "text"]),
    ],
)
def test_auto_is_the_first_style_that_the_endpoint_takes_and_it_is_remembered(
    endpoint: Script, styles: list[str]
) -> None:
    with openai_server(endpoint) as server:
        adapter = an_adapter(settings(server.url))
        answers = [proposed(adapter), proposed(adapter)]
    assert [style_of(asked) for asked in server.asked] == styles
    assert [answer.abstained for answer in answers] == [None, None]


def test_a_style_that_is_set_is_not_left_where_it_is_refused() -> None:
    with openai_server(refuses_tools()) as server:
        answer = proposed(an_adapter(settings(server.url, output="tools")))
    assert (answer.abstained, len(server.asked)) == ("http", 1)


def test_no_view_is_an_answer() -> None:
    with openai_server(no_view) as server:
        assert proposed(an_adapter(settings(server.url))) == Proposed(
            (), None, "test-model", calls=proposed(an_adapter(settings(server.url))).calls
        )


def test_a_bad_answer_goes_back_with_the_complaint_and_its_beginning() -> None:
    with openai_server(in_turn(answers("I would buy."), sound)) as server:
        answer = proposed(an_adapter(settings(server.url, output="text")))
    first, second = server.asked
    assert answer.abstained is None
    assert [call.outcome for call in answer.calls] == ["not_json", "ok"]
    assert second["messages"][:2] == first["messages"]
    repair = second["messages"][2]
    assert repair["role"] == "user"
    assert 'You answered: "I would buy."' in repair["content"]
    assert "is not JSON" in repair["content"]


def test_a_long_bad_answer_is_quoted_short() -> None:
    with openai_server(answers("word " * 1000)) as server:
        proposed(an_adapter(settings(server.url, output="text")))
    assert all(len(json.dumps(asked)) < 2_000 for asked in server.asked)


def test_there_are_two_repairs_and_no_third() -> None:
    with openai_server(answers("nonsense")) as server:
        answer = proposed(an_adapter(settings(server.url, output="text")))
    assert len(server.asked) == 3 == len(answer.calls)
    assert (answer.abstained, answer.decided_by, answer.proposals) == ("not_json", "test-model", ())
    assert "JSON" in answer.detail


def test_what_the_check_complains_of_is_repaired_or_abstained_from() -> None:
    def check(proposals: tuple[Proposal, ...]) -> str | None:
        return "63.2 stands nowhere" if proposals[0].stance == 0.4 else None

    with openai_server(sound) as server:
        answer = proposed(an_adapter(settings(server.url)), check=check)
    assert (answer.abstained, answer.proposals) == ("ungrounded", ())
    assert len(server.asked) == 3
    assert "63.2 stands nowhere" in server.asked[1]["messages"][2]["content"]


def test_an_asset_and_an_evidence_id_must_have_been_shown() -> None:
    with openai_server(answers(json.dumps({"proposals": [WISH | {"asset": 7}]}))) as server:
        assert proposed(an_adapter(settings(server.url))).abstained == "unknown_asset"
        server.script = answers(json.dumps({"proposals": [WISH | {"evidence": ["e9"]}]}))
        assert proposed(an_adapter(settings(server.url))).abstained == "unknown_evidence"


@pytest.mark.parametrize("script", [unauthorised, refusing(403), unknown_model, refusing(302), refusing(418)])
def test_a_refusal_by_the_endpoint_is_not_argued_with(script: Script) -> None:
    with openai_server(script) as server:
        answer = proposed(an_adapter(settings(server.url, output="tools", key=Secret("sk-test-secret"))))
    assert (answer.abstained, len(server.asked)) == ("http", 1)
    assert "HTTP" in answer.detail


@pytest.mark.parametrize("status", [429, 500, 503])
def test_what_may_pass_is_tried_again_after_a_growing_pause(status: int) -> None:
    with openai_server(refusing(status)) as server:
        answer = proposed(an_adapter(settings(server.url)))
        assert (answer.abstained, len(server.asked)) == ("http", 3)
        server.script = in_turn(refusing(status), sound)
        assert proposed(an_adapter(settings(server.url))).abstained is None


def test_a_pause_that_is_longer_than_the_deadline_is_not_waited_for() -> None:
    with openai_server(rate_limited("60")) as server:
        answer = proposed(an_adapter(settings(server.url)))
    assert (answer.abstained, len(server.asked)) == ("http", 1)


@pytest.mark.parametrize(
    "reply",
    [
        Reply(b"<html>Bad gateway</html>"),
        Reply(b""),
        Reply(b"{}" * 40_000),
        Reply(b'{"choices": []}'),
        Reply(b'{"choices": 5}'),
        Reply(b"[" * 5_000),
        Reply(b"\xff\xfe"),
        Reply(cut=0),
        Reply(cut=9),
        Reply(raw=b'HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\n{"choices"'),
        Reply(raw=b"\x00\x01 this is no HTTP\r\n\r\n"),
        Reply(b"not gzip", headers={"content-encoding": "gzip"}),
        Reply(b"{}", headers={"content-encoding": "no-such-thing"}),
    ],
)
def test_whatever_comes_over_the_wire_is_an_abstention(reply: Reply) -> None:
    with openai_server(lambda _: reply) as server:
        answer = proposed(an_adapter(settings(server.url)), ASKED)
    assert answer.abstained in {"http", "empty", "not_json", "schema", "truncated", "many_calls"}
    assert answer.detail
    assert answer.proposals == ()


def test_a_question_that_cannot_be_sent_is_an_abstention() -> None:
    half = Asked("You decide.", "half a pair: \ud800", ("BTC/USDT",), {})
    with openai_server(sound) as server:
        answer = proposed(an_adapter(settings(server.url)), half)
    assert (answer.abstained, server.asked) == ("http", [])


def test_the_quick_model_answers_unless_the_deep_one_is_wanted() -> None:
    with openai_server(sound) as server:
        adapter = an_adapter(settings(server.url, quick_model="test-model-quick"))
        quick, deep = proposed(adapter), proposed(adapter, deep=True)
    assert [asked["model"] for asked in server.asked] == ["test-model-quick", "test-model"]
    assert (quick.decided_by, deep.decided_by) == ("test-model-quick", "test-model")


def test_two_event_loops_in_one_process_can_use_one_adapter() -> None:
    with openai_server(sound) as server:
        adapter = an_adapter(settings(server.url))
        unclosed = [asyncio.run(adapter.propose(ASKED)) for _ in range(2)]
        closed = [proposed(adapter) for _ in range(2)]
    assert {answer.abstained for answer in unclosed + closed} == {None}


def test_many_questions_at_once_do_not_disturb_each_other() -> None:
    async def many() -> list[Proposed]:
        return await asyncio.gather(*(adapter.propose(ASKED) for _ in range(8)))

    with openai_server(sound) as server:
        adapter = an_adapter(settings(server.url))
        assert {answer.abstained for answer in together(many, adapter)} == {None}
    assert len(server.asked) == 8


def test_where_models_are_off_the_offline_analyst_answers() -> None:
    answer = proposed(an_adapter(settings(), mode="off", offline=Analyst()))
    assert (answer.decided_by, answer.abstained, answer.calls) == ("offline", None, ())
    assert answer.proposals[0].stance == 0.2


def test_the_offline_analyst_is_checked_like_a_model() -> None:
    adapter = an_adapter(settings(), mode="off", offline=Analyst())
    answer = proposed(adapter, check=lambda _: "no such number")
    assert (answer.decided_by, answer.abstained, answer.proposals) == ("offline", "ungrounded", ())
    assert proposed(an_adapter(settings(), mode="off", offline=Analyst(stance=7.0))).abstained == "schema"


def test_where_models_are_off_and_nobody_else_is_there_it_abstains() -> None:
    answer = proposed(an_adapter(settings(), mode="off"))
    assert (answer.abstained, answer.decided_by) == ("http", "none")
