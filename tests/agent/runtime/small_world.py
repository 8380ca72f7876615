"""A market made to order and a desk on it, for tests that run the loop."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import numpy as np

from agent.journal.memory_journal import MemoryJournal
from agent.journal.store import SqlJournal
from agent.runtime.config import RunConfig
from agent.runtime.desk import Desk
from agent.runtime.loop import run
from agent.runtime.modes import Place, begin, wire
from agent.runtime.recovery import recover
from agent.runtime.worlds import World
from core.instant import Instant, Interval, instant, interval
from core.market import Bars, Costs, Instrument
from core.money import money
from core.ports import Decider, Record
from strategies.risk.limits import Limits, profile
from tools.clocks import SimulatedClock
from tools.exchange.paper.costs import costs_text
from tools.store.gate import judge

START = instant("2024-01-01")
H1 = interval("1h")
NO_FRICTION = Costs(
    maker=Decimal("0.001"),
    taker=Decimal("0.001"),
    slippage_bps=Decimal(0),
    impact=Decimal(0),
    participation=Decimal(0),
)


def bars_of(symbol: str, closes: Sequence[float], grain: Interval = H1, start: Instant = START) -> Bars:
    """Candles that open at the close before them; wicks of one per mille; volume of 1,000 units."""
    close = np.array(closes, dtype=np.float64)
    opened = np.concatenate(([close[0]], close[:-1]))
    return Bars(
        symbol,
        grain,
        start + grain.ms * np.arange(len(close), dtype=np.int64),
        opened,
        np.maximum(opened, close) * 1.001,
        np.minimum(opened, close) * 0.999,
        close,
        np.full(len(close), 1_000.0),
    )


def walk(rows: int, seed: int = 1, price: float = 100.0, step: float = 0.01) -> list[float]:
    """A seeded random walk of closes."""
    moves = np.random.default_rng(seed).normal(0, step, rows)
    return [round(float(value), 2) for value in price * np.exp(np.cumsum(moves))]


def world_of(paths: Mapping[str, Sequence[float]], *, warm: int = 0, grain: Interval = H1) -> World:
    """A world whose accounts begin after *warm* candles."""
    series = {
        symbol: judge(f"test:{symbol}", bars_of(symbol, closes, grain), "test")
        for symbol, closes in paths.items()
    }
    rows = max(len(closes) for closes in paths.values())
    step = Decimal("1e-8")
    return World(
        "test",
        False,
        grain,
        Instant(START + warm * grain.ms),
        Instant(START + rows * grain.ms),
        series,
        {symbol: Instrument(symbol, Decimal("0.01"), step, step, Decimal(5)) for symbol in paths},
    )


def config_of(
    world: World,
    decider: str,
    *,
    limits: Limits | None = None,
    costs: Costs = NO_FRICTION,
    every: str = "1h",
    cash: str = "10000 USDT",
    until: Instant | None = None,
) -> RunConfig:
    """The configuration of an account called ``paper`` on *world*; profile ``none`` unless told otherwise."""
    limits = limits or profile("none")
    return RunConfig(
        "paper",
        world.spec,
        decider,
        world.symbols,
        world.start,
        until or world.until,
        interval(every),
        world.grain,
        money(cash),
        limits,
        limits.profile,
        costs,
        costs_text(costs),
    )


@dataclass
class Run:
    """What a finished run left behind."""

    desk: Desk
    reason: str
    records: list[Record]

    def kinds(self) -> list[str]:
        """The kinds of the account's events, in order."""
        return [record.kind for record in self.records]

    def of(self, kind: str) -> list[Record]:
        """The events of one kind."""
        return [record for record in self.records if record.kind == kind]

    def refusals(self) -> set[str]:
        """Every code that a refused wish carries."""
        return {finding["code"] for record in self.of("refused") for finding in record.body["findings"]}

    @property
    def head(self) -> str:
        """The hash of the newest event."""
        return self.records[-1].hash


def live(
    config: RunConfig,
    world: World,
    home: Path | None = None,
    *,
    decider: Decider | None = None,
    decisions: int | None = None,
    prepare: object = None,
) -> Run:
    """Starts the account of *config*, or goes on with it where *home* holds its journal, and runs it."""
    journal: MemoryJournal | SqlJournal = (
        MemoryJournal()
        if home is None
        else SqlJournal.open(home / "journal.db", home / "heads.json", durable=False)
    )
    account, before = recover(journal, config.account, lambda symbol: world.instruments[symbol])
    desk = wire(config, world, Place(home, journal), account, wall=SimulatedClock(START), decider=decider)
    if callable(prepare):
        prepare(desk)

    async def lived() -> str:
        await begin(desk, resumed=before is not None)
        return await run(desk, decisions=decisions)

    try:
        reason = asyncio.run(lived())
        return Run(desk, reason, list(journal.records(account.stream)))
    finally:
        if isinstance(journal, SqlJournal):
            journal.close()
