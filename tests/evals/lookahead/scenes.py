"""Small scenes to prove things on, and deciders that look where they should not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from inspect import isawaitable
from typing import Any

import numpy as np

from agent.runtime.worlds import World
from core.decision import Decision, Proposal, Situation
from core.instant import DAY, Instant, Interval, iso
from core.market import Instants
from evals.lookahead.findings import Findings
from evals.lookahead.garbage import Judge
from evals.lookahead.proof import Depth, prove
from evals.lookahead.scene import Candidate, Scene, Sight, Subject, chosen, spoiling
from strategies.risk.limits import profile
from tests.agent.runtime.small_world import START, config_of, walk, world_of
from tools.facts.stored import StoredFacts
from tools.store.catalog import SeriesInfo, SeriesKey
from tools.store.gate import judge
from tools.store.rows import Rows

DAYS = 14
SEED = 5
Look = Callable[[Sight, Situation], Any]


def a_world(gate: Judge = judge) -> World:
    """Two weeks of two walks, hourly; accounts begin after four days. *gate* judges the candles."""
    rows = DAYS * 24
    world = world_of(
        {"AAA/USDT": walk(rows, step=0.01), "BBB/USDT": walk(rows, seed=2, step=0.01)}, warm=4 * 24
    )
    series = {symbol: gate(one.asset, one.bars, one.source) for symbol, one in world.series.items()}
    return replace(world, series=series)


def figures(known_at: Instants, vintage_at: Instants | None = None) -> StoredFacts:
    """The TVL of AAA by day from the start on, known at *known_at*; with *vintage_at*, each revised then."""
    days = START + DAY * np.arange(len(known_at), dtype=np.int64)
    values = 1e9 + 1e6 * np.arange(len(days), dtype=np.float64)
    columns = [(days, known_at, values)]
    if vintage_at is not None:
        columns.append((days, vintage_at, values * 1.5))
    as_of, known, value = (np.concatenate(column) for column in zip(*columns, strict=True))
    order = np.lexsort((known, as_of))
    flags = np.zeros(len(order), np.uint32)
    rows = Rows(as_of[order], known[order], known[order], value[order, None], flags)
    key = SeriesKey("test:AAA/USDT", "fundamental", "tvl", "", "", Interval(0), "test")
    info = SeriesInfo(1, key, False, None, "tvl", "", len(days), Instant(START), Instant(int(days[-1])))
    return StoredFacts([info], lambda _: rows, lambda _: None)  # type: ignore[arg-type, return-value]  # no news


def days_of(count: int = DAYS) -> Instants:
    """The first *count* days."""
    found: Instants = START + DAY * np.arange(count, dtype=np.int64)
    return found


def a_subject(
    scene: Scene,
    *,
    gate: Judge = judge,
    universe: Callable[[Scene], tuple[str, ...]] = chosen,
    limits: str = "none",
    every: str = "4h",
) -> Subject:
    """*scene* under proof, with garbage put in in memory."""
    config = config_of(scene.world, "", every=every, limits=profile(limits))
    return Subject("small", scene, config, spoiling(scene, SEED, gate), None, universe)


class Looking:
    """A decider that answers with what it *looks* at, and wishes something now and then."""

    spec = "rule:hold"

    def __init__(self, sight: Sight, look: Look) -> None:
        self._sight = sight
        self._look = look

    async def decide(self, situation: Situation) -> Decision:
        seen = self._look(self._sight, situation)
        if isawaitable(seen):
            seen = await seen
        stance = float(situation.now // DAY % 2)
        return Decision((Proposal(0, stance),), "looking", inputs={"seen": seen})


def looking(look: Look) -> Candidate:
    """A candidate that looks so."""

    @asynccontextmanager
    async def made(sight: Sight) -> AsyncIterator[Looking]:
        yield Looking(sight, look)

    return Candidate("rule:hold", made)


def proven(subject: Subject, *candidates: Candidate, depth: Depth | None = None) -> Findings:
    """What the proof finds."""
    findings = Findings([subject.id], [one.spec for one in candidates])
    asyncio.run(prove(subject, candidates, depth or Depth(8, 1, 2, SEED), findings))
    return findings


def newest_tvl(facts: Any, now: int, until: int) -> list[str]:
    """As of *until*, the newest TVL of what can be asked for at *now*."""
    found = facts.facts("test:AAA/USDT", "tvl", Instant(now), 99)
    told = [one for one in found if one.as_of <= until] if isinstance(found, tuple) else []
    return [f"{iso(one.as_of)} {one.value}" for one in told[-1:]]
