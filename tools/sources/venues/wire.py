"""The rest of a venue's public endpoints: what `LiveWire` does not need for a running market."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.instant import Interval
from tools.market.live_wire import LiveWire


class PublicWire(LiveWire):
    """One venue's public endpoints, spot or perpetual; what it raises is ours."""

    @property
    def perpetuals(self) -> Mapping[str, Mapping[str, Any]]:
        """The venue's linear perpetual contracts by symbol, as ccxt tells them."""
        found = (self._client.markets or {}).items()
        return {symbol: one for symbol, one in found if one.get("swap") and one.get("linear")}

    def can(self, what: str) -> bool:
        """Whether ccxt can ask this venue for *what*, in ccxt's word: ``fetchOpenInterestHistory``."""
        return bool(self._client.has.get(what))

    async def depth(self, symbol: str, levels: int) -> object:
        """The order book of *symbol*, as ccxt tells it."""
        return await self._asked(self._client.fetch_order_book, symbol, levels)

    async def settlements(self, symbol: str, since: int, limit: int, until: int | None) -> object:
        """Raw funding rates settled in [*since*, *until*); *until* only where the venue tells the newest first."""
        more = {} if until is None else {"after": str(until)}
        return await self._asked(self._client.fetch_funding_rate_history, symbol, since, limit, more)

    async def open_interest(self, symbol: str, width: Interval, since: int, limit: int) -> object:
        """Raw open interest stamped at or after *since*."""
        return await self._asked(self._client.fetch_open_interest_history, symbol, str(width), since, limit)
