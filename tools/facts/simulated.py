"""The facts of a simulated market: fundamentals and on-chain figures of invented tokens, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping

from core.instant import Instant
from core.market import Floats, Instants
from core.observation import Missing, Observation
from tools.simulation.facts import PUBLICATION
from tools.simulation.facts import SimulatedFacts as Figures

_ALL = 100_000
_NOT_MADE = "not_simulated"
KINDS: Mapping[str, str] = {
    "tvl": "fundamental",
    "fees": "fundamental",
    "revenue": "fundamental",
    "active_addresses": "onchain",
    "tx_count": "onchain",
    "exchange_netflow": "onchain",
    "exchange_inflow": "onchain",
    "exchange_outflow": "onchain",
    "market_cap_at_close": "onchain",
    "issuance_native": "onchain",
    "mvrv": "onchain",
    "market_cap": "fundamental",
    "fdv": "fundamental",
    "circulating_supply": "fundamental",
    "total_supply": "fundamental",
    "total_volume": "fundamental",
    "dex_volume": "fundamental",
    "commit_count_4_weeks": "fundamental",
}
"""Every metric that a simulated market has, with its kind."""


class SimulatedFacts:
    """Implements `tools.ask.Facts` over *source*: one source, no funding, no news."""

    def __init__(self, source: Figures, kinds: Mapping[str, str] = KINDS) -> None:
        self._source = source
        self._kinds = kinds

    def metrics(self, asset: str, now: Instant) -> Mapping[str, str]:
        """Every metric of *asset* of which anything was known at *now*, with its kind."""
        return {name: kind for name, kind in self._kinds.items() if self.each(asset, name, now, 1)}

    def facts(self, asset: str, metric: str, now: Instant, count: int) -> tuple[Observation, ...] | Missing:
        """The newest *count* observations known at *now*, oldest first."""
        return self._source.facts(asset, metric, now, count)

    def newest_at(self, asset: str, metric: str, moments: Instants) -> tuple[Floats, Instants]:
        """The newest value known at each of *moments*, and the day it is of; NaN where there is none."""
        return self._source.newest_at(asset, metric, moments)

    def each(
        self, asset: str, metric: str, now: Instant, count: int
    ) -> tuple[tuple[Observation, ...] | Missing, ...]:
        """The same, as of the only source; none where nothing was known."""
        found = self._source.facts(asset, metric, now, count)
        return () if isinstance(found, Missing) else (found,)

    def at(self, asset: str, metric: str, now: Instant, moment: Instant) -> Observation | None:
        """What was known at *now* of *moment*."""
        found = self._source.facts(asset, metric, Instant(min(now, moment + PUBLICATION)), 1)
        return None if isinstance(found, Missing) or found[0].as_of != moment else found[0]

    def highest(self, asset: str, metric: str, now: Instant) -> Observation | None:
        """The highest figure known at *now*; the earliest of equal ones."""
        found = self._source.facts(asset, metric, now, _ALL)
        return None if isinstance(found, Missing) else max(found, key=lambda one: one.value)

    def funding(self, _asset: str, _now: Instant, _since: Instant) -> Missing:
        """Invented tokens have no perpetual contracts."""
        return Missing("funding", _NOT_MADE)

    def news(self, _asset: str | None, _now: Instant, _count: int) -> Missing:
        """Nobody writes about invented tokens."""
        return Missing("news", _NOT_MADE)

    def credit(self, _source: str) -> str:
        """Nobody asks for anything."""
        return ""
