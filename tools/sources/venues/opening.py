"""Which venues there are, in which order they are asked, and how one is opened."""

from __future__ import annotations

from collections.abc import Mapping

from core.ports import Clock
from tools.market.live_wire import client_of
from tools.sources.venues.wire import PublicWire

ORDER = ("binance", "okx", "kraken", "coinbase")
"""Who is asked first for prices, and who where that fails."""
PERPETUALS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "binance": ("binance", ("linear",)),
    "okx": ("okx", ("swap",)),
    "kraken": ("krakenfutures", ("swap",)),
}
"""The venues of `ORDER` with perpetual contracts: ccxt's id, and what their markets are called there."""


def open_spot(venue: str, origin: str | None, clock: Clock) -> PublicWire:
    """The spot market of *venue* (a ccxt id); *origin* replaces scheme, host and port of all its addresses.

    Raises:
        UsageError: ccxt knows no such venue.
    """
    return PublicWire(venue, *client_of(venue, origin, ("spot",)), clock)


def open_perpetuals(venue: str, origin: str | None, clock: Clock) -> PublicWire:
    """The perpetual contracts of *venue*, one of `PERPETUALS`."""
    number, kinds = PERPETUALS[venue]
    return PublicWire(venue, *client_of(number, origin, kinds), clock)
