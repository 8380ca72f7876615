"""alternative.me: the Fear & Greed index, one value a day since February 2018. No key."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from core.instant import DAY, HOUR, MINUTE
from core.observation import Observation, Outcome
from tools.sources.answer import Answer
from tools.sources.http.endpoint import Asked, Endpoint, Provider
from tools.sources.http.fetcher import Fetcher
from tools.sources.http.limits import Pace
from tools.sources.reading import fields, from_seconds, items
from tools.sources.series import Point, series
from tools.sources.source import Source
from tools.sources.vintage import fear_and_greed

PROVIDER = Provider(
    "alternative_me",
    Pace(30, MINUTE, burst=3),
    "Fear & Greed Index by Alternative.me (https://alternative.me/crypto/fear-and-greed-index/)",
    "free with attribution",
)


def _points(body: Any, _: Asked) -> Iterator[Point]:
    for row in items(fields(body, "the answer").get("data"), "data"):
        point = fields(row, "a point")
        yield from_seconds(point.get("timestamp"), "timestamp"), point.get("value")


INDEX: Endpoint[Observation] = Endpoint(
    PROVIDER,
    "https://api.alternative.me",
    "/fng/",
    series(_points, "fear_greed", "index", fear_and_greed, every_ms=DAY, most=Decimal(100)),
    {"format": "json"},
    keeps_ms=HOUR,
)


class AlternativeMe:
    """Asks alternative.me."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher

    async def fear_and_greed(self, days: int = 0, asset: str = "market") -> Outcome[Answer[Observation]]:
        """The index of the last *days*, 0 for all: 0 is extreme fear, 100 extreme greed."""
        return await self._fetcher.ask(INDEX, {"limit": days}, {"asset": asset})


SOURCE = Source(
    PROVIDER, "alternative.me", {"sentiment": ("fear_greed",)}, AlternativeMe, {"fear_greed": INDEX}
)
