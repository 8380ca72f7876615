"""What the risk engine is told of the market, from candles as they are."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import numpy as np
import pytest

from agent.runtime.inputs import _daily_returns
from agent.runtime.worlds import World
from core.instant import DAY
from core.market import Bars
from strategies.risk.returns import aligned
from tests.agent.runtime.small_world import START, walk, world_of
from tools.clocks import SimulatedClock
from tools.market.bar_market import BarMarket
from tools.store.gate import judge

A, B = "AAA/USDT", "BBB/USDT"
DAYS = 100


def without_day(bars: Bars, day: int) -> Bars:
    kept = np.arange(len(bars)) // 24 != day
    columns = ("opened_at", "open", "high", "low", "close", "volume")
    return replace(bars, **{name: getattr(bars, name)[kept] for name in columns})


def market_of(world: World) -> BarMarket:
    clock = SimulatedClock(world.until)
    market = BarMarket(clock, world.grain, world.series, world.instruments, simulated=False)
    asyncio.run(market.advance(world.until))
    return market


@pytest.mark.parametrize("hole", [20, 60, 97, 98])
def test_an_asset_with_a_missing_day_moves_as_one_with_itself(hole: int) -> None:
    path = walk(DAYS * 24, step=0.006)
    whole = world_of({A: path, B: [2 * price for price in path]})
    holed = judge(B, without_day(whole.series[B].bars, hole), "test")
    market = market_of(replace(whole, series={**whole.series, B: holed}))
    returns = _daily_returns(market, [A, B])
    # neither the missing day nor the one after it, whose return would be that of two days
    first = START // DAY
    assert not {first + hole, first + hole + 1} & set(returns[B].days.tolist())
    table = aligned(returns, [A, B])
    assert len(table) >= 85
    assert table[:, 0] == pytest.approx(table[:, 1], abs=1e-12)


def test_a_return_belongs_to_the_day_that_it_ends() -> None:
    path = [100.0] * 24 * 39 + [110.0] * 24
    found = _daily_returns(market_of(world_of({A: path})), [A])[A]
    assert found.days[-1] == START // DAY + 39
    assert found.values[-1] == pytest.approx(0.1)
    assert not found.values[:-1].any()
