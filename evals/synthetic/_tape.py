"""Candles of invented tokens: a noisy path, and the shape that a generator lays over it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from core.instant import HOUR, Instant
from core.market import Bars, Floats
from evals.synthetic._generator import Stage

_DIGITS = 5
"""Digits of a price."""
HOURLY = 0.006
"""Standard deviation of an hour's return where nothing happens."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A log price laid over the noise: straight between *knots* of (instant, log price), flat outside them."""

    knots: Sequence[tuple[float, float]] = ((0.0, 0.0),)

    def at(self, moments: Floats) -> Floats:
        """The log price at each of *moments*."""
        times, values = zip(*self.knots, strict=True)
        found: Floats = np.interp(moments, times, values)
        return found


@dataclass(frozen=True, slots=True)
class Calm:
    """How a token moves where nothing happens: an hour's standard deviation, and its drift over a year (log)."""

    hourly: float = HOURLY
    drift: float = 0.0


def market(
    stage: Stage, shape: Callable[[str], Shape] = lambda _: Shape(), calm: Calm | None = None
) -> dict[str, Bars]:
    """Candles of every symbol of *stage*, each with the shape that *shape* names for it."""
    return {symbol: tape(stage, symbol, shape(symbol), calm or Calm()) for symbol in stage.symbols}


def tape(stage: Stage, symbol: str, shape: Shape, calm: Calm) -> Bars:
    """One token's candles. A knot within a candle shows as its high or low, as it would at a venue."""
    noise = stage.noise(f"{symbol}:tape")
    opened = stage.opened_at
    rows = len(opened)
    hours = stage.grain.ms / HOUR
    sigma = calm.hourly * np.sqrt(hours)
    price = float(10.0 ** noise.uniform(-0.5, 2.0))
    steps = sigma * noise.standard_normal(rows) + calm.drift * hours / 8760
    path = np.log(price) + np.concatenate(([0.0], np.cumsum(steps)))
    edges = np.append(opened, stage.end).astype(np.float64)
    edge = np.exp(path + shape.at(edges))
    # a jump between two candles belongs to the later one's open, not to the earlier one's close
    close = np.exp(path[1:] + shape.at(edges[1:] - 1.0))
    open_ = edge[:-1]
    above = np.exp(np.abs(noise.standard_normal(rows)) * sigma / 2)
    below = np.exp(-np.abs(noise.standard_normal(rows)) * sigma / 2)
    high, low = np.maximum(open_, close) * above, np.minimum(open_, close) * below
    for moment, value in shape.knots:
        row = int(np.searchsorted(opened, moment, side="right")) - 1
        if 0 <= row < rows and moment < stage.end:
            touched = float(np.exp(path[row] + value))
            high[row], low[row] = max(high[row], touched), min(low[row], touched)
    moved = np.abs(np.log(close / open_)) / sigma
    turnover = 10.0 ** noise.uniform(5.5, 6.5) * hours
    volume = turnover * (0.5 + 0.5 * moved) * np.exp(0.3 * noise.standard_normal(rows)) / close
    digits = _DIGITS - int(np.floor(np.log10(price)))
    open_, high, low, close = (
        np.maximum(np.round(one, digits), 10.0**-digits) for one in (open_, high, low, close)
    )
    return Bars(symbol, stage.grain, opened, open_, high, low, close, np.maximum(np.round(volume, 2), 0.01))


def without(bars: Bars, first: Instant, until: Instant) -> Bars:
    """*bars* with a hole: none that opens in [*first*, *until*)."""
    kept = (bars.opened_at < first) | (bars.opened_at >= until)
    return Bars(
        bars.symbol,
        bars.interval,
        bars.opened_at[kept],
        bars.open[kept],
        bars.high[kept],
        bars.low[kept],
        bars.close[kept],
        bars.volume[kept],
    )
