"""What deciding came to is counted from the decisions themselves."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from agent.report.history import DecisionStory, History
from agent.report.thinking import restated_facts, thinking
from core.instant import Instant
from core.portfolio import Portfolio


def a_call(model: str, usd: str | None) -> dict[str, Any]:
    return {"model": model, "tokens_in": 100, "tokens_out": 10, "usd": usd}


def a_decision(
    stances: list[float], *, by: str, calls: list[dict[str, Any]] | None = None, abstained: str | None = None
) -> Mapping[str, Any]:
    model = None if calls is None else {"name": by, "calls": calls}
    proposals = [{"stance": stance} for stance in stances]
    return {"decided_by": by, "proposals": proposals, "abstained": abstained, "model": model}


def story_of(*decided: Mapping[str, Any], unchanged: int = 0) -> History:
    story = History(
        "paper", Instant(0), {}, Portfolio(Decimal(1), "USDT"), decisions=len(decided) + unchanged
    )
    for number, body in enumerate(decided):
        story.told[str(number)] = DecisionStory(Instant(number), body)
    return story


def test_calls_tokens_and_money_add_up_and_an_unknown_price_is_not_zero() -> None:
    told = thinking(
        story_of(
            a_decision([0.4, 0.0], by="big", calls=[a_call("small", "0.01"), a_call("big", None)]),
            a_decision([], by="big", calls=[a_call("big", "0.1")], abstained="not_json"),
        )
    )
    assert told.totals() == {
        "calls": 3,
        "tokens_in": 300,
        "tokens_out": 30,
        "usd": "0.11",
        "unpriced_calls": 1,
    }
    assert told.models == {"big": 2, "small": 1}


def test_every_decision_is_an_action_or_an_abstention() -> None:
    told = thinking(
        story_of(
            a_decision([1.0, -0.5], by="offline", calls=[]),
            a_decision([], by="offline", calls=[]),
            a_decision([], by="big", calls=[], abstained="timeout"),
            unchanged=4,
        )
    )
    assert told.decided_by == {"offline": 2, "big": 1, "rule": 4}
    assert told.actions == {"long": 1, "flat": 1, "no_view": 1, "unchanged": 4}
    assert told.abstained == {"timeout": 1}
    assert told.abstention_rate == 1 / 7


def test_an_account_that_decided_nothing_has_no_abstention_rate() -> None:
    assert thinking(story_of()).abstention_rate is None


def test_the_restated_series_that_decisions_saw_are_named_once() -> None:
    seen = [
        {"restated": ["market tvl (llama)", "sui fees (llama)"]},
        {"restated": ["market tvl (llama)"]},
        {},
    ]
    decisions = [{**a_decision([], by="offline"), "model": model} for model in seen]
    found = restated_facts(story_of(*decisions, a_decision([], by="rule:hold")))
    assert found == ("market tvl (llama)", "sui fees (llama)")
