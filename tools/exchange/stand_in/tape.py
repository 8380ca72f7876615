"""The past of the prices: a seeded wave before the server started, its own tape after, or candles that were handed in."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from math import exp, sin, tau
from typing import NamedTuple

import numpy as np

from core.instant import DAY, HOUR, MINUTE, Instant, Interval
from core.money import floor_to, published
from tools.exchange.stand_in.engine.ladder import Ladder

CandleSource = Callable[[str, Interval, Instant, Instant], list["Row"]]
"""(symbol, interval, from, until exclusive) -> rows oldest first; the last may be unclosed."""

SAMPLES = 8
PERIODS = (47 * MINUTE, 5 * HOUR, 31 * HOUR, 9 * DAY, 61 * DAY)
SWINGS = (0.0015, 0.006, 0.015, 0.05, 0.12)
TAPE = 200_000


class Row(NamedTuple):
    """One candle; prices in quote currency, volume in base."""

    opened_at: int
    open: float
    high: float
    low: float
    close: float
    volume: float


class Tick(NamedTuple):
    """One price that was seen or traded."""

    at: int
    price: float
    quantity: float


@dataclass(frozen=True, slots=True)
class Wave:
    """A price that is a pure function of time: the same past for every reader and every seed, through *price* at *start*."""

    price: float
    start: int
    phases: tuple[float, ...]

    def at(self, moment: int) -> float:
        """The price at *moment*."""
        return self.price * exp(self._height(moment) - self._height(self.start))

    def _height(self, moment: int) -> float:
        return sum(
            swing * sin(tau * (moment % period) / period + phase)
            for period, swing, phase in zip(PERIODS, SWINGS, self.phases, strict=True)
        )


class Tape:
    """Prices of all symbols over time.

    With *walks*, prices follow the wave on their own, one step of *step_ms* at a time, as requests come in.
    """

    def __init__(
        self,
        ladders: Mapping[str, Ladder],
        start: Instant,
        seed: int,
        *,
        walks: bool,
        source: CandleSource | None,
        step_ms: int = 1000,
    ) -> None:
        self._ladders = ladders
        self._start = start
        self._walked = int(start)
        self._walks = walks
        self._step = step_ms
        self._source = source
        draw = np.random.default_rng(seed)
        self._waves = {
            symbol: Wave(float(ladder.last), start, tuple(draw.uniform(0, tau, len(PERIODS)).tolist()))
            for symbol, ladder in ladders.items()
        }
        self._ticks: dict[str, deque[Tick]] = {symbol: deque(maxlen=TAPE) for symbol in ladders}

    def note(self, symbol: str, price: Decimal, quantity: Decimal, at: Instant) -> None:
        """Records a price (quantity 0) or a trade."""
        self._ticks[symbol].append(Tick(int(at), float(price), float(quantity)))

    def due(self, now: Instant) -> Iterator[tuple[str, Decimal]]:
        """Where the walk has gone since it was last asked."""
        if not self._walks or now < self._walked + self._step:
            return
        self._walked = now - (now - self._start) % self._step
        for symbol, wave in self._waves.items():
            ladder = self._ladders[symbol]
            yield symbol, max(floor_to(published(wave.at(self._walked)), ladder.tick), ladder.tick)

    def ticks(self, symbol: str) -> list[Tick]:
        """What was recorded, oldest first."""
        return list(self._ticks[symbol])

    def rows(self, symbol: str, interval: Interval, start: Instant, until: Instant) -> list[Row]:
        """Candles opened at *start* <= t < *until*, the unclosed one included where *until* lies beyond now."""
        if self._source is not None:
            return self._source(symbol, interval, start, until)
        return [
            self._row(symbol, opened, interval.ms, int(until))
            for opened in range(interval.ceil(start), until, interval.ms)
        ]

    def _row(self, symbol: str, opened: int, width: int, now: int) -> Row:
        end = min(opened + width, now)
        wave = self._waves[symbol]
        prices: list[float] = []
        if opened < self._start:
            last = min(end, int(self._start))
            prices = [wave.at(opened + (last - opened) * step // SAMPLES) for step in range(SAMPLES + 1)]
        volume = 1 + abs(wave.at(opened) - wave.at(end)) / wave.price * 1000 + opened // width % 7
        if end > self._start:
            before = wave.price
            for tick in self._ticks[symbol]:
                if tick.at >= end:
                    break
                if tick.at < opened:
                    before = tick.price
                else:
                    prices = prices or [before]
                    prices.append(tick.price)
                    volume += tick.quantity
            prices = prices or [before]
        rounded = [float(f"{price:.8g}") for price in prices]
        return Row(opened, rounded[0], max(rounded), min(rounded), rounded[-1], round(volume, 8))
