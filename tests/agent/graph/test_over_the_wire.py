"""The graph with the real adapter against a server that speaks the wire: decided, repaired, made again."""

from __future__ import annotations

import asyncio
import json
from decimal import Decimal
from typing import Any

import pytest

from agent.graph.decider import GraphDecider, replay_decision
from agent.models.offline import OfflineAnalyst
from core.canonical import canonical
from core.decision import Decision
from tests.agent.graph.scene import a_proposal, market_of, series, situation_of
from tests.agent.models.asking import an_adapter, settings, together
from tests.wire.openai_server import Script, openai_server
from tests.wire.scripts import answers, in_turn, no_view, proposing, refusing, sound

MARKET = market_of(series(2))
INVENTED = proposing(a_proposal(thesis="It trades at 123456."))
UNFINISHED = answers('{"proposals":[')


def decided(script: Script, deliberation: str = "single", **named: Any) -> tuple[Decision, list[Any]]:
    with openai_server(script) as server:
        adapter = an_adapter(settings(server.url, **named), offline=OfflineAnalyst())
        decider = GraphDecider("llm", adapter, deliberation=deliberation)
        return together(lambda: decider.decide(situation_of(MARKET)), adapter), list(server.asked)


def again(decision: Decision) -> Decision:
    return asyncio.run(replay_decision(json.loads(canonical(dict(decision.inputs)))))


@pytest.mark.parametrize("output", ["tools", "schema", "text"])
@pytest.mark.parametrize("deliberation", ["single", "committee"])
def test_a_decision_over_the_wire_is_made_again_from_its_record(output: str, deliberation: str) -> None:
    decision, asked = decided(sound, deliberation, output=output)
    assert (decision.abstained, decision.decided_by) == (None, "test-model")
    assert len(asked) == {"single": 1, "committee": 3}[deliberation]
    assert again(decision) == decision


def test_an_invented_number_is_complained_of_by_name_and_repaired() -> None:
    decision, asked = decided(in_turn(INVENTED, sound))
    assert decision.abstained is None
    assert "claims '123456'" in asked[1]["messages"][-1]["content"]
    assert decision.model is not None
    assert [call["outcome"] for call in decision.model["calls"]] == ["ungrounded", "ok"]
    assert again(decision) == decision


@pytest.mark.parametrize(
    ("script", "reason"),
    [(INVENTED, "ungrounded"), (UNFINISHED, "truncated"), (refusing(401), "http")],
    ids=["invented", "unfinished", "unauthorised"],
)
def test_what_stays_wrong_is_an_abstention_that_is_made_again(script: Script, reason: str) -> None:
    decision, _ = decided(script)
    assert (decision.proposals, decision.abstained) == ((), reason)
    assert again(decision) == decision


def test_no_view_moves_nothing() -> None:
    decision, _ = decided(no_view)
    assert (decision.proposals, decision.abstained) == ((), None)


def test_without_budget_the_offline_analyst_decides_and_the_record_says_so() -> None:
    decision, asked = decided(sound, usd_decision=Decimal(0))
    assert (asked, decision.decided_by, decision.abstained) == ([], "offline", None)
    assert again(decision) == decision
