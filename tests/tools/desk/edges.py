"""Odd markets, through the real gate and the real desk: candles made to order, or of the panel."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl

from core.assets import AssetRef
from core.instant import DAY, Instant, instant, interval
from core.market import Bars, BarSeries, Floats, Instrument
from core.money import money
from core.ports import FactSource
from tools.clocks import SimulatedClock
from tools.desk.grading.grades import GradeDesk
from tools.desk.grading.sheet import Sheet
from tools.market.bar_market import BarMarket
from tools.store.gate import judge

D1 = interval("1d")
START = instant("2024-01-01")
_COLUMNS = ("open", "high", "low", "close", "volume")
_STEP = money("0.00000001 USDT").amount


@dataclass
class Odd:
    """A market of daily candles and its desk. *facts*: by asset id, where there are any."""

    series: Mapping[str, BarSeries]
    facts: FactSource | None = None
    refs: Mapping[str, AssetRef] | None = None

    def at(self, days: float, start: Instant = START) -> Sheet:
        """The sheet so many days after *start*."""
        return self.sheet(Instant(start + int(days * DAY)))

    def sheet(self, now: Instant) -> Sheet:
        """The sheet as of *now*, by a market that has not been asked before."""
        return self.desk(now).sheet()

    def desk(self, now: Instant) -> GradeDesk:
        """A desk on a market that is at *now*."""
        return self.desk_on(self.market(now))

    def market(self, now: Instant, until: Instant | None = None) -> BarMarket:
        """The market at *now*, which may go on to *until*."""
        instruments = {s: Instrument(s, _STEP, _STEP, _STEP, _STEP) for s in self.series}
        market = BarMarket(SimulatedClock(until or now), D1, self.series, instruments, simulated=False)
        asyncio.run(market.advance(now))
        return market

    def desk_on(self, market: BarMarket) -> GradeDesk:
        """A desk on *market*."""
        assets = {symbol: one.asset for symbol, one in self.series.items()}
        return GradeDesk(market, assets, self.facts, refs=self.refs)


def walk(seed: int, rows: int, price: float = 100.0, step: float = 0.03) -> Floats:
    """A seeded walk of closes, on ticks of a millionth."""
    moves = np.random.default_rng(seed).normal(0.0, step, rows)
    return np.round(price * np.exp(np.cumsum(moves)), 6)


def candles(
    symbol: str,
    closes: Sequence[float] | Floats,
    *,
    start: Instant = START,
    volume: float | Floats | None = None,
    without: Iterable[int] = (),
    flat: bool = False,
) -> Bars:
    """Daily candles that open at the close before; *without*: rows that are missing; *flat*: without wicks."""
    close = np.asarray(closes, dtype=np.float64)
    opened = np.concatenate((close[:1], close[:-1]))
    wick = 0.0 if flat else 0.01
    chance = np.random.default_rng(len(close))
    traded = 1000.0 * np.exp(chance.normal(0, 0.3, len(close))) if volume is None else volume
    columns = {
        "open": opened,
        "high": np.maximum(opened, close) * (1 + wick),
        "low": np.minimum(opened, close) * (1 - wick),
        "close": close,
        "volume": np.broadcast_to(np.asarray(traded, dtype=np.float64), close.shape).copy(),
    }
    kept = ~np.isin(np.arange(len(close)), list(without))
    opened_at = start + DAY * np.arange(len(close), dtype=np.int64)
    return Bars(symbol, D1, opened_at[kept], *(columns[name][kept] for name in _COLUMNS))


def judged(bars: Bars, asset: str | None = None, delisted_at: Instant | None = None) -> BarSeries:
    """*bars* through the gate, of *asset* (by default one that nobody knows)."""
    name = asset or f"unmapped:{bars.symbol.partition('/')[0]}"
    return judge(name, bars, "test", delisted_at=delisted_at)


def odd(*several: BarSeries, facts: FactSource | None = None) -> Odd:
    """A market of *several*."""
    return Odd({one.bars.symbol: one for one in several}, facts)


def neighbours(count: int, rows: int, start: Instant = START) -> list[BarSeries]:
    """So many plain coins."""
    return [
        judged(candles(f"N{k:02d}/USDT", walk(100 + k, rows), start=start), f"test:n{k:02d}")
        for k in range(count)
    ]


@cache
def _frame(file: Path) -> pl.DataFrame:
    return pl.read_parquet(file).with_columns(pl.col("symbol").cast(pl.String))


def of_panel(shared_data: Path, *bases: str, since: str, until: str) -> list[Bars]:
    """The panel's candles of *bases* against USDT, opened from *since* on and before *until*."""
    whole = _frame(shared_data / "panel/binance_spot_2021_2023_daily_all.parquet")
    found = []
    for base in bases:
        rows = whole.filter(pl.col("symbol") == f"{base}USDT").sort("ts")
        opened = rows["ts"].dt.timestamp("ms").to_numpy()
        first, stop = (int(row) for row in np.searchsorted(opened, [instant(since), instant(until)]))
        columns = [rows[name].to_numpy()[first:stop].copy() for name in _COLUMNS]
        found.append(Bars(f"{base}/USDT", D1, opened[first:stop].astype(np.int64), *columns))
    return found
