"""What comes after a decision's instant changes no byte of what a model is asked."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.graph.decider import GraphDecider
from agent.graph.known import Knowledge
from agent.runtime.graded import RunGrades
from core.instant import DAY, Instant
from core.market import Bars
from core.observation import Missing, Observation
from tests.agent.graph.scene import (
    H4,
    START,
    Scripted,
    a_proposal,
    candles,
    holding,
    market_of,
    situation_of,
)
from tests.tools.ask import facts_by_hand
from tools.facts.stored import StoredFacts
from tools.store.gate import judge

LATER = 6  # days of candles after the instant


def spoiled(bars: Bars, after: Instant, seed: int) -> Bars:
    """*bars* with anything at all in every row that closes after *after*."""
    later = bars.opened_at + bars.interval.ms > after
    noise = np.random.default_rng(seed)
    middle = np.where(later, noise.uniform(1e-6, 1e6, len(bars)), bars.close)
    spread = np.where(later, noise.uniform(1.0, 3.0, len(bars)), 1.0)
    return replace(
        bars,
        open=np.where(later, middle, bars.open),
        high=np.where(later, middle * spread, bars.high),
        low=np.where(later, middle / spread, bars.low),
        close=middle,
        volume=np.where(later, noise.uniform(0, 1e9, len(bars)), bars.volume),
    )


# the figures by hand begin on another day than these candles
SHIFT = int(START) - int(facts_by_hand.BEGIN) + 150 * DAY
ASSETS = {"A0/USDT": "bitcoin", "A1/USDT": "sui"}


class Shifted:
    """The facts of the small world, as if they had been of this one's days."""

    def __init__(self, facts: StoredFacts) -> None:
        self._facts = facts

    def facts(self, asset: str, metric: str, now: Instant, count: int) -> tuple[Observation, ...] | Missing:
        found = self._facts.facts(asset, metric, Instant(now - SHIFT), count)
        return found if isinstance(found, Missing) else tuple(map(_shifted, found))

    def at(self, asset: str, metric: str, now: Instant, moment: Instant) -> Observation | None:
        found = self._facts.at(asset, metric, Instant(now - SHIFT), Instant(moment - SHIFT))
        return found and _shifted(found)


def _shifted(one: Observation) -> Observation:
    return replace(one, as_of=Instant(one.as_of + SHIFT), known_at=Instant(one.known_at + SHIFT))


def asked_at(paths: dict[str, Bars], now: Instant, facts: facts_by_hand.Held | None = None) -> list[str]:
    market = market_of({symbol: judge(symbol, bars, "test") for symbol, bars in paths.items()}, now)
    script = {"technical": [a_proposal(0, 0.9)], "risk": [a_proposal(0, -0.9)], "debate": [], "decide": []}
    knowledge = None if facts is None else Knowledge(Shifted(facts.facts()), ASSETS)
    decider = GraphDecider(
        "llm",
        model := Scripted(script),
        deliberation="debate",
        grades=RunGrades({}),
        knowledge=knowledge,
    )
    asyncio.run(decider.decide(situation_of(market, holding(market.symbols[0]), {market.symbols[1]: 0.4})))
    return [f"{asked.system}\0{asked.user}" for _, asked, _ in model.asked]


@settings(max_examples=8)
@given(
    day=st.integers(20, 255),
    part=st.integers(0, 5),
    seeds=st.tuples(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1)),
)
def test_garbage_after_now_leaves_every_prompt_byte_identical(
    day: int, part: int, seeds: tuple[int, int]
) -> None:
    now = Instant(START + day * DAY + part * H4.ms)
    true = {f"A{seed}/USDT": candles(f"A{seed}/USDT", seed, extra=LATER) for seed in range(2)}
    false = {
        symbol: spoiled(bars, now, seed) for (symbol, bars), seed in zip(true.items(), seeds, strict=True)
    }
    known = facts_by_hand.held()
    asked = asked_at(true, now, known)
    assert len(asked) == 4
    assert asked == asked_at(false, now, facts_by_hand.spoiled(known, now - SHIFT, seeds[0]))


def test_garbage_before_now_does_change_the_prompts() -> None:
    now = Instant(START + 200 * DAY)
    true = {"A0/USDT": candles("A0/USDT", 0), "A1/USDT": candles("A1/USDT", 1)}
    false = {symbol: spoiled(bars, Instant(now - DAY), 5) for symbol, bars in true.items()}
    assert asked_at(true, now) != asked_at(false, now)


def test_garbage_among_facts_before_now_does_change_the_prompts() -> None:
    now = Instant(START + 200 * DAY)
    paths = {f"A{seed}/USDT": candles(f"A{seed}/USDT", seed) for seed in range(2)}
    known = facts_by_hand.held()
    asked = asked_at(paths, now, known)
    assert "facts.active_addresses_change_7d" in asked[0]
    assert "facts.fear_greed" in asked[0]
    assert asked != asked_at(paths, now, facts_by_hand.spoiled(known, now - SHIFT - 5 * DAY, 5))
