"""What comes after the question changes no byte of any answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.instant import HOUR, MINUTE, instant
from tests.tools.ask import facts_by_hand
from tests.tools.ask.worlds import (
    DAYS,
    FACTS,
    LATE_DAYS,
    QUESTIONS,
    START,
    context_at,
    decided,
    paths,
    records,
    replies,
    spoiled,
)
from tools.ask import AskContext, ask, tools

SERIES = paths()


def told(context: AskContext) -> bytes:
    texts = {
        question: [
            reply.data,
            [asdict(one) for one in reply.evidence],
            [asdict(one) for one in reply.missing],
        ]
        for question, reply in replies(context).items()
    }
    return json.dumps(texts, allow_nan=False).encode()


def test_the_questions_cover_every_answer() -> None:
    assert {name for name, _ in QUESTIONS} == set(tools())


@settings(max_examples=25)
@given(minutes=st.integers(0, DAYS * 24 * 60), seed=st.integers(0, 2**16))
@example(minutes=0, seed=1)
@example(minutes=(LATE_DAYS * 24 + 3) * 60 + 17, seed=2)
@example(minutes=35 * 24 * 60, seed=3)
def test_garbage_after_the_question_changes_no_byte_of_any_answer(minutes: int, seed: int) -> None:
    now = START + minutes * MINUTE
    clean = context_at(SERIES, now)
    false = facts_by_hand.spoiled(FACTS, now, seed).facts()
    garbage = context_at(spoiled(SERIES, now, seed), now, facts=false)
    assert told(clean) == told(garbage)


@settings(max_examples=25)
@given(minutes=st.integers(0, DAYS * 24 * 60))
def test_no_evidence_was_known_after_the_question(minutes: int) -> None:
    now = START + minutes * MINUTE
    for question, reply in replies(context_at(SERIES, now)).items():
        for one in reply.evidence:
            assert one.as_of <= one.known_at <= now, (question, one)


def test_garbage_among_facts_before_the_question_is_noticed() -> None:
    now = START + 35 * 24 * HOUR
    false = facts_by_hand.spoiled(FACTS, now - 5 * 24 * HOUR, 1).facts()
    assert told(context_at(SERIES, now)) != told(context_at(SERIES, now, facts=false))


@settings(max_examples=25)
@given(minutes=st.integers(0, DAYS * 24 * 60))
def test_no_moment_that_an_answer_tells_was_known_after_the_question(minutes: int) -> None:
    """Not in the evidence only: whatever is called ``known_at``, ``published`` or ``as_of`` in the data."""
    now = START + minutes * MINUTE
    for question, reply in replies(context_at(SERIES, now)).items():
        for name, moment in moments(reply.data):
            assert instant(moment) <= now, (question, name)


def moments(data: Any) -> Iterator[tuple[str, str]]:
    if isinstance(data, dict):
        for name, value in data.items():
            if name in {"known_at", "published", "as_of", "high_at"} and value is not None:
                yield name, value
            yield from moments(value)
    elif isinstance(data, list):
        for one in data:
            yield from moments(one)


def test_garbage_before_the_question_is_noticed() -> None:
    """The comparison above bites: the same garbage one candle earlier changes the answers."""
    now = START + 35 * 24 * HOUR
    assert told(context_at(SERIES, now)) != told(context_at(spoiled(SERIES, now - 5 * HOUR, 1), now))


@pytest.mark.parametrize("hours", [3, 4, 11, 12, 100])
def test_a_decision_made_later_is_not_told(hours: int) -> None:
    context = context_at(SERIES, START + hours * HOUR)
    reply = ask("get_decisions", {"count": 50}, context)
    later = ask(
        "get_decisions",
        {"count": 50},
        context_at(SERIES, START + hours * HOUR, records=records((200, decided(3)))),
    )
    assert reply == later
    assert len(reply.data["decisions"]) == sum(at <= hours for at in (4, 8, 12, 16))
