"""The exchanges of one fetch: each opened once, and asked no more once it refuses everything."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from core.observation import Ok, Outcome
from core.ports import Clock
from tools.fetching.step import Listener, Nobody
from tools.sources.venues import MarketData, PublicWire, open_perpetuals, open_spot

Opened = MarketData | Outcome[None]
_Opener = Callable[[str, str | None, Clock], PublicWire]


class Venues:
    """Opens venues. *urls*: loopback origins by venue, in place of their own hosts."""

    def __init__(self, clock: Clock, urls: Mapping[str, str]) -> None:
        self._clock = clock
        self._urls = urls
        self._made: list[MarketData] = []
        self._opened: dict[tuple[_Opener, str], Opened] = {}
        self._locks: dict[tuple[_Opener, str], asyncio.Lock] = {}
        self.listener: Listener = Nobody()

    async def spot(self, venue: str) -> Opened:
        """The spot market of *venue*, its symbols loaded; or why there is none."""
        return await self._open(open_spot, venue)

    async def perpetuals(self, venue: str) -> Opened:
        """The perpetual contracts of *venue*, its symbols loaded; or why there are none."""
        return await self._open(open_perpetuals, venue)

    def shut(self, market: MarketData, why: Outcome[None]) -> None:
        """Nothing more is asked of *market*: it refuses everything."""
        for key, one in self._opened.items():
            if one is market:
                self._opened[key] = why

    async def close(self) -> None:
        """Closes every connection."""
        while self._made:
            await self._made.pop().close()
        self._opened.clear()

    async def _open(self, opener: _Opener, venue: str) -> Opened:
        key = (opener, venue)
        async with self._locks.setdefault(key, asyncio.Lock()):
            if key not in self._opened:
                wire = opener(venue, self._urls.get(venue), self._clock)
                market = MarketData(wire, self._clock, self._heard)
                self._made.append(market)
                loaded = await market.load()
                self._opened[key] = market if isinstance(loaded, Ok) else loaded
        return self._opened[key]

    def _heard(self) -> None:
        self.listener.heard()
