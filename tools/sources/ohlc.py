"""A candle as a data vendor tells it: no venue, often no volume, and known later than its close."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from core.instant import Instant
from tools.sources.reading import MalformedError


@dataclass(frozen=True, slots=True)
class Ohlc:
    """Prices in *unit* between two instants.

    Raises:
        MalformedError: prices that contradict each other, or are not above 0.
    """

    asset: str
    opened_at: Instant
    closed_at: Instant
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    unit: str
    known_at: Instant
    source: str
    volume: Decimal | None = None

    def __post_init__(self) -> None:
        body = (self.open, self.close)
        if self.low <= 0 or self.low > min(body) or self.high < max(body):
            raise MalformedError("a candle whose prices contradict each other")
        if self.volume is not None and self.volume < 0:
            raise MalformedError("a candle whose volume is below 0")
