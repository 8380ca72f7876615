"""Candles that a test writes by hand, and the home they go into."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from core.instant import HOUR, Instant, Interval, instant, interval
from core.market import Bars
from tools.clocks import SimulatedClock
from tools.store.importer import ImportReport, Job, import_files
from tools.store.manifest import Entry, entry
from tools.store.store import Store

START = instant("2024-01-01")
NOW = instant("2025-01-01")
H1, D1 = interval("1h"), interval("1d")


def bars(
    close: Sequence[float],
    volume: Sequence[float] | float = 100.0,
    *,
    width: Interval = H1,
    opened: Sequence[int] | None = None,
    first_open: float | None = None,
) -> Bars:
    """Candles that open at the close before, and whose range is the body."""
    closes = np.asarray(close, float)
    opens = np.concatenate(([closes[0] if first_open is None else first_open], closes[:-1]))
    times = START + np.arange(len(closes)) * width.ms if opened is None else np.asarray(opened, np.int64)
    high, low = np.maximum(opens, closes), np.minimum(opens, closes)
    return Bars(
        "BTC/USDT", width, times, opens, high, low, closes, np.broadcast_to(volume, len(closes)).astype(float)
    )


def frame(one: Bars, **more: Any) -> pl.DataFrame:
    columns = {name: getattr(one, name) for name in ("open", "high", "low", "close", "volume")}
    return pl.DataFrame({"ts": pl.Series(one.opened_at).cast(pl.Datetime("ms", "UTC")), **columns, **more})


def wander(count: int, seed: int = 1, scale: float = 0.001) -> list[float]:
    """A quiet price."""
    steps = np.random.default_rng(seed).normal(0, scale, count)
    return (100 * np.exp(np.cumsum(steps))).tolist()


def an_entry(**more: Any) -> Entry:
    plain = {
        "path": "x",
        "kind": "ohlcv",
        "symbol": "BTC/USDT",
        "venue": "binance",
        "interval": "1h",
        "source": "test",
        "asset": "bitcoin",
    }
    return entry({k: v for k, v in (plain | more).items() if v is not None}, "test")


def a_store(home: Path, now: int = NOW) -> Store:
    return Store.open(home, SimulatedClock(Instant(now)))


def put(store: Store, file: Path, rows: pl.DataFrame | None = None, **more: Any) -> ImportReport:
    if rows is not None:
        rows.write_parquet(file)
    return import_files(store, [Job(an_entry(**more), file)], file.parent)


__all__ = ["D1", "H1", "HOUR", "NOW", "START", "a_store", "an_entry", "bars", "frame", "put", "wander"]
