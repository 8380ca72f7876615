"""A model's reply is used where it is exactly as asked, and otherwise called by what is wrong with it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from langchain_core.messages import AIMessage

from agent.models.reply import (
    ANSWER_BYTES,
    BODY_BYTES,
    TOOL,
    Malformed,
    RawReply,
    Style,
    from_message,
    from_wire,
    proposals_of,
)
from core.decision import Proposal
from core.grades import Horizon
from tests.wire.asking import EVIDENCE, MENU, asked
from tests.wire.malformed import KINDS, STYLES, Kind
from tests.wire.replies import a_proposal, an_answer, answering, completion, good, sent

styles = pytest.mark.parametrize("style", STYLES)


def judged(body: bytes, style: Style) -> tuple[Proposal, ...] | Malformed:
    raw = from_wire(body)
    return raw if isinstance(raw, Malformed) else proposals_of(raw, style, len(MENU), EVIDENCE)


def answered(text: str, style: Style) -> tuple[Proposal, ...] | Malformed:
    return judged(sent(answering(asked(style), text)).body, style)


def one(**changed: Any) -> str:
    return an_answer([a_proposal(asked("text")) | changed])


def reason(judgement: tuple[Proposal, ...] | Malformed) -> str | None:
    return judgement.reason if isinstance(judgement, Malformed) else None


@styles
def test_a_sound_reply_becomes_its_proposals(style: Style) -> None:
    wishes = [a_proposal(asked(style)), a_proposal(asked(style), 1, -0.5)]
    assert judged(good(asked(style), wishes).body, style) == (
        Proposal(0, 0.4, 0.6, Horizon.DAYS, ("e1",), "The trend turns.", "The trend is up."),
        Proposal(1, -0.5, 0.6, Horizon.DAYS, ("e2",), "The trend turns.", "The trend is up."),
    )


@styles
def test_no_proposals_is_a_valid_answer(style: Style) -> None:
    assert answered('{"proposals":[]}', style) == ()


@pytest.mark.parametrize(
    ("style", "kind"), [(style, kind) for kind in KINDS if not kind.wire for style in kind.styles], ids=str
)
def test_a_malformed_reply_is_called_by_what_is_wrong_with_it(style: Style, kind: Kind) -> None:
    judgement = judged(kind.make(asked(style)).body, style)
    assert isinstance(judgement, Malformed)
    assert judgement.reason == kind.reasons[0]
    assert 0 < len(judgement.detail) < 300
    judgement.detail.encode("ascii")


def test_there_are_sixty_kinds_in_every_style() -> None:
    assert len({kind.name for kind in KINDS}) == len(KINDS)
    for style in STYLES:
        assert sum(style in kind.styles and not kind.wire for kind in KINDS) >= 60


@pytest.mark.parametrize(
    ("changed", "inside"),
    [
        ({"stance": 1}, True),
        ({"stance": 1.0001}, False),
        ({"stance": -1.0}, True),
        ({"stance": -1.0001}, False),
        ({"confidence": 0}, True),
        ({"confidence": 1.0}, True),
        ({"confidence": 1.0001}, False),
        ({"thesis": "x" * 500}, True),
        ({"thesis": "x" * 501}, False),
        ({"thesis": ""}, True),
        ({"asset": 1}, True),
        ({"asset": 2}, False),
        ({"asset": -1}, False),
        ({"evidence": [], "stance": 0}, True),
        ({"evidence": [], "stance": 0.001}, False),
        ({"evidence": ["e1", "e2", "e3"]}, True),
        ({"evidence": ["e1", "e4"]}, False),
    ],
)
def test_limits_hold_exactly(changed: dict[str, Any], inside: bool) -> None:
    assert isinstance(answered(one(**changed), "text"), tuple) == inside


def test_an_answer_of_8_kb_is_read_and_one_byte_more_is_not() -> None:
    text = one().ljust(ANSWER_BYTES)
    assert isinstance(answered(text, "text"), tuple)
    assert reason(answered(text + " ", "text")) == "schema"


def test_a_body_of_64_kb_is_read_and_one_byte_more_is_not() -> None:
    body = good(asked("text"), [a_proposal(asked("text"))]).body.ljust(BODY_BYTES)
    assert isinstance(judged(body, "text"), tuple)
    assert reason(judged(body + b" ", "text")) == "schema"


@pytest.mark.parametrize(
    "fence", ["```json\n{}\n```", "```\n{}\n```", "\n```JSON\r\n{}\r\n```\n", "```json\n{}```"]
)
def test_one_code_fence_is_taken_in_text_and_nowhere_else(fence: str) -> None:
    text = fence.replace("{}", one())
    assert isinstance(answered(text, "text"), tuple)
    assert reason(answered(text, "schema")) == "not_json"
    assert reason(answered(text, "tools")) == "not_json"


def test_backticks_and_brackets_inside_a_text_are_only_text() -> None:
    thesis = "```{[[[[" * 20 + '\\" "'
    judgement = answered(f"```json\n{one(thesis=thesis)}\n```", "text")
    assert isinstance(judgement, tuple)
    assert judgement[0].thesis == thesis


def test_letters_of_any_script_are_text() -> None:
    judgement = answered(one(thesis="上昇トレンド 📈"), "schema")
    assert isinstance(judgement, tuple)
    assert judgement[0].thesis == "上昇トレンド 📈"


def test_what_a_server_adds_to_its_envelope_is_passed_over() -> None:
    envelope = completion({"content": one(), "reasoning_content": "…", "annotations": [], "tool_calls": []})
    envelope["choices"][0] |= {"logprobs": {"content": [{"top_logprobs": [{"bytes": [1]}]}]}, "index": 0}
    assert isinstance(judged(sent(envelope | {"system_fingerprint": "x", "error": None}).body, "text"), tuple)


def test_words_beside_the_tool_call_do_not_count() -> None:
    envelope = answering(asked("tools"), one())
    envelope["choices"][0]["message"]["content"] = "I sell everything."
    envelope["choices"][0]["finish_reason"] = "stop"
    assert isinstance(judged(sent(envelope).body, "tools"), tuple)


def test_the_complaint_names_the_field_and_never_repeats_a_value() -> None:
    judgement = answered(one(stance="sk-secret", **{"key-" + "x" * 300: 1}), "text")
    assert isinstance(judgement, Malformed)
    assert judgement.detail == "proposals.0.stance: Input should be a valid number"
    judgement = answered(one(**{"é" + "x" * 300: "sk-secret"}), "text")
    assert isinstance(judgement, Malformed)
    assert judgement.detail.startswith("proposals.0.\\xe9xxx")
    assert "secret" not in judgement.detail
    assert len(judgement.detail) < 150


def a_message(**changed: Any) -> AIMessage:
    call = {"name": TOOL, "args": json.loads(one()), "id": "1", "type": "tool_call"}
    return AIMessage(**{"content": "", "tool_calls": [call], **changed})


def test_a_message_of_this_process_is_read_like_one_from_the_wire() -> None:
    raw = from_message(a_message())
    assert isinstance(raw, RawReply)
    assert proposals_of(raw, "tools", len(MENU), EVIDENCE) == answered(one(), "tools")
    assert from_message(AIMessage(content=one())) == RawReply(one(), (), "stop", None)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"response_metadata": {"finish_reason": "length"}}, "truncated"),
        ({"response_metadata": {"finish_reason": "content_filter"}}, "refusal"),
        ({"additional_kwargs": {"refusal": "no"}}, "refusal"),
        ({"tool_calls": []}, "empty"),
        ({"tool_calls": [], "content": "buy"}, "schema"),
        ({"invalid_tool_calls": [{"name": TOOL, "args": "{", "id": "2", "error": None}]}, "many_calls"),
        (
            {"tool_calls": [], "invalid_tool_calls": [{"name": TOOL, "args": "{", "id": "2", "error": ""}]},
            "truncated",
        ),
        ({"content": [{"type": "text", "text": "x"}]}, "schema"),
        ({"tool_calls": [{"name": TOOL, "args": {"proposals": float("nan")}, "id": "1"}]}, "not_json"),
        ({"tool_calls": [{"name": TOOL, "args": {"proposals": {1}}, "id": "1"}]}, "schema"),
        ({"tool_calls": [{"name": TOOL, "args": {"proposals": "\ud800"}, "id": "1"}]}, "not_json"),
        ({"tool_calls": [{"name": "bash", "args": {}, "id": "1"}]}, "schema"),
    ],
)
def test_a_malformed_message_is_called_by_what_is_wrong_with_it(
    changed: dict[str, Any], expected: str
) -> None:
    raw = from_message(a_message(**changed))
    judgement = raw if isinstance(raw, Malformed) else proposals_of(raw, "tools", len(MENU), EVIDENCE)
    assert reason(judgement) == expected


def test_a_thesis_cannot_command_the_terminal_that_shows_it() -> None:
    (proposal,) = answered(one(thesis="up\x1b[2J\r\nnow"), "text")  # type: ignore[misc]  # it is sound
    assert proposal.thesis == "up\ufffd[2J\ufffd\ufffdnow"
