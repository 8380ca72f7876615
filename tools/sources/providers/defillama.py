"""DefiLlama: TVL of protocols and chains."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from core.instant import DAY, SECOND
from core.observation import Observation, Outcome
from tools.sources.answer import Answer
from tools.sources.http.endpoint import Asked, Endpoint, Provider
from tools.sources.http.fetcher import Fetcher
from tools.sources.http.limits import Pace
from tools.sources.reading import fields, from_seconds, items
from tools.sources.series import Point, series
from tools.sources.source import Source
from tools.sources.vintage import RESTATED, daily_figure

PROVIDER = Provider(
    "defillama", Pace(2, SECOND, burst=2), "Data from DefiLlama (defillama.com)", "open, with attribution"
)
_API = "https://api.llama.fi"


def _protocol_points(body: Any, asked: Asked) -> Iterator[Point]:
    whole = fields(body, "the protocol")
    chain = asked.about.get("chain")
    if chain:
        whole = fields(fields(whole.get("chainTvls"), "chainTvls").get(chain, {"tvl": []}), chain)
    for row in items(whole.get("tvl"), "tvl"):
        point = fields(row, "a point")
        yield from_seconds(point.get("date"), "date"), point.get("totalLiquidityUSD")


PROTOCOL_TVL: Endpoint[Observation] = Endpoint(
    PROVIDER,
    _API,
    "/protocol/{slug}",
    series(_protocol_points, "tvl", "USD", daily_figure, every_ms=DAY, flags=(RESTATED,)),
    largest=64 * 1024 * 1024,
)


class DefiLlama:
    """Asks DefiLlama."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher

    async def protocol_tvl(
        self, slug: str, asset: str, chain: str | None = None
    ) -> Outcome[Answer[Observation]]:
        """The TVL of a protocol, whole or on one chain, at each midnight."""
        about = {"asset": asset} | ({"chain": chain} if chain else {})
        return await self._fetcher.ask(PROTOCOL_TVL, {"slug": slug}, about)


SOURCE = Source(PROVIDER, "DefiLlama", {"fundamental": ("tvl",)}, DefiLlama)
