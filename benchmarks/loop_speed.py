"""The one loop beside backtesting.py: SMA 20/50, all in, next open, 0.1 % fee, 43,824 hourly candles.

Run: make bench, or python benchmarks/loop_speed.py [pairs]. Prints medians and the ratio pair by pair.
Ours includes the exact ledger, the risk engine, the paper venue's book and the journal with its hash
chain; ``sqlite`` keeps book and journal in files as `tokenwise paper --market replay` does, ``memory``
as evaluation does.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
import warnings
from decimal import Decimal
from pathlib import Path
from statistics import median

from _seeded_walk import seeded_walk

from agent.journal.memory_journal import MemoryJournal
from agent.journal.store import SqlJournal
from agent.runtime.account import Account
from agent.runtime.config import RunConfig
from agent.runtime.loop import run
from agent.runtime.modes import Place, begin, wire
from agent.runtime.worlds import World
from core.instant import Instant, interval
from core.market import Bars, Instrument
from core.money import money
from strategies.risk.limits import profile
from tools.clocks import SystemClock
from tools.exchange.paper.costs import costs_text, parse_costs
from tools.store.gate import judge

COSTS = "maker=0.001&taker=0.001&slippage_bps=0&impact=0&latency=0s&participation=0"
RULE = "rule:sma_cross?fast=20&slow=50"
SYMBOL = "WALK/USDT"


def ours(bars: Bars, home: Path | None) -> tuple[float, float, int]:
    """Seconds of the loop alone, final equity, round trips."""
    world = World(
        "replay",
        False,
        interval("1h"),
        Instant(int(bars.opened_at[0])),
        Instant(int(bars.opened_at[-1]) + bars.interval.ms),
        {SYMBOL: judge("walk", bars, "seeded")},
        {SYMBOL: Instrument(SYMBOL, Decimal("0.01"), Decimal("1e-8"), Decimal("1e-8"), Decimal(5))},
    )
    costs = parse_costs(COSTS)
    config = RunConfig(
        "bench",
        world.spec,
        RULE,
        world.symbols,
        world.start,
        world.until,
        interval("1h"),
        world.grain,
        money("1000000 USDT"),
        profile("none"),
        "none",
        costs,
        costs_text(costs),
    )
    journal = (
        MemoryJournal()
        if home is None
        else SqlJournal.open(home / "journal.db", home / "heads.json", durable=False)
    )

    async def live() -> tuple[float, float, int]:
        desk = wire(config, world, Place(home, journal), Account("bench"), wall=SystemClock())
        started = time.perf_counter()
        await begin(desk, resumed=False)
        await run(desk)
        return time.perf_counter() - started, float(desk.equity()), desk.account.portfolio.round_trips

    return asyncio.run(live())


def theirs(bars: Bars) -> tuple[float, float, int]:
    """Seconds of `FractionalBacktest.run()`, final equity, round trips."""
    warnings.simplefilter("ignore")
    import pandas as pd
    from backtesting import Strategy
    from backtesting.lib import FractionalBacktest, crossover

    def mean(values: object, period: int) -> object:
        return pd.Series(values).rolling(period).mean()

    class Cross(Strategy):
        def init(self) -> None:
            self.fast = self.I(mean, self.data.Close, 20)
            self.slow = self.I(mean, self.data.Close, 50)

        def next(self) -> None:
            if crossover(self.fast, self.slow):
                self.buy()
            elif crossover(self.slow, self.fast):
                self.position.close()

    frame = pd.DataFrame(
        {"Open": bars.open, "High": bars.high, "Low": bars.low, "Close": bars.close, "Volume": bars.volume},
        index=pd.to_datetime(bars.opened_at, unit="ms"),
    )
    test = FractionalBacktest(
        frame, Cross, fractional_unit=1e-8, cash=1_000_000, commission=0.001, finalize_trades=False
    )
    started = time.perf_counter()
    result = test.run()
    return time.perf_counter() - started, float(result["Equity Final [$]"]), len(result["_trades"])


def main(pairs: int) -> None:
    bars = seeded_walk()
    rows: dict[str, list[float]] = {"memory": [], "sqlite": [], "backtesting.py": []}
    for _ in range(pairs):
        rows["memory"].append(ours(bars, None)[0])
        with tempfile.TemporaryDirectory() as folder:
            sqlite = ours(bars, Path(folder))
        rows["sqlite"].append(sqlite[0])
        other = theirs(bars)
        rows["backtesting.py"].append(other[0])
    print(f"{len(bars):,} candles; ours: {sqlite[2]} round trips, {sqlite[1]:.6f}; theirs: {other[1]:.6f}")
    for name, seconds in rows.items():
        ratios = [mine / peer for mine, peer in zip(seconds, rows["backtesting.py"], strict=True)]
        print(f"{name:16} median {median(seconds):6.3f} s   ratio {median(ratios):.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
