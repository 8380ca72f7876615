"""From a token's path to its candles: any grain, consistent, on the venue's steps.

The hourly path is the truth. Grains of an hour and less are drawn as Brownian bridges between its
points, so that closes on the hour agree between them; wider grains are the hourly candles put together.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from core.instant import HOUR, Instant, Interval
from core.market import Floats, Instants, Instrument
from tools.simulation.noise import HOURS, stream, wander
from tools.simulation.path import Path
from tools.simulation.roster import Token

_GAP_SHARE, _GAP_SD = 0.08, 0.0002
"""So many candles open a little off the last close, by so much (log)."""
_BUSY_HALF_LIFE, _BUSY_SD = 20.0, 0.45
_TICK_DIGITS, _LOT_DIGITS = 5, 2
"""Digits of a price behind the first; a lot is worth some cents of the quote."""
_MIN_NOTIONAL = Decimal(5)


@dataclass(frozen=True, slots=True)
class Columns:
    """Candles of one chunk: arrays of equal length, oldest first."""

    opened_at: Instants
    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Floats


class Printer:
    """Prints the candles of one token, chunk after chunk."""

    def __init__(self, seed: int, token: Token, begin: Instant, grain: Interval, first_price: float) -> None:
        self._seed = seed
        self._token = token
        self._begin = begin
        self._grain = grain
        self._parts = max(1, HOUR // grain.ms)
        level = int(np.floor(np.log10(first_price)))
        self._digits = _TICK_DIGITS - level
        self._lot_digits = max(0, _LOT_DIGITS + level)
        first = stream(seed, f"{token.asset}:candles:first")
        self._turnover = float(10.0 ** first.uniform(5.5, 7.3))
        self._busy = _BUSY_SD * float(first.standard_normal())
        self._close = self._on_tick(np.array([first_price]))[0]
        self._log_price = float(np.log(first_price))
        self._number = 0

    @property
    def instrument(self) -> Instrument:
        """The venue's filters for the token."""
        lot = Decimal(1).scaleb(-self._lot_digits)
        return Instrument(self._token.symbol, Decimal(1).scaleb(-self._digits), lot, lot, _MIN_NOTIONAL)

    def next(self, path: Path) -> Columns:
        """The candles of the next chunk."""
        number, self._number = self._number, self._number + 1
        noise = stream(self._seed, f"{self._token.asset}:candles:{self._parts}", number)
        log_price, sigma = self._finer(path, noise)
        steps = len(log_price)
        close = self.priced(log_price)
        draws = noise.random((3, steps))
        off = np.where(draws[0] < _GAP_SHARE, _GAP_SD * noise.standard_normal(steps), 0.0)
        opened = self._on_tick(np.concatenate(([self._close], close[:-1])) * np.exp(off))
        high, low = self._extremes(opened, close, sigma, draws)
        volume = self._volume(path, opened, close, sigma, noise)
        self._close = float(close[-1])
        self._log_price = float(path.log_price[-1])
        width = HOUR // self._parts
        times = np.arange(steps, dtype=np.int64) * width + (self._begin + number * HOURS * HOUR)
        return self._wider(Columns(times, opened, high, low, close, volume))

    def priced(self, log_price: Floats) -> Floats:
        """Points of the path as prices on the venue's steps."""
        return self._on_tick(np.exp(log_price))

    def bad_tick(self, columns: Columns, row: int, factor: float) -> None:
        """Misprints the whole candle *row* in place, *factor* times too large."""
        for prices in (columns.open, columns.high, columns.low, columns.close):
            prices[row] = self._on_tick(prices[row : row + 1] * factor)[0]

    def _finer(self, path: Path, noise: np.random.Generator) -> tuple[Floats, Floats]:
        """The path and σ at the printing width: as they are, or bridged between the hours."""
        parts = self._parts
        if parts == 1:
            return path.log_price, path.sigma
        sigma = np.repeat(path.sigma / np.sqrt(parts), parts)
        walk = np.cumsum((sigma * noise.standard_normal(HOURS * parts)).reshape(HOURS, parts), axis=1)
        share = np.arange(1, parts + 1) / parts
        start = np.concatenate(([self._log_price], path.log_price[:-1]))[:, None]
        line = start + share * (path.log_price[:, None] - start)
        bridge = line + walk - share * walk[:, -1:]
        bridge[:, -1] = path.log_price
        return bridge.reshape(-1), sigma

    def _extremes(self, opened: Floats, close: Floats, sigma: Floats, draws: Floats) -> tuple[Floats, Floats]:
        """High and low: each the exact extreme of a Brownian bridge from open to close."""
        begin, end = np.log(opened), np.log(close)
        squared = (end - begin) ** 2
        reach = -2.0 * sigma**2
        above = 0.5 * (begin + end + np.sqrt(squared + reach * np.log1p(-draws[1])))
        below = 0.5 * (begin + end - np.sqrt(squared + reach * np.log1p(-draws[2])))
        high = np.maximum(self._on_tick(np.exp(above)), np.maximum(opened, close))
        low = np.minimum(self._on_tick(np.exp(below)), np.minimum(opened, close))
        return high, low

    def _volume(
        self, path: Path, opened: Floats, close: Floats, sigma: Floats, noise: np.random.Generator
    ) -> Floats:
        """Base volume: busier in volatile hours and in candles that moved more than usual."""
        parts = self._parts
        busy = wander(noise, HOURS, _BUSY_HALF_LIFE, _BUSY_SD, self._busy)
        self._busy = float(busy[-1])
        hourly = self._turnover / parts * np.exp(busy) * (path.sigma / 0.01)
        surprise = np.abs(close / opened - 1.0) / sigma
        scatter = np.exp(0.25 * noise.standard_normal(len(close)))
        volume = np.repeat(hourly, parts) * (0.4 + 0.6 * surprise) * scatter / close
        return np.maximum(np.round(volume, self._lot_digits), 10.0**-self._lot_digits)

    def _wider(self, hourly: Columns) -> Columns:
        wide = self._grain.ms // HOUR
        if wide <= 1:
            return hourly
        return Columns(
            hourly.opened_at[::wide],
            hourly.open[::wide],
            hourly.high.reshape(-1, wide).max(axis=1),
            hourly.low.reshape(-1, wide).min(axis=1),
            hourly.close[wide - 1 :: wide],
            np.round(hourly.volume.reshape(-1, wide).sum(axis=1), self._lot_digits),
        )

    def _on_tick(self, prices: Floats) -> Floats:
        return np.maximum(np.round(prices, self._digits), 10.0**-self._digits)
