"""Exchanges as sources of public market data, through ccxt. No key is ever given to them."""

from tools.sources.venues.book import Book
from tools.sources.venues.market_data import MarketData, OpenInterest, Settlement
from tools.sources.venues.opening import ORDER, PERPETUALS, open_perpetuals, open_spot
from tools.sources.venues.traits import Traits, traits_of
from tools.sources.venues.wire import PublicWire

__all__ = [
    "ORDER",
    "PERPETUALS",
    "Book",
    "MarketData",
    "OpenInterest",
    "PublicWire",
    "Settlement",
    "Traits",
    "open_perpetuals",
    "open_spot",
    "traits_of",
]
