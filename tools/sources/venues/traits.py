"""What has to be known of a venue before anybody asks it: for a plan, and for what its answers mean."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from core.instant import DAY, SECOND

_SMALLEST_PAGE = 300


@dataclass(frozen=True, slots=True)
class Traits:
    """One venue.

    page: candles in one answer. gap_ms: from one request to the next. quotes: what prices are asked in,
    first the one that is traded most. newest_only: it serves so many newest candles and no older ones.
    """

    page: int
    gap_ms: int
    quotes: tuple[str, ...]
    newest_only: int | None = None


_DOLLARS = ("USDT", "USDC", "USD")
_FIAT = ("USD", "USDC", "USDT")
_QUOTES = {"kraken": _FIAT, "coinbase": _FIAT, "bitstamp": _FIAT, "gemini": _FIAT}
_NEWEST_ONLY = {"kraken": 720}
# both ends of what is asked for count there: one more would push the oldest out
_PAGES = {"coinbase": 299}
FUNDING_PAGE = {"binance": 1000, "okx": 100, "kraken": 10_000}
NEWEST_FIRST = ("okx",)
"""Who tells the newest settlements of a stretch where it cannot tell all of them."""
INTEREST_PAGE = {"binance": 500, "okx": 100}
INTEREST_MS = {"binance": 29 * DAY, "okx": 60 * DAY}
"""How far back open interest goes; Binance says 30 days and refuses the last hours of them."""


@cache
def traits_of(venue: str) -> Traits:
    """What ccxt declares of *venue*, without asking it anything; a careful guess where it declares nothing."""
    import ccxt.async_support as ccxt  # type: ignore[import-untyped]  # ccxt has no types

    if venue not in ccxt.exchanges:
        return Traits(_SMALLEST_PAGE, SECOND, _DOLLARS)
    client = getattr(ccxt, venue)()
    spot = (client.features or {}).get("spot") or {}
    page = int((spot.get("fetchOHLCV") or {}).get("limit") or _SMALLEST_PAGE)
    gap = max(int(client.rateLimit or SECOND), 1)
    return Traits(
        min(page, _PAGES.get(venue, page)), gap, _QUOTES.get(venue, _DOLLARS), _NEWEST_ONLY.get(venue)
    )
