"""Scenarios that a test writes, and a run of one through the one loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from agent.journal.memory_journal import MemoryJournal
from agent.runtime.account import Account
from agent.runtime.config import RunConfig
from agent.runtime.deciders import canonical_decider
from agent.runtime.desk import Desk
from agent.runtime.loop import run
from agent.runtime.modes import Place, begin, wire
from agent.runtime.worlds import World
from core.market import Costs
from core.ports import Decider
from evals.lived import Lived, lived
from evals.opening import open_scenario
from evals.scenario import Scenario
from evals.scenario_file import scenario_from
from strategies.risk.limits import Limits, profile
from tools.clocks import SimulatedClock
from tools.exchange.paper.costs import costs_text


def raw(**more: Any) -> dict[str, Any]:
    """A small sound scenario as parsed TOML, with some keys another way; `None` leaves a key out."""
    plain: dict[str, Any] = {
        "schema": "tokenwise.scenario.v1",
        "id": "mine",
        "title": "Mine",
        "start": "2024-03-03T00:00:00Z",
        "end": "2024-03-10T00:00:00Z",
        "warmup": "40d",
        "grain": "1h",
        "every": "4h",
        "symbols": ["ZORB/USDT", "QUILLEX/USDT"],
        "cash": "10000 USDT",
        **more,
    }
    return {key: value for key, value in plain.items() if value is not None}


def a_scenario(**more: Any) -> Scenario:
    """The same, read."""
    return scenario_from(raw(**more))


def synthetic(generator: str, seed: int = 1, **params: float) -> dict[str, Any]:
    """The table ``[synthetic]``."""
    return {"generator": generator, "seed": seed, **params}


def live(
    scenario: Scenario,
    decider: str | Decider,
    *,
    limits: Limits | None = None,
    prepare: Callable[[Desk], None] = lambda _: None,
) -> tuple[Lived, Desk]:
    """A run of an invented *scenario*, under ``balanced`` unless told otherwise, and the desk it was run on."""
    world = open_scenario(scenario, Path(), SimulatedClock(scenario.end)).world
    limits = limits or profile("balanced")
    return asyncio.run(_live(scenario, world, decider, limits, prepare))


async def _live(
    scenario: Scenario,
    world: World,
    decider: str | Decider,
    limits: Limits,
    prepare: Callable[[Desk], None],
) -> tuple[Lived, Desk]:
    spec = canonical_decider(decider) if isinstance(decider, str) else decider.spec
    costs = Costs()
    config = RunConfig(
        "eval",
        world.spec,
        spec,
        world.symbols,
        scenario.start,
        scenario.end,
        scenario.every,
        scenario.grain,
        scenario.cash,
        limits,
        limits.profile,
        costs,
        costs_text(costs),
    )
    chosen = None if isinstance(decider, str) else decider
    wall = SimulatedClock(scenario.start)
    desk = wire(config, world, Place(None, MemoryJournal()), Account("eval"), wall=wall, decider=chosen)
    try:
        prepare(desk)
        await begin(desk, resumed=False)
        await run(desk)
        return lived(desk, world), desk
    finally:
        desk.close()


def held_to(run: Lived, limits: Limits) -> Lived:
    """*run*, to be audited against other limits than it was under."""
    return replace(run, limits=limits)
