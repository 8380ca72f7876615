"""Invented daily candles of known returns, and grades that know as much of them as a test wants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from core.assets import AssetKind, AssetRef
from core.instant import DAY, Instant, Interval, instant
from core.market import Bars, BarSeries, Floats
from evals.grades.settings import Settings
from evals.grades.universe import Universe, universe_of
from strategies.grades.formula import Formula, Input
from strategies.grades.sums import Grades

START = instant("2022-01-01")
SMALL = Formula(
    "trader",
    "trader.test",
    {"technical": 0.8, "quant": 0.2},
    (
        Input("sma_20_distance", "technical", 1, 1.0, 0.0, 1.0, in_ranges=True),
        Input("rsi_14", "technical", 1, 1.0, 50.0, 10.0),
        Input("realised_volatility_30", "quant", -1, 1.0, 0.8, 0.2),
    ),
)
QUICK = Settings(horizons=(1, 7), lags=(1, 2), draws=5)


def series(
    name: str,
    returns: Floats,
    *,
    first: int = 0,
    segment: Sequence[int] | None = None,
    kept: Sequence[int] | None = None,
    delisted: bool = False,
) -> BarSeries:
    """Candles whose returns from open to next open are *returns*; a close is the next open. *kept*: which rows."""
    opens = 100.0 * np.concatenate([[1.0], np.cumprod(1.0 + returns)])
    rows = np.arange(len(returns)) if kept is None else np.array(kept)
    opened = START + (first + rows) * DAY
    low, high = np.minimum(opens[:-1], opens[1:]), np.maximum(opens[:-1], opens[1:])
    columns = [column[rows] for column in (opens[:-1], high * 1.001, low * 0.999, opens[1:])]
    bars = Bars(f"{name}/USDT", Interval(DAY), opened.astype(np.int64), *columns, np.full(len(rows), 1e6))
    count = len(rows)
    stretch = np.zeros(count, dtype=np.int32) if segment is None else np.array(segment, dtype=np.int32)
    ended = Instant(int(opened[-1]) + DAY) if delisted else None
    clean = np.full(count, -1, dtype=np.int64)
    return BarSeries(name.lower(), bars, stretch, clean, ("",) * count, "test", "", delisted_at=ended)


def named(count: int) -> list[str]:
    return [f"T{number:02d}" for number in range(count)]


def universe(
    made: Sequence[BarSeries],
    kinds: Mapping[str, AssetKind] | None = None,
    since: Instant | None = None,
    until: Instant | None = None,
) -> Universe:
    assets = {one.asset: AssetRef(one.asset, one.asset.upper(), one.asset) for one in made}
    for name, kind in (kinds or {}).items():
        assets[name] = replace(assets[name], kind=kind)
    return universe_of("replay", made, assets, made[0].asset if made else None, since=since, until=until)


def market(returns: Floats) -> Universe:
    """One asset a column."""
    return universe(
        [series(name, column) for name, column in zip(named(returns.shape[1]), returns.T, strict=True)]
    )


def grades(value: Floats) -> Grades:
    """Grades that are what a test says."""
    there = np.isfinite(value).astype(np.float64)
    return Grades(value, there, {"technical": value, "quant": value}, {"technical": there, "quant": there})


def noise(days: int, assets: int, seed: int, deviation: float = 0.03) -> Floats:
    return np.random.default_rng(seed).normal(0.0, deviation, (days, assets))
