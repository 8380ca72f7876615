"""CoinGecko: markets, categories, supply and FDV, candles, trending, developers and community. Key optional.

Without a paid key it goes back 365 days. What has no history there (supply, developers, community, ranks) is known
from the moment when we first read it, and not before.
"""

from __future__ import annotations

from collections.abc import Sequence

from core.observation import Observation, Outcome
from tools.sources.answer import Answer, Listed
from tools.sources.http.endpoint import chosen
from tools.sources.http.fetcher import Fetcher
from tools.sources.ohlc import Ohlc
from tools.sources.paging import pages
from tools.sources.providers import _coingecko as wire
from tools.sources.source import Source

_PAGE = 250
_TODAY = (
    "fdv",
    "circulating_supply",
    "total_supply",
    "max_supply",
    "market_cap_rank",
    "stars",
    "forks",
    "commit_count_4_weeks",
    "reddit_subscribers",
    "twitter_followers",
    "votes_up",
)


class CoinGecko:
    """Asks CoinGecko. An *asset* is its id, which is ours too."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher

    async def coins(self, status: str = "active") -> Outcome[Answer[Listed]]:
        """Every coin by id: ``symbol`` (not unique), ``name``, ``contracts`` as ``platform:address``.

        *status*: ``inactive`` for those that are no longer traded.
        """
        return await self._fetcher.ask(wire.COINS, {"status": status})

    async def markets(
        self, assets: Sequence[str] = (), category: str | None = None, most: int = 1
    ) -> Outcome[Answer[Listed]]:
        """Today's price, market cap, FDV, supply and volume, largest market cap first.

        Args:
            assets: Only these.
            category: Only those of this narrative (an id of `categories`).
            most: How many pages of 250 at most.
        """
        given = {"ids": ",".join(assets) or None, "category": category, "per_page": _PAGE}
        return await pages(
            lambda page: self._fetcher.ask(wire.MARKETS, {**given, "page": page}),
            _PAGE,
            most,
            lambda row: row.id,
        )

    async def simple_price(self, assets: Sequence[str]) -> Outcome[Answer[Listed]]:
        """Today's price, market cap and volume of *assets*; whom it does not know, it leaves away."""
        return await self._fetcher.ask(wire.SIMPLE_PRICE, {"ids": ",".join(assets)})

    async def ohlc(self, asset: str, days: int) -> Outcome[Answer[Ohlc]]:
        """Candles of half an hour (up to 2 *days*), 4 hours (up to 30) or 4 days (up to 365)."""
        return await self._fetcher.ask(wire.OHLC, {"id": asset, "days": days}, {"asset": asset})

    async def chart(
        self, metric: str, asset: str, days: int = wire.HISTORY_DAYS
    ) -> Outcome[Answer[Observation]]:
        """``price``, ``market_cap`` or ``volume`` at each midnight."""
        return await self._fetcher.ask(
            chosen(wire.CHARTS, metric), {"id": asset, "days": days}, {"asset": asset}
        )

    async def coin(self, asset: str) -> Outcome[Answer[Listed]]:
        """Developers and community, as of now, and the categories that it is counted in."""
        return await self._fetcher.ask(wire.COIN, {"id": asset})

    async def contract(self, platform: str, contract: str) -> Outcome[Answer[Listed]]:
        """The coin that has this address on this platform."""
        return await self._fetcher.ask(wire.CONTRACT, {"platform": platform, "contract": contract})

    async def categories(self) -> Outcome[Answer[Listed]]:
        """The narratives, with market cap and volume."""
        return await self._fetcher.ask(wire.CATEGORIES)

    async def trending(self) -> Outcome[Answer[Listed]]:
        """What people search for most, first first."""
        return await self._fetcher.ask(wire.TRENDING)

    async def world(self) -> Outcome[Answer[Listed]]:
        """The whole market: market cap, volume, Bitcoin's share."""
        return await self._fetcher.ask(wire.GLOBAL)


SOURCE = Source(
    wire.PROVIDER,
    "CoinGecko",
    {
        "price": ("price", "market_cap", "volume"),
        "fundamental": _TODAY,
        "listing": ("coins", "categories", "trending"),
    },
    CoinGecko,
    wire.ENDPOINTS,
    history_days=wire.HISTORY_DAYS,
)
