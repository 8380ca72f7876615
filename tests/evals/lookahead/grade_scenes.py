"""Small scenes with grades in them, and what a proof finds there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from agent.runtime.minds import Thinking
from agent.runtime.worlds import World, open_world
from core.decision import Situation
from core.instant import DAY, Instant, instant, interval
from evals.lookahead.findings import Findings
from evals.lookahead.proof import Depth
from evals.lookahead.scene import Scene, Sight, candidate
from tests.agent.runtime.small_world import walk, world_of
from tests.evals.lookahead.scenes import a_subject, looking, proven
from tools.clocks import SimulatedClock
from tools.store.gate import judge

TODAY = SimulatedClock(instant("2026-01-01"))
D1 = interval("1d")
DAYS, WARM = 74, 70
AAA = "AAA/USDT"
TRADERS, INVESTORS, BOTH = (
    "grade:trader?buy=51&sell=49",
    "grade:investor?buy=51&sell=49",
    "grade:both?buy=51&sell=49",
)
ONCE = Depth(2, 0, 0)


def days_of(count: int, *, gate: Any = judge) -> World:
    """A world of *count* walks by the day; accounts begin when grades are there."""
    names = [f"{letter * 3}/USDT" for letter in "ABCDEFGHIJKLMNOPQRSTUVW"[:count]]
    paths = {name: walk(DAYS, seed=k + 1, step=0.03) for k, name in enumerate(names)}
    world = world_of(paths, warm=WARM, grain=D1)
    series = {symbol: gate(one.asset, one.bars, one.source) for symbol, one in world.series.items()}
    return replace(world, series=series)


def sim(tmp_path: Path) -> World:
    """Two invented tokens with all that is known of them."""
    start = instant("2024-01-01")
    until = Instant(start + 3 * DAY)
    return open_world(
        "sim?assets=2&grain=1d", tmp_path, TODAY, symbols=(), start=start, until=until, grain=None
    )


def sources(found: Findings) -> list[tuple[str, str]]:
    return [(leak.source, leak.path) for leak in found.leaks]


def leaking(found: Findings) -> set[str]:
    return {leak.source for leak in found.leaks}


def deciding(decider: str, world: World, depth: Depth = ONCE, **more: Any) -> Findings:
    """What the proof finds of a decider of the product in *world*, day by day."""
    one = candidate(decider, None, TODAY, Thinking())
    return proven(a_subject(Scene(world), every="1d", **more), one, depth=depth)


def looked(world: World, look: Callable[[Sight, Situation], Any], depth: Depth = ONCE) -> Findings:
    """What the proof finds of whoever *looks* so."""
    return proven(a_subject(Scene(world), every="1d"), looking(look), depth=depth)
