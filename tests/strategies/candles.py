"""Candles that the tests of indicators, levels, regime and grades share."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import strategies as st

from core.instant import DAY, HOUR, Interval, instant
from core.market import Bars

START = instant("2024-01-01")


def bars_of(
    closes: Sequence[float],
    *,
    highs: Sequence[float] | None = None,
    lows: Sequence[float] | None = None,
    volumes: Sequence[float] | None = None,
    width: int = DAY,
) -> Bars:
    """Bars of *closes*; without *highs* and *lows* each bar is that one price."""
    close = np.array(closes, dtype=np.float64)
    high = close if highs is None else np.array(highs, dtype=np.float64)
    low = close if lows is None else np.array(lows, dtype=np.float64)
    volume = np.ones(len(close)) if volumes is None else np.array(volumes, dtype=np.float64)
    opened_at = START + np.arange(len(close), dtype=np.int64) * width
    return Bars("AAA/USDT", Interval(width), opened_at, close, high, low, close, volume)


def walk(
    count: int, seed: int = 7, *, width: int = 4 * HOUR, drift: float = 0.0, swing: float = 0.02
) -> Bars:
    """A random walk with wicks and volumes; a longer one begins with the same bars."""
    rows = np.random.default_rng(seed).normal(size=(count, 4))
    close = 100.0 * np.exp(np.cumsum(drift + swing * rows[:, 0]))
    high, low = close * (1 + swing * np.abs(rows[:, 1])), close / (1 + swing * np.abs(rows[:, 2]))
    return bars_of(
        close.tolist(),
        highs=high.tolist(),
        lows=low.tolist(),
        volumes=np.exp(rows[:, 3]).tolist(),
        width=width,
    )


_CANDLE = st.tuples(
    st.floats(1e-6, 1e6), st.floats(0, 2), st.floats(0, 0.9), st.one_of(st.just(0.0), st.floats(1e-3, 1e9))
)


@st.composite
def any_bars(draw: st.DrawFn, most: int = 60) -> Bars:
    """Any candles that the quality gate lets through, wild and flat ones and empty volumes among them."""
    count = draw(st.integers(0, most))
    rows = draw(st.lists(_CANDLE, min_size=count, max_size=count))
    if rows and draw(st.booleans()):
        rows = [row for row in rows for _ in range(draw(st.integers(1, 8)))]
    closes = [close for close, *_ in rows]
    return bars_of(
        closes,
        highs=[close * (1 + up) for close, up, _, _ in rows],
        lows=[close * (1 - down) for close, _, down, _ in rows],
        volumes=[volume for *_, volume in rows],
    )


def followed_by(bars: Bars, more: Bars) -> Bars:
    """*bars* and then the prices of *more*."""
    return bars_of(
        [*bars.close, *more.close],
        highs=[*bars.high, *more.high],
        lows=[*bars.low, *more.low],
        volumes=[*bars.volume, *more.volume],
        width=bars.interval.ms,
    )
