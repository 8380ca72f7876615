"""A venue that answers as ccxt's objects do, from a made-up past, without a network; and a clock that steps."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import sin
from typing import Any, ClassVar

import ccxt.async_support as ccxt

from core.instant import DAY, HOUR, MINUTE, Instant, instant, interval
from core.market import Instrument
from tools.market.live_feed import LiveFeed
from tools.market.live_filters import instrument_of
from tools.market.live_market import LiveMarket
from tools.market.live_quotes import LiveQuotes
from tools.market.live_wire import LiveWire

NOON = instant("2026-03-02T12:00:00Z")
M1, H1, D1 = interval("1m"), interval("1h"), interval("1d")
WIDTHS = {"1m": MINUTE, "1h": HOUR, "1d": DAY}
ROWS = {M1: 200, H1: 100, D1: 60}


class Stepping:
    """A clock on which time passes only while somebody sleeps."""

    def __init__(self, start: int = NOON) -> None:
        self.time = start

    def now(self) -> Instant:
        return Instant(self.time)

    async def sleep_until(self, moment: Instant) -> None:
        await asyncio.sleep(0)
        self.time = max(self.time, moment)


def price(at: int) -> float:
    """The made-up price at an instant."""
    return round(100 + 5 * sin(at / HOUR) + sin(at / (7 * MINUTE)), 4)


def row(opened: int, width: int) -> list[Any]:
    """The candle opened at *opened*, as ccxt tells it."""
    a, b = price(opened), price(opened + width)
    return [opened, a, max(a, b) + 0.1, min(a, b) - 0.1, b, 5000.0]


@dataclass
class FakeVenue:
    """*failing*: asked at an instant, the exception to raise then. *change*: rewrites an answer of candles."""

    clock: Stepping
    symbols: tuple[str, ...] = ("AAA/USDT",)
    failing: Callable[[int], Exception | None] = lambda _: None
    change: Callable[[str, str, list[Any]], Any] = lambda _symbol, _width, rows: rows
    page: int = 1000
    late_ms: int = 0
    skew_ms: int = 0
    tickers: dict[str, Any] = field(default_factory=dict)
    asked: list[tuple[int, str]] = field(default_factory=list)
    last_response_headers: dict[str, str] = field(default_factory=dict)
    listing: dict[str, dict[str, Any]] = field(default_factory=dict)
    is_closed: bool = False

    timeframes: ClassVar[dict[str, str]] = {"1m": "1", "1h": "60", "1d": "1d"}
    has: ClassVar[dict[str, bool]] = {"fetchTime": True, "fetchTickers": True}
    precisionMode: ClassVar[int] = ccxt.TICK_SIZE  # noqa: N815 - ccxt's name

    @property
    def features(self) -> Any:
        return {"spot": {"fetchOHLCV": {"limit": self.page}}}

    @property
    def markets(self) -> dict[str, Any]:
        limits = {"amount": {"min": 0.001, "max": None}, "cost": {"min": 5.0, "max": None}}
        told: dict[str, Any] = {
            "spot": True,
            "active": True,
            "precision": {"price": 0.01, "amount": 0.001},
            "limits": limits,
        }
        return {symbol: {**told, **self.listing.get(symbol, {})} for symbol in self.symbols}

    async def load_markets(self, reload: bool = False) -> Any:
        self._hear("load_markets")
        return self.markets

    async def fetch_time(self) -> int:
        self._hear("fetch_time")
        return self.clock.time + self.skew_ms

    async def fetch_tickers(self, symbols: list[str]) -> Any:
        self._hear("fetch_tickers")
        now = price(self.clock.time)
        told = {symbol: {"bid": now - 0.01, "ask": now + 0.01, "last": now} for symbol in symbols}
        return {**told, **self.tickers}

    async def fetch_ohlcv(self, symbol: str, timeframe: str, since: int, limit: int) -> Any:
        self._hear("fetch_ohlcv")
        width, now = WIDTHS[timeframe], self.clock.time + self.skew_ms
        shown = range(since + -since % width, now + 1, width)
        rows = [row(at, width) for at in shown if not now - self.late_ms < at + width <= now]
        rows = rows[: min(limit, self.page)]
        return self.change(symbol, timeframe, rows)

    async def close(self) -> None:
        self.is_closed = True

    def _hear(self, what: str) -> None:
        self.asked.append((self.clock.time, what))
        error = self.failing(self.clock.time)
        if error is not None:
            raise error


@dataclass
class Fed:
    """A live market on a fake venue."""

    clock: Stepping
    venue: FakeVenue
    market: LiveMarket
    feed: LiveFeed

    async def open(self) -> None:
        await self.feed.open(Instant(self.clock.time), ROWS)
        await self.market.advance(self.clock.now())

    async def at(self, moment: int) -> list[str]:
        """Lives on to *moment*, a second at a time; the codes of the alerts on the way."""
        codes = []
        while self.clock.time < moment:
            self.clock.time = min(moment, self.clock.time + 1000)
            if self.feed.is_due():
                codes += [alert.code for alert in await self.feed.refresh()]
        await self.market.advance(self.clock.now())
        return codes


def fed(*symbols: str, start: int = NOON, seconds: Sequence[FakeVenue] = ()) -> Fed:
    """A live market of *symbols* on a fake venue, not yet opened."""
    clock = Stepping(start)
    venue = FakeVenue(clock, symbols or ("AAA/USDT",))
    wire = LiveWire("fake", venue, ccxt, clock)
    filters = filters_of(venue)
    others = [LiveWire(f"other{n}", one, ccxt, clock) for n, one in enumerate(seconds)]
    market = LiveMarket(clock, M1, [H1, D1], filters, lambda symbol: f"test:{symbol}", "fake")
    quotes = LiveQuotes(clock, wire, others, list(filters))
    return Fed(clock, venue, market, LiveFeed(wire, market, quotes, clock))


def filters_of(venue: FakeVenue) -> dict[str, Instrument]:
    return {symbol: instrument_of(symbol, one, venue.precisionMode) for symbol, one in venue.markets.items()}
