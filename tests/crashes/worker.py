"""One life of a paper account behind a faulty border: starts or goes on, and lives until its window ends or it is killed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from agent.journal.store import SqlJournal
from agent.runtime.config import RunConfig
from agent.runtime.desk import Desk
from agent.runtime.loop import run
from agent.runtime.modes import Border, Place, begin, wire
from agent.runtime.recovery import recover
from agent.runtime.worlds import World
from core.ports import Clock
from strategies.risk.limits import limits_from
from tests.agent.runtime.small_world import START, config_of, walk, world_of
from tools.clocks import SimulatedClock
from tools.exchange.paper.border import FaultyBorder
from tools.exchange.paper.exchange import PaperExchange
from tools.exchange.paper.faults import Fault, Seeded

RULE = "rule:sma_cross?fast=2&slow=5"
SYMBOLS = ("AAA/USDT", "BBB/USDT", "CCC/USDT")
# a fill that is told later than the balance that it changed is nobody's drift, but looks like one
KINDS = tuple(fault for fault in Fault if fault not in (Fault.NONE, Fault.LATE_FILL))


@dataclass(frozen=True)
class Setting:
    """Where and how an account lives: its window is as long as its world."""

    world: World
    config: RunConfig
    script: Seeded


def setting(seed: int, *, rows: int = 60, share: float = 0.5, unanswered: float = 0.0) -> Setting:
    """Three random walks from *seed*, a rule that trades often, stops at the venue, *share* of all submits faulty."""
    world = world_of({symbol: walk(rows, seed=1000 * seed + number) for number, symbol in enumerate(SYMBOLS)})
    limits = limits_from({"profile": "none", "exits": {"stop_atr": "2"}})
    return Setting(world, config_of(world, RULE, limits=limits), Seeded(seed, share, unanswered, KINDS))


def bordered(home: Path, chosen: Setting) -> Border:
    """The border of *chosen*, kept in *home*."""

    def made(venue: PaperExchange, clock: Clock) -> FaultyBorder:
        return FaultyBorder(venue, chosen.script, clock, home / "border.db")

    return made


def work(home: Path, chosen: Setting, prepare: Callable[[Desk], None] = lambda _: None) -> str:
    """Starts or goes on with the account in *home*; why it ended."""
    journal = SqlJournal.open(home / "journal.db", home / "heads.json", durable=False)
    account, before = recover(journal, chosen.config.account, lambda symbol: chosen.world.instruments[symbol])
    desk = wire(
        chosen.config,
        chosen.world,
        Place(home, journal),
        account,
        wall=SimulatedClock(START),
        border=bordered(home, chosen),
    )
    prepare(desk)

    async def lived() -> str:
        try:
            await begin(desk, resumed=before is not None)
            return await run(desk)
        finally:
            await desk.exchange.close()

    try:
        return asyncio.run(lived())
    finally:
        journal.close()
