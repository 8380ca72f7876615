"""Blockchain.com: Bitcoin's own charts, by day. No key; it asks for one request in ten seconds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from core.instant import DAY, SECOND, Instant, iso
from core.observation import Observation, Outcome
from tools.sources.answer import Answer
from tools.sources.http.endpoint import Asked, Endpoint, Provider, chosen
from tools.sources.http.fetcher import Fetcher
from tools.sources.http.limits import Pace
from tools.sources.reading import fields, from_seconds, items
from tools.sources.series import Point, series
from tools.sources.source import Source
from tools.sources.vintage import daily_figure

PROVIDER = Provider(
    "blockchain",
    Pace(1, 10 * SECOND, burst=2, concurrent=1),
    "Data from Blockchain.com (https://www.blockchain.com/explorer/charts)",
)
ASSET = "bitcoin"
# our metric: its chart, and the unit
CHARTS: dict[str, tuple[str, str]] = {
    "active_addresses": ("n-unique-addresses", "count"),
    "tx_count": ("n-transactions", "count"),
    "price": ("market-price", "USD"),
    "market_cap": ("market-cap", "USD"),
    "circulating_supply": ("total-bitcoins", "tokens"),
    "exchange_volume": ("trade-volume", "USD"),
    "transfer_volume": ("estimated-transaction-volume-usd", "USD"),
    "fees": ("transaction-fees-usd", "USD"),
    "cost_per_transaction": ("cost-per-transaction", "USD"),
    "miner_revenue": ("miners-revenue", "USD"),
    "hash_rate": ("hash-rate", "TH/s"),
    "difficulty": ("difficulty", "ratio"),
    "block_size": ("avg-block-size", "MB"),
    "utxo_count": ("utxo-count", "count"),
    "mvrv": ("mvrv", "ratio"),
    "nvt": ("nvt", "ratio"),
}


def _points(body: Any, _: Asked) -> Iterator[Point]:
    for row in items(fields(body, "the chart").get("values"), "values"):
        point = fields(row, "a point")
        yield from_seconds(point.get("x"), "x"), point.get("y")


ENDPOINTS: dict[str, Endpoint[Observation]] = {
    metric: Endpoint(
        PROVIDER,
        "https://api.blockchain.info",
        f"/charts/{chart}",
        # some charts step by half days; what counts is what a midnight begins
        series(_points, metric, unit, daily_figure, every_ms=DAY, covers_ms=DAY),
        {"format": "json", "sampled": "false"},
        keeps_ms=6 * 60 * 60 * SECOND,
    )
    for metric, (chart, unit) in CHARTS.items()
}


class Blockchain:
    """Asks Blockchain.com."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher

    async def chart(
        self, metric: str, start: Instant | None = None, timespan: str = "all"
    ) -> Outcome[Answer[Observation]]:
        """A metric (of `CHARTS`) of Bitcoin by day: for *timespan* (``1year``, ``30days``) from *start* on."""
        given = {"timespan": timespan, "start": iso(start)[:10] if start is not None else None}
        return await self._fetcher.ask(chosen(ENDPOINTS, metric), given, {"asset": ASSET})


SOURCE = Source(PROVIDER, "Blockchain.com", {"onchain": tuple(CHARTS)}, Blockchain, ENDPOINTS)
