"""An index held through the one loop: its weights are reached, nobody is known too early, the dead are sold."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from agent.runtime.index_run import BackComputed, back_compute
from agent.runtime.index_world import IndexWorld
from agent.runtime.worlds import World
from core.assets import AssetKind, AssetRef
from core.errors import UsageError
from core.instant import DAY, Instant, instant, interval
from core.market import NO_COSTS, Bars, BarSeries, Costs
from core.money import money
from core.orders import Fill, Side
from tests.builders import an_instrument, run
from tools.clocks import SimulatedClock
from tools.desk.indices.spec import canonical_index
from tools.desk.indices.universe import listed
from tools.store.gate import judge

D1 = interval("1d")
FIRST = instant("2024-01-01")
START = Instant(FIRST + 40 * DAY)
UNTIL = Instant(FIRST + 130 * DAY)
ROWS = 140
LATE, DIES = 70, 60
CASH = money("100000 USDT")
TRADED = {"BTC": 9e6, "ETH": 6e6, "SOL": 3e6, "DOOM": 4e6, "LATE": 8e6, "USDC": 1e7}
REFS = {
    "BTC/USDT": AssetRef("bitcoin", "BTC", "Bitcoin", narratives=("L1",)),
    "ETH/USDT": AssetRef("ethereum", "ETH", "Ethereum", narratives=("L1",)),
    "SOL/USDT": AssetRef("solana", "SOL", "Solana", narratives=("L1",)),
    "DOOM/USDT": AssetRef("doom", "DOOM", "Doom"),
    "LATE/USDT": AssetRef("late", "LATE", "Late"),
    "USDC/USDT": AssetRef("usd-coin", "USDC", "USDC", AssetKind.STABLE),
}


def series_of(base: str, seed: int) -> BarSeries:
    """Daily candles: DOOM ends on day 60, LATE begins on day 70."""
    first, last = (LATE, ROWS) if base == "LATE" else (0, DIES) if base == "DOOM" else (0, ROWS)
    rows = last - first
    steps = np.random.default_rng(seed).normal(0.001, 0.0 if base == "USDC" else 0.02, rows)
    close = np.round(100 * np.exp(np.cumsum(steps)), 2)
    opened = np.concatenate((close[:1], close[:-1]))
    bars = Bars(
        f"{base}/USDT",
        D1,
        FIRST + DAY * np.arange(first, last, dtype=np.int64),
        opened,
        np.maximum(opened, close),
        np.minimum(opened, close),
        close,
        np.full(rows, TRADED[base] / 100),
    )
    ended = Instant(FIRST + DIES * DAY) if base == "DOOM" else None
    return judge(REFS[bars.symbol].id, bars, "test", delisted_at=ended)


def place(until: Instant = UNTIL, without: str = "") -> IndexWorld:
    series = {
        f"{base}/USDT": series_of(base, seed) for seed, base in enumerate(TRADED) if f"{base}/USDT" != without
    }
    filters = {symbol: an_instrument(symbol, lot="0.000001") for symbol in series}
    world = World("replay", False, D1, START, until, series, filters)
    refs = {symbol: REFS[symbol] for symbol in series}
    return IndexWorld(world, listed(tuple(series), refs, START, simulated=False), refs)


def lived(text: str, where: IndexWorld | None = None, costs: Costs | None = None) -> BackComputed:
    spec, basket = canonical_index(text)
    clock = SimulatedClock(Instant(UNTIL + DAY))
    return run(back_compute(spec, basket, where or place(), cash=CASH, costs=costs or Costs(), wall=clock))


def held(fills: tuple[Fill, ...], until: int) -> dict[str, Decimal]:
    """What is held of each symbol after the fills before *until*."""
    found: dict[str, Decimal] = {}
    for fill in fills:
        if fill.at < until:
            sign = 1 if fill.side is Side.BUY else -1
            found[fill.symbol] = found.get(fill.symbol, Decimal(0)) + sign * fill.quantity
    return {symbol: quantity for symbol, quantity in found.items() if quantity}


def test_a_weight_above_one_part_of_the_menu_is_reached() -> None:
    made = lived("top?count=1&rebalance=90d")
    assert made.rebalances[0].of.composition.weights == {"BTC/USDT": 1.0}
    bought = sum(float(fill.quantity * fill.price) for fill in made.fills if fill.at <= START + DAY)
    assert bought == pytest.approx(float(CASH.amount), rel=0.01)
    assert made.curve.exposure[5] > 0.98


def test_weights_that_differ_are_held_as_they_were_aimed_at() -> None:
    made = lived("top?count=3&weight=inverse_volatility&rebalance=90d", costs=NO_COSTS)
    weights = made.rebalances[0].of.composition.weights
    assert len({round(weight, 6) for weight in weights.values()}) == 3
    spent = {fill.symbol: float(fill.quantity * fill.price) for fill in made.fills[:3]}
    for symbol, weight in weights.items():
        assert spent[symbol] / float(CASH.amount) == pytest.approx(weight, rel=1e-3)


def test_fees_are_not_at_the_cost_of_who_is_bought_last() -> None:
    made = lived("top?count=3&rebalance=90d", costs=replace(Costs(), taker=Decimal("0.01")))
    spent = [float(fill.quantity * fill.price) for fill in made.fills[:3]]
    assert min(spent) == pytest.approx(max(spent), rel=0.005)


def test_a_cap_that_all_reach_leaves_the_rest_in_cash() -> None:
    made = lived("top?count=2&cap=0.3&rebalance=90d")
    assert made.curve.exposure[5] == pytest.approx(0.6, abs=0.02)


def test_nobody_is_a_constituent_or_even_named_before_it_was_listed() -> None:
    made = lived("top?count=5&rebalance=20d")
    for one in made.rebalances:
        named = {*one.of.composition.weights, *(out.symbol for out in one.of.composition.left_out)}
        if one.of.at < FIRST + (LATE + 1) * DAY:
            assert "LATE/USDT" not in named
    assert "LATE/USDT" in made.rebalances[-1].of.composition.weights


def test_a_delisted_member_is_sold_at_its_last_print_and_its_money_is_invested_again() -> None:
    where = place()
    made = lived("top?count=3&rebalance=30d", where)
    assert "DOOM/USDT" in made.rebalances[0].of.composition.weights
    sales = [fill for fill in made.fills if fill.symbol == "DOOM/USDT" and fill.side is Side.SELL]
    assert sales
    assert float(sales[-1].price) == float(where.world.series["DOOM/USDT"].bars.close[-1])
    assert "DOOM/USDT" not in held(made.fills, UNTIL)
    second = made.rebalances[1].of.composition
    assert "DOOM/USDT" not in second.weights
    assert made.curve.exposure[-1] > 0.95


def test_who_leaves_pays_for_who_comes() -> None:
    made = lived("top?by=return_7&count=1&rebalance=7d")
    aims = [next(iter(one.of.composition.weights)) for one in made.rebalances]
    assert len(set(aims)) > 1
    for before, aim, one in zip(aims, aims[1:], made.rebalances[1:], strict=False):
        if aim != before:
            # sold at the open that follows the decision, bought at the open after that
            assert list(held(made.fills, one.of.at + 2 * DAY + 1)) == [aim]
            assert one.traded > 1.5


def test_a_pegged_asset_is_never_held() -> None:
    made = lived("top?count=50&rebalance=30d")
    assert "USDC/USDT" not in {fill.symbol for fill in made.fills}
    assert ("USDC/USDT", "pegged") in {
        (one.symbol, one.why) for one in made.rebalances[0].of.composition.left_out
    }


def test_what_comes_after_a_rebalance_changes_nothing_of_it() -> None:
    whole = lived("top?by=return_7&count=2&weight=inverse_volatility&rebalance=20d")
    cut = Instant(START + 41 * DAY)
    spoiled = place(cut)
    series = {}
    for symbol, one in spoiled.world.series.items():
        bars, after = one.bars, one.bars.opened_at + DAY > cut
        columns = {}
        for name in ("open", "high", "low", "close", "volume"):
            column = getattr(bars, name).copy()
            column[after] = 1e6
            columns[name] = column
        series[symbol] = judge(one.asset, replace(bars, **columns), "test", delisted_at=one.delisted_at)
    shorter = lived(
        "top?by=return_7&count=2&weight=inverse_volatility&rebalance=20d",
        replace(spoiled, world=replace(spoiled.world, series=series)),
    )
    assert [one.of for one in shorter.rebalances] == [one.of for one in whole.rebalances[:3]]
    rows = len(shorter.curve)
    assert shorter.curve.equity.tolist() == whole.curve.equity[:rows].tolist()


def test_the_same_window_gives_the_same_index_twice_and_costs_cost() -> None:
    first, again = lived("top?count=2"), lived("top?count=2")
    assert first.curve.equity.tolist() == again.curve.equity.tolist()
    free = lived("top?count=2", costs=NO_COSTS)
    assert free.measured.fees == 0
    assert first.measured.fees > 0
    assert free.curve.equity[-1] > first.curve.equity[-1]


def test_bitcoin_and_the_whole_universe_are_held_beside_it() -> None:
    made = lived("top?count=2")
    assert [(one.name, one.asked, one.bought) for one in made.beside] == [
        ("BTC/USDT", 1, 1),
        ("universe", 4, 4),
    ]
    assert [one.name for one in lived("top?count=2", place(without="BTC/USDT")).beside] == ["universe"]


def test_what_would_take_hours_is_refused_before_it_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent.runtime.index_run._MOST_GRADED", 20)
    with pytest.raises(UsageError, match=r"90 times out of the grades of 5 assets"):
        lived("top?by=trader&rebalance=1d")
    monkeypatch.setattr("agent.runtime.index_run._MOST_READ", 20)
    with pytest.raises(UsageError, match="take too long"):
        lived("top?rebalance=1d")
