"""Whatever the bytes, the reader answers: proposals inside their bounds, or a reason of the contract's."""

from __future__ import annotations

import json
import math
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from agent.models.reply import Malformed, RawReply, Style, from_wire, proposals_of
from core.decision import Proposal
from tests.wire.asking import EVIDENCE, MENU, asked
from tests.wire.malformed import STYLES
from tests.wire.replies import a_proposal, an_answer, answering, completion, sent

REASONS = set(
    "empty truncated refusal not_json schema duplicate_keys many_calls unknown_asset unknown_evidence http".split()
)

constants = st.sampled_from(
    [math.nan, math.inf, -math.inf, True, False, None, 0, 1, -1, 1.0001, 10**30, "e1", "0"]
)
values = st.recursive(
    constants | st.floats() | st.integers() | st.text(st.characters(), max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
fields = st.sampled_from(sorted(a_proposal(asked("text"))))
wishes = st.builds(
    lambda asset, stance, changes: a_proposal(asked("text"), asset, stance) | changes,
    st.integers(-1, 2),
    st.floats(-1.5, 1.5),
    st.dictionaries(fields, values, max_size=2),
)
styles = st.sampled_from(STYLES)


def holds(judgement: tuple[Proposal, ...] | Malformed) -> None:
    if isinstance(judgement, Malformed):
        assert judgement.reason in REASONS
        assert judgement.detail.isascii()
        return
    assert len({proposal.asset for proposal in judgement}) == len(judgement)
    for proposal in judgement:
        assert type(proposal.asset) is int
        assert 0 <= proposal.asset < len(MENU)
        assert -1 <= proposal.stance <= 1
        assert 0 <= proposal.confidence <= 1
        assert set(proposal.evidence) <= set(EVIDENCE)
        assert proposal.evidence or proposal.stance == 0
        assert max(len(proposal.thesis), len(proposal.invalidation)) <= 500
        (proposal.thesis + proposal.invalidation).encode()


def judged(body: bytes, style: Style) -> tuple[Proposal, ...] | Malformed:
    raw = from_wire(body)
    judgement = raw if isinstance(raw, Malformed) else proposals_of(raw, style, len(MENU), EVIDENCE)
    holds(judgement)
    return judgement


@given(st.binary(max_size=400), styles)
@example(b"\xff\xfe", "tools")
@example(b'{"choices":', "tools")
@example(b"[" * 60_000, "text")
def test_arbitrary_bytes_are_never_a_proposal(body: bytes, style: Style) -> None:
    assert isinstance(judged(body, style), Malformed)


@given(st.text(st.characters(), max_size=200), styles)
def test_an_arbitrary_answer_in_a_sound_envelope_is_judged(text: str, style: Style) -> None:
    assert isinstance(judged(sent(answering(asked(style), text)).body, style), Malformed)


@given(values, styles)
def test_an_arbitrary_value_is_judged_as_an_answer_and_as_a_body(value: Any, style: Style) -> None:
    judged(sent(answering(asked(style), json.dumps(value))).body, style)
    judged(json.dumps(value).encode(), style)


@given(st.lists(wishes, max_size=3), styles)
def test_arbitrary_proposals_pass_inside_their_bounds_only(
    proposals: list[dict[str, Any]], style: Style
) -> None:
    judged(sent(answering(asked(style), an_answer(proposals))).body, style)


@given(
    st.dictionaries(st.sampled_from(["content", "tool_calls", "refusal", "role", "function_call"]), values),
    values,
    styles,
)
def test_an_arbitrary_message_is_judged(message: dict[str, Any], finish_reason: Any, style: Style) -> None:
    judged(sent(completion(message, finish_reason)).body, style)


@given(st.data(), styles)
def test_a_mutated_sound_reply_is_judged(data: st.DataObject, style: Style) -> None:
    body = bytearray(sent(answering(asked(style), an_answer([a_proposal(asked(style))]))).body)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(body) - 1))
        length = data.draw(st.integers(0, 12))
        body[at : at + length] = data.draw(
            st.sampled_from([b"", b'"', b"0", b"}", b",", bytes(body[at : at + 40])])
        )
        body = body or bytearray(b"{")
    judged(bytes(body), style)


@given(st.text(st.characters(), max_size=40), st.text(st.characters(), max_size=40), styles)
def test_an_arbitrary_raw_reply_is_judged(content: str, finish_reason: str, style: Style) -> None:
    holds(proposals_of(RawReply(content, ((content, content),), finish_reason, None), style, 2, EVIDENCE))
    holds(proposals_of(RawReply(content, ((content, content),), "stop", None), style, 2, EVIDENCE))
    holds(proposals_of(RawReply(content, (), "stop", None), style, 2, EVIDENCE))
