"""One token's tape: its candles and its truth, generated as far as they are asked for, and kept."""

from __future__ import annotations

from dataclasses import fields

import numpy as np

from core.instant import DAY, HOUR, Instant
from core.market import Bars, Floats, Instants, Instrument
from tools.simulation import faults
from tools.simulation.candles import Columns, Printer
from tools.simulation.climate import Weather
from tools.simulation.latent import Latent
from tools.simulation.noise import CHUNK_DAYS, HOURS
from tools.simulation.path import Walk
from tools.simulation.roster import Token
from tools.simulation.settings import Settings

_NAMES = [field.name for field in fields(Columns)]


class Tape:
    """Candles and truth of *token*; both are exact prefixes of what a later question gets."""

    def __init__(self, settings: Settings, token: Token, weather: Weather) -> None:
        self.token = token
        self._settings = settings
        self._weather = weather
        self._walk = Walk(settings.seed, token, settings.begin)
        self._printer = Printer(settings.seed, token, settings.begin, settings.grain, self._walk.first_price)
        self._columns: list[Columns] = []
        self._latent: list[Latent] = []
        self._closes: list[Floats] = []
        self._misprinted: list[int] = []

    @property
    def first_price(self) -> float:
        """Where the token's price began."""
        return self._walk.first_price

    @property
    def instrument(self) -> Instrument:
        """The venue's filters for the token."""
        return self._printer.instrument

    def bars(self, until: Instant) -> Bars:
        """Every candle that has closed by *until*; read-only."""
        self._reach(until)
        whole = self._columns[0]
        stop = int(np.searchsorted(whole.opened_at, until - self._settings.grain.ms, side="right"))
        cut = [getattr(whole, name)[:stop] for name in _NAMES]
        return Bars(self.token.symbol, self._settings.grain, *cut)

    def truth(self, until: Instant) -> Latent:
        """The truth of every day that has ended by *until*, listed or not."""
        self._reach(until)
        days = max(0, (until - self._settings.begin) // DAY)
        parts = self._latent[: -(-days // CHUNK_DAYS) or 1]
        names = [field.name for field in fields(Latent)]
        return Latent(*(np.concatenate([getattr(part, name) for part in parts])[:days] for name in names))

    def closes(self, until: Instant) -> Floats:
        """The price at the end of every day that has ended by *until*, whatever a venue misprinted or left out."""
        self._reach(until)
        days = max(0, (until - self._settings.begin) // DAY)
        return np.concatenate(self._closes[: -(-days // CHUNK_DAYS) or 1])[:days]

    def misprinted(self, until: Instant) -> Instants:
        """When the candles opened that are bad ticks on purpose, as far as closed by *until*."""
        self._reach(until)
        opened = np.array(self._misprinted, dtype=np.int64)
        return opened[opened + self._settings.grain.ms <= until]

    def _reach(self, until: Instant) -> None:
        """Generates every chunk that begins before *until*, at least one."""
        fresh: list[Columns] = []
        while not self._latent or self._settings.begin + len(self._latent) * HOURS * HOUR < until:
            number = len(self._latent)
            path = self._walk.next(self._weather.chunk(number))
            self._latent.append(path.latent)
            self._closes.append(self._printer.priced(path.log_price[23::24]))
            fresh.append(self._faulty(number, self._printer.next(path)))
        if fresh:
            parts = [*self._columns, *fresh]
            merged = [np.concatenate([getattr(part, name) for part in parts]) for name in _NAMES]
            for column in merged:
                column.setflags(write=False)
            self._columns = [Columns(*merged)]

    def _faulty(self, number: int, columns: Columns) -> Columns:
        """What the venue published of a chunk: misprints made, outages and untraded days left out."""
        seed, kind, token = self._settings.seed, self._settings.faults, self.token
        there = np.ones(len(columns.opened_at), dtype=np.bool_)
        if kind != "none":
            there &= faults.up(seed, kind, number, columns.opened_at, self._settings.grain)
        if token.listed_at is not None:
            there &= columns.opened_at >= token.listed_at
        if token.delisted_at is not None:
            there &= columns.opened_at < token.delisted_at
        trusted = (token.listed_at or self._settings.begin) + faults.SPARED
        for row, factor in faults.bad_ticks(seed, kind, number, token.asset, len(there)):
            if there[row - 1 : row + 2].all() and columns.opened_at[row] >= trusted:
                self._printer.bad_tick(columns, row, factor)
                self._misprinted.append(int(columns.opened_at[row]))
        return Columns(*(getattr(columns, name)[there] for name in _NAMES))
