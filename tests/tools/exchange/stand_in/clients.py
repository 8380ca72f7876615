"""The real ccxt, pointed at a stand-in."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import ccxt
import ccxt.async_support

from tools.exchange.stand_in import StandIn

QUIET = {"enableRateLimit": False}
SYMBOL = {"binance": "BTC/USDT", "kraken": "BTC/USD"}
QUOTE = {"binance": "USDT", "kraken": "USD"}
BALANCES = {"binance": {"USDT": "100000", "BTC": "1"}, "kraken": {"USD": "100000", "BTC": "1"}}


@asynccontextmanager
async def async_client(venue: StandIn, **config: Any) -> AsyncIterator[Any]:
    client = venue.point(getattr(ccxt.async_support, venue.name)(QUIET | venue.credentials | config))
    try:
        yield client
    finally:
        await client.close()


@contextmanager
def sync_client(venue: StandIn, **config: Any) -> Iterator[Any]:
    client = venue.point(getattr(ccxt, venue.name)(QUIET | venue.credentials | config))
    try:
        yield client
    finally:
        client.session.close()
