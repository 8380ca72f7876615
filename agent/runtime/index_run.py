"""Back-computes an index: the basket held through the one loop, in memory, with costs and without limits."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

from agent.journal.memory_journal import MemoryJournal
from agent.report.history import history
from agent.runtime.account import Account
from agent.runtime.config import RunConfig
from agent.runtime.graded import RunGrades
from agent.runtime.index_world import IndexWorld
from agent.runtime.loop import run
from agent.runtime.modes import HOLD, Place, begin, benchmark, wire
from agent.runtime.worlds import World
from core.errors import UsageError
from core.instant import DAY, Instant, interval
from core.market import Bars, Costs
from core.money import Money, multiply
from core.observation import Missing
from core.orders import Fill
from core.ports import Clock
from strategies.baskets.basket import Basket
from strategies.measure.curve import Curve, equity_curve
from strategies.measure.performance import Performance, performance
from strategies.risk.limits import profile
from tools.desk.grading.universe import universe_of
from tools.desk.indices.decider import IndexDecider, Rebalance
from tools.desk.indices.reading import needs_sheet
from tools.exchange.paper.costs import costs_text

_DAY = interval("1d")
# About ten minutes on one core: a whole sheet of grades takes some 20 ms an asset, the other readings under 1 ms,
# a candle of one asset some microseconds.
_MOST_GRADED = 25_000
_MOST_READ = 500_000
_MOST_BEATS = 50_000_000


@dataclass(frozen=True, slots=True)
class Rebalanced:
    """One rebalance and what it moved: *traded* is what was bought and sold until the next, over the account then."""

    of: Rebalance
    equity: float
    traded: float
    fees: float


@dataclass(frozen=True, slots=True)
class Beside:
    """What buy & hold did in the same window, with the same costs: of a symbol, or of the whole ``universe``.

    Of the *asked* symbols *bought* were: a share below the smallest order cannot be.
    """

    name: str
    decider: str
    asked: int
    bought: int
    measured: Performance
    curve: Curve


@dataclass(frozen=True, slots=True)
class BackComputed:
    """An index over a window. *missing*: who could not be looked at in it at all."""

    config: RunConfig
    curve: Curve
    measured: Performance
    fills: tuple[Fill, ...]
    rebalances: tuple[Rebalanced, ...]
    beside: tuple[Beside, ...]
    missing: tuple[Missing, ...] = ()


def refuse_too_much(basket: Basket, place: IndexWorld) -> None:
    """Refuses what would take hours, before it begins.

    Raises:
        UsageError: how much it is, and what would make it less.
    """
    world = place.world
    able = sum(one.never is None for one in place.listed)
    times = -(-(world.until - world.start) // basket.rebalance_ms)
    if needs_sheet(basket) and times * able > _MOST_GRADED:
        raise UsageError(
            f"it would be put together {times:,} times out of the grades of {able:,} assets, which takes too long",
            f"Choose a shorter window or a longer --rebalance: at most {_MOST_GRADED // able:,} times.",
            code="too_much",
        )
    beats = (world.until - world.start) // world.grain.ms * len(world.symbols)
    if times * able > _MOST_READ or beats > _MOST_BEATS:
        raise UsageError(
            f"{len(world.symbols):,} assets over {beats // len(world.symbols):,} candles of {world.grain}, put "
            f"together {times:,} times, take too long",
            "Choose a shorter window or a longer --rebalance.",
            code="too_much",
        )


async def back_compute(
    spec: str,
    basket: Basket,
    place: IndexWorld,
    *,
    cash: Money,
    costs: Costs,
    wall: Clock,
    progress: Callable[[Instant], None] = lambda _: None,
) -> BackComputed:
    """*basket* (canonical: *spec*) held over the window of *place*, and buy & hold beside it.

    Raises:
        UsageError: it would take too long, or no whole day lies in the window.
    """
    refuse_too_much(basket, place)
    world, limits = place.world, profile("none")
    every = max(_DAY, world.grain)
    config = RunConfig(
        "index", world.spec, f"index:{spec}", world.symbols, world.start, world.until,
        every, world.grain, cash, limits, limits.profile, costs, costs_text(costs), sleeves=1,
    )  # fmt: skip
    grades = RunGrades({one.symbol: one.asset for one in place.listed}, world.facts)
    facts = world.facts
    decider = IndexDecider(
        config.decider,
        basket,
        place.listed,
        sheet=lambda market: grades(market).sheet(),
        caps=None if facts is None else facts.facts,
    )
    journal = MemoryJournal()
    account = Account(config.account)
    desk = wire(config, world, Place(None, journal), account, wall=wall, decider=decider)
    desk.progress = progress
    with closing(desk):
        await begin(desk, resumed=False)
        await run(desk)
    fills = tuple(history(journal.records(account.stream)).fills)
    curve = _curve(config, world, fills)
    beside = []
    for symbol in _benchmark(place):
        beside.append(await _beside(symbol, config, world, [symbol], wall))
    everyone = [one.symbol for one in place.listed if one.never is None and _trades(world, one.symbol)]
    if everyone:
        beside.append(await _beside("universe", config, world, everyone, wall))
    return BackComputed(
        config,
        curve,
        performance(curve, fills),
        fills,
        tuple(_moved(decider.rebalances, fills, curve)),
        tuple(beside),
        place.missing,
    )


def _benchmark(place: IndexWorld) -> list[str]:
    """Bitcoin; in a simulated market its first symbol; nobody where it has no candle then."""
    world = place.world
    found = universe_of(world.symbols, place.refs, world.start, simulated=world.simulated).benchmark
    return [found] if found is not None and _trades(world, found) else []


def _trades(world: World, symbol: str) -> bool:
    """Whether *symbol* had candles at the world's start and was still traded."""
    series = world.series[symbol]
    opened, ended = series.bars.opened_at, series.delisted_at
    last_known = int(opened.searchsorted(world.start - world.grain.ms, side="right")) - 1
    return (
        last_known >= 0
        and world.start - int(opened[last_known]) <= 3 * DAY
        and (ended is None or ended > world.start)
    )


async def _beside(name: str, config: RunConfig, world: World, symbols: Sequence[str], wall: Clock) -> Beside:
    smaller = replace(world, series={symbol: world.series[symbol] for symbol in symbols})
    held = await benchmark(replace(config, symbols=tuple(symbols), sleeves=None), smaller, wall, config.until)
    curve = _curve(config, smaller, held.fills)
    bought = len({fill.symbol for fill in held.fills})
    return Beside(name, HOLD, len(symbols), bought, performance(curve, held.fills), curve)


def _curve(config: RunConfig, world: World, fills: Sequence[Fill]) -> Curve:
    traded = {fill.symbol for fill in fills}
    bars: Mapping[str, Bars] = {symbol: world.series[symbol].bars for symbol in sorted(traded)}
    return equity_curve(fills, bars, config.cash.amount, config.start, config.until, config.grain)


def _moved(rebalances: Sequence[Rebalance], fills: Sequence[Fill], curve: Curve) -> list[Rebalanced]:
    found = []
    for number, one in enumerate(rebalances):
        ends = rebalances[number + 1].at if number + 1 < len(rebalances) else Instant(2**62)
        own = [fill for fill in fills if one.at <= fill.at < ends]
        row = max(int(curve.at.searchsorted(one.at, side="right")) - 1, 0)
        equity = float(curve.equity[row])
        notional = sum(float(multiply(fill.quantity, fill.price)) for fill in own)
        fees = sum(float(fill.fee) for fill in own)
        found.append(Rebalanced(one, equity, notional / equity if equity > 0 else 0.0, fees))
    return found
