"""What the paper venue sees of the market: prints, filters and the ends of listings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from core.instant import Instant
from core.market import Candle, Instrument


class Feed(Protocol):
    """Market data as the venue's matching engine reads it, point in time."""

    @property
    def symbols(self) -> tuple[str, ...]:
        """Every symbol that can be named."""
        ...

    def candles_since(self, symbol: str, opened_from: Instant) -> Sequence[Candle]:
        """Closed candles known now that opened at or after *opened_from*, oldest first.

        Rows that the quality gate refuses are left out.
        """
        ...

    def last_print(self, symbol: str) -> Candle | None:
        """The newest closed candle known now, refused or not; `None` where there was none yet."""
        ...

    def instrument(self, symbol: str) -> Instrument:
        """The symbol's filters."""
        ...

    def delisted_at(self, symbol: str) -> Instant | None:
        """When trading of *symbol* ended, once that is known; `None` while it trades."""
        ...
