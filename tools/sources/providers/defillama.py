"""DefiLlama: TVL of protocols and chains, fees, revenue, DEX volume, stablecoins and prices. No key.

Its history is today's: it is filled in again whenever an adapter changes, so figures read later than a day
after they were known are flagged `restated`.
TVL is the plain series: staking, second pools and what is borrowed are not in it.
"""

from __future__ import annotations

from collections.abc import Mapping

from core.instant import SECOND, Instant
from core.observation import Observation, Outcome
from tools.sources.answer import Answer, Listed
from tools.sources.http.endpoint import chosen
from tools.sources.http.fetcher import Fetcher
from tools.sources.providers import _defillama as wire
from tools.sources.source import Source

_METRICS = ("tvl", "stablecoin_supply", *wire.FLOWS)


class DefiLlama:
    """Asks DefiLlama. A *slug* is its name of a protocol, a *chain* its name of a chain."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher

    async def protocols(self) -> Outcome[Answer[Listed]]:
        """Every protocol by slug: today's ``tvl`` and ``tvl_rank``, its category, its id at CoinGecko."""
        return await self._fetcher.ask(wire.PROTOCOLS)

    async def chains(self) -> Outcome[Answer[Listed]]:
        """Every chain by name: today's ``tvl`` and ``tvl_rank``, its id at CoinGecko."""
        return await self._fetcher.ask(wire.CHAINS)

    async def protocol_tvl(
        self, slug: str, asset: str, chain: str | None = None
    ) -> Outcome[Answer[Observation]]:
        """TVL of a protocol, whole or on one chain, at each midnight."""
        about = {"asset": asset} | ({"chain": chain} if chain else {})
        return await self._fetcher.ask(wire.PROTOCOL_TVL, {"slug": slug}, about)

    async def tvl_now(self, slug: str, asset: str) -> Outcome[Answer[Observation]]:
        """TVL of a protocol as of its newest reading, minutes ago; known from now on."""
        return await self._fetcher.ask(wire.TVL_NOW, {"slug": slug}, {"asset": asset})

    async def chain_tvl(self, chain: str, asset: str) -> Outcome[Answer[Observation]]:
        """TVL of a chain at each midnight."""
        return await self._fetcher.ask(wire.CHAIN_TVL, {"chain": chain}, {"asset": asset})

    async def total_tvl(self, asset: str = "market") -> Outcome[Answer[Observation]]:
        """TVL of all chains together at each midnight."""
        return await self._fetcher.ask(wire.TOTAL_TVL, {}, {"asset": asset})

    async def flow(self, metric: str, slug: str, asset: str) -> Outcome[Answer[Observation]]:
        """``fees``, ``revenue``, ``holders_revenue`` or ``dex_volume`` of a protocol, per day."""
        return await self._fetcher.ask(chosen(wire.FLOWS, metric), {"slug": slug}, {"asset": asset})

    async def chain_flow(self, metric: str, chain: str, asset: str) -> Outcome[Answer[Observation]]:
        """The same, of all protocols of a chain."""
        return await self._fetcher.ask(chosen(wire.CHAIN_FLOWS, metric), {"chain": chain}, {"asset": asset})

    async def flow_table(self, metric: str) -> Outcome[Answer[Listed]]:
        """The same, of every protocol, over the last ``day``, ``week``, ``month`` and in all."""
        return await self._fetcher.ask(chosen(wire.FLOW_TABLES, metric))

    async def stablecoins(self) -> Outcome[Answer[Listed]]:
        """Every stablecoin: what circulates of it and its price."""
        return await self._fetcher.ask(wire.STABLECOINS)

    async def stablecoin_supply(
        self, chain: str = "all", asset: str = "market"
    ) -> Outcome[Answer[Observation]]:
        """Dollars in stablecoins on a chain (``all``: everywhere), at each midnight."""
        return await self._fetcher.ask(wire.STABLECOIN_SUPPLY, {"chain": chain}, {"asset": asset})

    async def prices(
        self, assets: Mapping[str, str], at: Instant | None = None
    ) -> Outcome[Answer[Observation]]:
        """Prices now, or at a moment.

        Args:
            assets: Our assets by its coins: ``coingecko:<id>`` or ``chain:0x…``.
            at: The moment; `None` for now.
        """
        coins = {"coins": ",".join(sorted(assets))}
        if at is None:
            return await self._fetcher.ask(wire.PRICES, coins, assets)
        return await self._fetcher.ask(wire.PRICES_AT, {**coins, "timestamp": at // SECOND}, assets)


SOURCE = Source(
    wire.PROVIDER,
    "DefiLlama",
    {"fundamental": _METRICS, "price": ("price",), "listing": ("protocols", "chains", "stablecoins")},
    DefiLlama,
    wire.ENDPOINTS,
)
