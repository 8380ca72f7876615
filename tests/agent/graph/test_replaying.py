"""A decision is made again from its record alone, and what was changed since shows."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from agent.graph.decider import GraphDecider, replay_decision
from agent.graph.state import Standing
from agent.models.adapter import Adapter
from agent.models.offline import OfflineAnalyst
from agent.runtime.graded import RunGrades
from core.canonical import canonical
from core.decision import Decision
from core.errors import UsageError
from tests.agent.graph.scene import Scripted, a_proposal, holding, market_of, series, situation_of

MARKET = market_of(series(3))
DISPUTED = {
    "technical": [a_proposal(0, 0.9), a_proposal(2, 0.4)],
    "risk": [a_proposal(0, -0.9)],
    "debate": [a_proposal(0, 0.1)],
    "decide": [a_proposal(0, 0.3), a_proposal(1, 0.0, evidence=[])],
}


def decided(script: dict[str, Any], deliberation: str = "single") -> Decision:
    decider = GraphDecider("llm", Scripted(script), deliberation=deliberation, grades=RunGrades({}))
    return asyncio.run(decider.decide(situation_of(MARKET, holding(MARKET.symbols[0]))))


def recorded(decision: Decision) -> dict[str, Any]:
    """The inputs as they come out of the journal's blobs."""
    found: dict[str, Any] = json.loads(canonical(dict(decision.inputs)))
    return found


def again(inputs: dict[str, Any]) -> Decision:
    return asyncio.run(replay_decision(inputs))


@pytest.mark.parametrize("deliberation", ["single", "committee", "debate"])
def test_a_recorded_decision_is_made_again_the_same(deliberation: str) -> None:
    decision = decided(DISPUTED, deliberation)
    assert again(recorded(decision)) == decision


@pytest.mark.parametrize(
    "answer", [None, "not json", json.dumps({"proposals": [a_proposal(thesis="It trades at 123456.")]})]
)
def test_an_abstention_is_made_again_with_its_reason(answer: str | None) -> None:
    decision = decided({"decide": answer})
    assert decision.abstained is not None
    assert again(recorded(decision)) == decision


@pytest.mark.parametrize("deliberation", ["single", "committee", "debate"])
def test_the_offline_analyst_is_asked_again(deliberation: str) -> None:
    decider = GraphDecider(
        "offline",
        Adapter(None, offline=OfflineAnalyst()),
        deliberation=deliberation,
        grades=RunGrades({}),
        standing=lambda: Standing("active", MARKET_EQUITY),
    )
    decision = asyncio.run(decider.decide(situation_of(MARKET)))
    assert again(recorded(decision)) == decision


def test_other_evidence_than_was_shown_is_found() -> None:
    inputs = recorded(decided({"decide": [a_proposal()]}))
    inputs["gathered"]["account"]["facts"][0][1] = "99999"
    assert again(inputs).abstained == "prompt_differs"


def test_another_reply_than_was_acted_on_is_found() -> None:
    decision = decided({"decide": [a_proposal(stance=0.5)]})
    inputs = recorded(decision)
    message = inputs["calls"][0]["response"]["choices"][0]["message"]
    message["content"] = message["content"].replace("0.5", "0.9")
    assert again(inputs).proposals[0].stance == 0.9
    assert again(inputs) != decision


def test_a_question_that_was_not_asked_then_is_answered_by_nobody() -> None:
    inputs = recorded(decided({"decide": [a_proposal()]}))
    inputs["answers"]["deliberation"] = "committee"
    assert again(inputs).abstained == "prompt_differs"


def test_inputs_of_a_rule_are_no_inputs_of_a_graph() -> None:
    with pytest.raises(UsageError, match="not the inputs"):
        again({"market": {}})


MARKET_EQUITY = situation_of(MARKET).portfolio.cash
