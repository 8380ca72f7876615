"""What is not known yet changes nothing: garbage after the present leaves decisions and hashes alone."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import numpy as np
import pytest

from agent.runtime.worlds import World
from core.decision import Decision, Situation, Unchanged
from core.errors import LookAheadError
from core.instant import HOUR, Instant
from core.market import Revision
from strategies.risk.limits import limits_from, profile
from tests.agent.runtime.small_world import START, bars_of, config_of, live, walk, world_of
from tools.clocks import SimulatedClock
from tools.market.bar_market import BarMarket
from tools.store.gate import judge

CLOSES = {"AAA/USDT": walk(400, step=0.02), "BBB/USDT": walk(400, seed=5, step=0.02)}
UNTIL = Instant(START + 240 * HOUR)
RULES = ["rule:sma_cross?fast=3&slow=8", "rule:macd?fast=3&slow=8&signal=3", "rule:bollinger", "rule:breakout", "rule:equal_weight?rebalance=1d", "rule:random?turnover=500"]  # fmt: skip


def spoiled(first: int = 240) -> World:
    """The same world, but garbage from the candle *first* on: known only after `UNTIL`, unless told otherwise."""
    rng = np.random.default_rng(99)
    return world_of(
        {
            symbol: closes[:first] + rng.uniform(0.01, 9e6, 400 - first).tolist()
            for symbol, closes in CLOSES.items()
        }
    )


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("limits", ["none", "bold"])
def test_garbage_after_the_last_decision_leaves_every_hash_identical(rule: str, limits: str) -> None:
    clean, garbage = world_of(CLOSES), spoiled()
    runs = [
        live(config_of(world, rule, limits=profile(limits), until=UNTIL), world) for world in (clean, garbage)
    ]
    assert runs[0].head == runs[1].head


class Seeing:
    """A decider that rests on one number: the newest close it is shown, or a planted leak."""

    spec = "rule:hold"

    def __init__(self, world: World, sight: str) -> None:
        self._bars = world.series["AAA/USDT"].bars
        self._sight = sight

    async def decide(self, situation: Situation) -> Decision | Unchanged:
        row = int(np.searchsorted(self._bars.opened_at, situation.now))
        seen = {
            "unclosed candle": self._bars.close[row],
            "next open": self._bars.open[row + 1],
            "what is known": self._bars.close[max(row - 1, 0)],
        }[self._sight]
        return Unchanged(np.float64(seen).tobytes())


@pytest.mark.parametrize(
    ("sight", "same"), [("what is known", True), ("unclosed candle", False), ("next open", False)]
)
def test_a_planted_leak_changes_what_the_decisions_rested_on(sight: str, *, same: bool) -> None:
    """The last decision is at 239 h, when candle 238 has closed: from candle 239 on all is garbage."""
    spans = []
    for world in (world_of(CLOSES), spoiled(239)):
        config = config_of(world, "rule:hold", until=UNTIL)
        spans.append([record.body for record in live(config, world, decider=Seeing(world, sight)).of("span")])
    assert (spans[0] == spans[1]) is same


def market_at(clock: SimulatedClock, world: World) -> BarMarket:
    return BarMarket(clock, world.grain, world.series, world.instruments, simulated=False)


def moved(market: BarMarket, clock: SimulatedClock, now: int) -> None:
    """Lets clock and market be at *now*."""
    asyncio.run(clock.sleep_until(Instant(now)))
    asyncio.run(market.advance(Instant(now)))


def test_to_ask_for_a_moment_after_the_clocks_now_is_a_look_ahead() -> None:
    market = market_at(SimulatedClock(START), world_of(CLOSES))
    with pytest.raises(LookAheadError):
        asyncio.run(market.advance(Instant(START + HOUR)))


def test_a_candle_is_served_from_its_close_on_and_not_a_millisecond_before() -> None:
    world = world_of({"AAA/USDT": [100.0, 200.0]})
    clock = SimulatedClock(START)
    market = market_at(clock, world)
    for moment, expected in ((START + 2 * HOUR - 1, 100.0), (START + 2 * HOUR, 200.0)):
        moved(market, clock, moment)
        found = market.close("AAA/USDT")
        assert isinstance(found, tuple)
        assert found[0] == expected


def revised(known_at: Instant) -> World:
    """The third candle of AAA closes at 1,000 in a vintage that is known at *known_at*."""
    world = world_of({"AAA/USDT": [100.0, 101.0, 102.0, 103.0, 104.0, 105.0]})
    series = world.series["AAA/USDT"]
    late = Revision(2, known_at, 102.0, 1_001.0, 101.0, 1_000.0, 5.0)
    return replace(world, series={"AAA/USDT": replace(series, revisions=(late,))})


def test_a_revision_is_read_from_when_it_was_known_and_not_before() -> None:
    known_at = Instant(START + 5 * HOUR)
    clock = SimulatedClock(START)
    market = market_at(clock, revised(known_at))
    for moment, expected in ((4, 102.0), (5, 1_000.0)):
        moved(market, clock, START + moment * HOUR)
        assert market.column("AAA/USDT", market.grain, "close", moment)[2] == expected  # type: ignore[index]


def test_a_flag_that_is_known_later_does_not_reach_back() -> None:
    """Row 300 trebles. At its close it is refused; once row 301 confirms it, it is fine."""
    closes = [*walk(300, step=0.005), 300.0, 301.0, 302.0]
    series = judge("test", bars_of("AAA/USDT", closes), "test")
    assert series.last_bad[300] == 300
    assert series.last_bad[301] < 300
    cut = judge("test", bars_of("AAA/USDT", closes[:301]), "test")
    assert cut.last_bad.tolist() == series.last_bad[:301].tolist()


def test_limits_do_not_depend_on_the_future_either() -> None:
    limits = limits_from({"profile": "balanced", "edge": {"multiple": "0"}})
    runs = [
        live(config_of(world, "rule:breakout", limits=limits, until=UNTIL, every="4h"), world)
        for world in (world_of(CLOSES), spoiled())
    ]
    assert runs[0].refusals() == runs[1].refusals()
    assert runs[0].head == runs[1].head
