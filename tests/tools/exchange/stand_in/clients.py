"""The real ccxt, pointed at a stand-in."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import ccxt
import ccxt.async_support

from tools.exchange.stand_in import StandIn

QUIET = {"enableRateLimit": False}
SYMBOL = {"binance": "BTC/USDT", "kraken": "BTC/USD"}
QUOTE = {"binance": "USDT", "kraken": "USD"}
BALANCES = {"binance": {"USDT": "100000", "BTC": "1"}, "kraken": {"USD": "100000", "BTC": "1"}}


Ask = Callable[..., Any]
"""``ask("fetch_order", id, symbol)``, answered by whichever ccxt it stands for."""


class Clients:
    """One ccxt object of each sort for many venues: making and closing one takes a third of a second."""

    def __init__(self) -> None:
        self._runner = asyncio.Runner()
        self._made: dict[tuple[str, str], Any] = {}

    def ask(self, venue: StandIn, kind: str, **config: Any) -> Ask:
        """A way of asking *venue* through the ``async`` or the ``sync`` ccxt, its markets loaded."""
        key = (venue.name, kind)
        if key not in self._made:
            module = ccxt.async_support if kind == "async" else ccxt
            self._made[key] = self._call(lambda: getattr(module, venue.name)(QUIET | venue.credentials))
        client = venue.point(self._made[key])
        client.timeout = config.get("timeout", 10_000)

        def ask(method: str, *arguments: Any, **named: Any) -> Any:
            return self._call(lambda: getattr(client, method)(*arguments, **named))

        ask("load_markets")
        return ask

    def close(self) -> None:
        for (_, kind), client in self._made.items():
            self._call(client.close if kind == "async" else client.session.close)
        self._runner.close()

    def _call(self, what: Callable[[], Any]) -> Any:
        async def inside() -> Any:
            answer = what()
            return await answer if inspect.isawaitable(answer) else answer

        return self._runner.run(inside())


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
