"""What a decision knows beside prices: few figures, none too old, restated ones by name, and who lacks which."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import numpy as np

from agent.graph.decider import GraphDecider, replay_decision
from agent.graph.known import Knowledge, gathered_facts
from core.instant import DAY, Instant, Interval
from tests.agent.graph.scene import Scripted, a_proposal, market_of, series, situation_of
from tests.tools.ask.facts_by_hand import BEGIN, DAYS, Held, held, rows_of
from tools.facts.stored import StoredFacts
from tools.store.catalog import SeriesKey
from tools.store.rows import RESTATED

MENU = {"BTC/USDT": "bitcoin", "SUI/USDT": "sui", "NEW/USDT": "new-coin"}
NOW = Instant(BEGIN + 60 * DAY)


def known_at(
    now: Instant, facts: StoredFacts | None = None
) -> tuple[dict[str, dict[str, str]], dict[str, object]]:
    """Of each symbol and of the market the facts by name, and everything as it was gathered."""
    gathered = gathered_facts(Knowledge(facts or held().facts(), MENU), MENU, now)
    told = dict(zip((*MENU, "market"), (*gathered["assets"], gathered["market"]), strict=True))
    return {name: {fact[0]: fact[1] for fact in one["facts"]} for name, one in told.items()}, gathered


def test_each_asset_has_its_own_few_and_the_market_its_own() -> None:
    told, gathered = known_at(NOW)
    assert set(told["BTC/USDT"]) == {
        "facts.active_addresses_change_7d",
        "facts.active_addresses_change_30d",
        "facts.tx_count_change_30d",
        "facts.mvrv",
        "facts.funding_mean_1d",
        "facts.funding_mean_7d",
    }
    assert set(told["SUI/USDT"]) == {"facts.tvl_change_7d", "facts.tvl_change_30d", "facts.fees_change_30d"}
    assert set(told["market"]) == {"facts.fear_greed", "facts.fear_greed_change_7d", "facts.tvl_change_30d"}
    assert gathered["assets"][2] == {"facts": [], "missing": [["facts", "no_data"]]}  # type: ignore[index]


def test_a_change_is_of_the_figures_that_were_known() -> None:
    told, _ = known_at(NOW)
    found = held().facts().facts("sui", "tvl", NOW, 31)
    assert isinstance(found, tuple)
    assert found[-1].as_of == NOW - 2 * DAY
    assert float(told["SUI/USDT"]["facts.tvl_change_30d"]) == float(
        f"{float(found[-1].value / found[0].value) - 1:.4g}"
    )


def test_what_is_too_old_is_missing_and_no_number() -> None:
    late = Instant(BEGIN + (DAYS + 9) * DAY)
    told, gathered = known_at(late)
    assert told["BTC/USDT"] == {}
    assert ["facts.mvrv", "stale"] in gathered["assets"][0]["missing"]  # type: ignore[index]


def test_what_has_no_past_yet_is_warming_up() -> None:
    _, gathered = known_at(Instant(BEGIN + 9 * DAY))
    assert ["facts.active_addresses_change_30d", "warming_up"] in gathered["assets"][0]["missing"]  # type: ignore[index]


def test_restated_series_are_named() -> None:
    _, gathered = known_at(NOW)
    assert gathered["restated"] == ["market tvl (llama)"]


def decided(knowledge: Knowledge | None) -> tuple[object, str]:
    """A decision on two walks, and what the model was asked."""
    market = market_of(series(2))
    model = Scripted({"decide": [a_proposal(0, 0.5, evidence=["e2"])]})
    decider = GraphDecider("llm:scripted", model, knowledge=knowledge)
    decision = asyncio.run(decider.decide(situation_of(market)))
    return decision, model.asked[0][1].user


def facts_of_now(**flags: int) -> Knowledge:
    """Figures of both walks that are fresh at the scene's now."""
    from tests.agent.graph.scene import NOW as SCENE

    world, stamps = Held(), SCENE - DAY * np.arange(40, 1, -1)
    for asset in ("one", "two"):
        rows = rows_of(stamps, stamps + 2 * DAY, 100.0 + np.arange(39), flags.get(asset, 0))
        world.put(SeriesKey(asset, "onchain", "tvl", "", "", Interval(0), "llama"), rows, "USD")
    return Knowledge(world.facts(), {"A00/USDT": "one", "A01/USDT": "two"})


def test_facts_stand_among_the_evidence_of_their_asset() -> None:
    _, user = decided(facts_of_now())
    assert "0 facts.tvl_change_30d 0.2778 fraction" in user
    assert "1 facts.tvl_change_30d 0.2778 fraction" in user
    assert "facts." not in decided(None)[1]


def test_a_decision_that_saw_restated_series_says_so_and_replays_the_same() -> None:
    decision, _ = decided(facts_of_now(two=RESTATED))
    assert decision.model["restated"] == ["two tvl (llama)"]  # type: ignore[attr-defined]
    again = asyncio.run(replay_decision(decision.inputs))  # type: ignore[attr-defined]
    assert replace(again, inputs=decision.inputs) == decision  # type: ignore[attr-defined]
    plain, _ = decided(facts_of_now())
    assert "restated" not in plain.model  # type: ignore[attr-defined]


def test_funding_is_told_as_means_on_one_scale() -> None:
    told, _ = known_at(NOW)
    rates = held().facts().facts("bitcoin", "funding_rate", NOW, 200)
    assert isinstance(rates, tuple)
    assert {one.source for one in rates} == {"one binance"}
    day = [float(one.value) for one in rates if one.as_of > NOW - DAY]
    assert len(day) == 3
    assert float(told["BTC/USDT"]["facts.funding_mean_1d"]) == float(f"{sum(day) / 3:.4g}")
    assert "facts.funding_mean_7d" in told["BTC/USDT"]
