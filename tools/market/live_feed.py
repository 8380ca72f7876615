"""Keeps a live market fed: one round of questions after each boundary, and patience with what is late."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import numpy as np

from core.errors import NoAnswerError, TokenwiseError
from core.events import Alert
from core.instant import HOUR, SECOND, Instant, Interval, iso
from core.ports import Clock
from tools.market.growing import Growing, Revised, joined
from tools.market.live_filters import instrument_of
from tools.market.live_market import LiveMarket
from tools.market.live_outage import Outage
from tools.market.live_quotes import LiveQuotes
from tools.market.live_rows import closed_candles
from tools.market.live_wire import LiveWire
from tools.store.gate import Fault

SETTLING_MS = 5 * SECOND  # after a boundary, before its candle is asked for
PATIENCE_MS = 15 * SECOND  # how long a beat waits for a late candle
_LATE_MS = 2 * SECOND
_SKEW_MS = SECOND
_MOST_PAGES = 200
_LOOK_AGAIN_MS = HOUR


class LiveFeed:
    """Asks *wire* for the candles that *market* lacks. `refresh` never raises for a failing venue."""

    def __init__(self, wire: LiveWire, market: LiveMarket, quotes: LiveQuotes, clock: Clock) -> None:
        self._wire = wire
        self._market = market
        self._clock = clock
        self._complete = Instant(0)
        self._look_again_at = Instant(clock.now() + _LOOK_AGAIN_MS)
        self._again_at = Instant(0)
        self._lagging: set[str] = set()
        self._frozen: set[str] = set()
        self._refused: dict[tuple[str, Interval], str] = {}
        self._skew = 0
        self._skewed = False
        self.outage = Outage(wire.venue, clock)
        self.quotes = quotes

    async def open(self, grain_from: Instant, rows: Mapping[Interval, int]) -> tuple[Alert, ...]:
        """Reads the past: *rows* candles of each width, of the grain at least those from *grain_from* on.

        Raises:
            UnreachableError: the venue does not answer.
            NoAnswerError: it serves nobody here, or does not trade a symbol.
        """
        await self._measure_skew()
        news: list[Alert] = []
        for symbol in self._market.symbols:
            for width in self._market.widths:
                since = self._clock.now() - rows[width] * width.ms
                if width == self._market.grain:
                    since = min(since, grain_from)
                news += await self._fill(symbol, width, width.floor(since))
        await self.quotes.begin()
        self._settle(self._due_boundary())
        return tuple(news)

    def is_due(self) -> bool:
        """Whether there is something to ask for now."""
        now = self._clock.now()
        return now >= max(self._again_at, self.outage.next_try) and self._due_boundary() > self._complete

    def has(self, boundary: Instant) -> bool:
        """Whether everything that *boundary* brought is here, or was waited for in vain."""
        return self._complete >= boundary or self._clock.now() > boundary + SETTLING_MS + PATIENCE_MS

    async def refresh(self) -> tuple[Alert, ...]:
        """One round of questions; what a person should know of it."""
        boundary = self._due_boundary()
        symbols = [symbol for symbol in self._market.symbols if symbol not in self._frozen]
        try:
            await self._measure_skew()
        except TokenwiseError as error:
            return self.outage.failed(error)
        found = await asyncio.gather(
            *(self._grow(symbol, boundary) for symbol in symbols), return_exceptions=True
        )
        news: list[Alert] = []
        failed: TokenwiseError | None = None
        for symbol, one in zip(symbols, found, strict=True):
            if isinstance(one, NoAnswerError) and one.code == "unknown_symbol":
                news.append(self._freeze(symbol, one.message))
            elif isinstance(one, TokenwiseError):
                failed = one
            elif isinstance(one, BaseException):
                raise one
            else:
                news += one
        if failed is not None:
            return (*news, *self.outage.failed(failed))
        await self.quotes.refresh()
        if boundary >= self._look_again_at:
            news += await self._listed(boundary)
        self._settle(boundary)
        return (*news, *self.outage.answered(), *self._clock_news())

    async def _listed(self, boundary: Instant) -> list[Alert]:
        """Looks again at what the venue trades and how: filters change overnight, listings end and come back."""
        try:
            await self._wire.load()
        except TokenwiseError:
            return []  # asked again after the next boundary; that nobody answers is told by the candles
        self._look_again_at = Instant(boundary + _LOOK_AGAIN_MS)
        news: list[Alert] = []
        for symbol in self._market.symbols:
            listed = self._wire.markets.get(symbol)
            if listed is None or listed.get("active") is False:
                if symbol not in self._frozen:
                    news.append(self._freeze(symbol, f"{self._wire.venue} does not trade it now"))
                continue
            self._frozen.discard(symbol)
            if self._market.refilter(instrument_of(symbol, listed, self._wire.precision_mode)):
                told = f"{self._wire.venue} changed the filters of {symbol}: orders follow the new ones from now on"
                news.append(Alert("filters.changed", told, {"symbol": symbol}))
        return news

    def _freeze(self, symbol: str, why: str) -> Alert:
        self._frozen.add(symbol)
        return Alert("delisted.frozen", f"{symbol}: {why}; what is held of it is frozen", {"symbol": symbol})

    def _due_boundary(self) -> Instant:
        return self._market.grain.floor(self._clock.now() - SETTLING_MS)

    def _settle(self, boundary: Instant) -> None:
        """Counts *boundary* as done where every symbol has its candle, or where patience is over."""
        grain = self._market.grain
        late = {
            symbol
            for symbol in self._market.symbols
            if (newest := self._market.growing(symbol, grain).newest) is None or newest + grain.ms < boundary
        }
        if late - self._lagging - self._frozen and not self.has(boundary):
            self._again_at = Instant(self._clock.now() + _LATE_MS)
            return
        self._complete, self._lagging = boundary, late

    async def _measure_skew(self) -> None:
        before = self._clock.now()
        told = await self._wire.time()
        self._skew = 0 if told is None else told - (before + self._clock.now()) // 2

    def _clock_news(self) -> tuple[Alert, ...]:
        was, self._skewed = self._skewed, abs(self._skew) > _SKEW_MS
        if was or not self._skewed:
            return ()
        ahead = f"{abs(self._skew)} ms {'behind' if self._skew > 0 else 'ahead of'} {self._wire.venue}'s"
        return (Alert("clock.skew", f"this machine's clock is {ahead}", {"skew_ms": self._skew}),)

    async def _grow(self, symbol: str, boundary: Instant) -> list[Alert]:
        """The newest candles of every width that has closed one since it was last asked."""
        news: list[Alert] = []
        for width in self._market.widths:
            series = self._market.growing(symbol, width)
            newest = series.newest
            if newest is not None and newest + 2 * width.ms > boundary:
                continue
            # the newest known candle is asked for again, so that a revision is noticed
            news += await self._fill(symbol, width, newest or width.floor(boundary - 2 * width.ms))
            if width != self._market.grain:
                self._compose(symbol, series, width.floor(boundary))
        return news

    async def _fill(self, symbol: str, width: Interval, since: Instant) -> list[Alert]:
        """Takes in the closed candles from *since* on, page by page; what was strange about them."""
        news: list[Alert] = []
        series, page = self._market.growing(symbol, width), self._wire.page
        for _ in range(_MOST_PAGES):
            now = Instant(self._clock.now() + self._skew)
            wanted = (now - since) // width.ms + 1
            raw = await self._wire.candles(symbol, width, since, max(2, min(wanted, page)))
            bars = closed_candles(raw, symbol, width, now)
            if isinstance(bars, Fault):
                return [*news, *self._refuse(symbol, width, bars)]
            self._refused.pop((symbol, width), None)
            news += [_revised(symbol, width, one, self._wire.venue) for one in series.take(bars)]
            # a page without a trade says nothing of the next one
            upto = int(bars.opened_at[-1]) + width.ms if len(bars) else since + page * width.ms
            if upto <= since or upto + width.ms > now:
                break
            since = Instant(upto)
        return news

    def _compose(self, symbol: str, series: Growing, end: Instant) -> None:
        """Makes the candle that ends at *end* out of the grain's, where the venue is late with it."""
        start = Instant(end - series.width.ms)
        grain = self._market.growing(symbol, self._market.grain)
        if series.newest is None or series.newest + series.width.ms != start:
            return
        if grain.oldest is None or grain.oldest > start:
            return
        first, stop = np.searchsorted(grain.bars.opened_at, [start, end]).tolist()
        part = grain.bars.slice(first, stop)
        if len(part) and part.opened_at[-1] + grain.width.ms == end:
            series.take(joined(part, series.width, start))

    def _refuse(self, symbol: str, width: Interval, fault: Fault) -> tuple[Alert, ...]:
        """The venue's candles are not taken in; said once while it lasts."""
        if self._refused.get((symbol, width)) == fault.code:
            return ()
        self._refused[symbol, width] = fault.code
        told = f"{self._wire.venue}'s {width} candles of {symbol} are refused: {fault.code}, {fault.message}"
        about = {"symbol": symbol, "interval": str(width), "code": fault.code}
        return (Alert("data.refused", told, about),)


def _revised(symbol: str, width: Interval, revised: Revised, venue: str) -> Alert:
    at, before, after = iso(revised.opened_at), repr(revised.before), repr(revised.after)
    told = f"{venue} corrected the {width} candle of {symbol} opened at {at}: close {before}, now {after}"
    about = {"symbol": symbol, "interval": str(width), "opened_at": at, "before": before, "after": after}
    return Alert("data.revised", told, about)
