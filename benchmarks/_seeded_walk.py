"""Seeded hourly candles with clustering volatility, on ticks of 0.01: the series that engines are compared on."""

from __future__ import annotations

import numpy as np

from core.instant import HOUR, instant, interval
from core.market import Bars

BARS = 43_824
START = instant("2019-01-01")


def seeded_walk(rows: int = BARS, seed: int = 20_240_101) -> Bars:
    """*rows* hourly candles from 2019 on: geometric Brownian motion, log-OU volatility, integer ticks."""
    rng = np.random.default_rng(seed)
    log_volatility = np.empty(rows)
    level = 0.0
    for row, shock in enumerate(rng.normal(0, 0.12, rows)):
        level = 0.98 * level + shock
        log_volatility[row] = level
    returns = rng.normal(0, 0.006 * np.exp(log_volatility), rows)
    close = np.round(1_000_000 * np.exp(np.cumsum(returns)))
    open_ = np.concatenate(([1_000_000.0], close[:-1]))
    wick = np.abs(rng.normal(0, 0.002, (2, rows)))
    high = np.ceil(np.maximum(open_, close) * (1 + wick[0]))
    low = np.floor(np.minimum(open_, close) * (1 - wick[1]))
    volume = np.round(rng.lognormal(3, 0.5, rows), 3)
    opened_at = START + HOUR * np.arange(rows, dtype=np.int64)
    return Bars(
        "WALK/USDT", interval("1h"), opened_at, open_ / 100, high / 100, low / 100, close / 100, volume
    )
