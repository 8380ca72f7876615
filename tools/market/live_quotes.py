"""What prices stand beside the candles: the venue's mid, another venue's price, what the quote is worth."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from decimal import Decimal
from math import inf
from typing import Any

from core.assets import split_symbol
from core.errors import TokenwiseError
from core.instant import MINUTE, Instant
from core.money import ONE, add, divide, published
from core.observation import Missing
from core.ports import Clock
from tools.market.live_wire import LiveWire

MAX_AGE_MS = MINUTE
_PATIENCE_S = 5.0
_OPENING_S = 15.0
_VENUE, _SECOND = 0, 1
_DOLLARS = {"USD", "USDT", "USDC", "DAI", "TUSD", "FDUSD", "PYUSD", "USDP", "BUSD"}


class LiveQuotes:
    """The newest tickers of the venue and of a second one, refused where crossed, empty or over a minute old.

    *seconds*: other venues, best first; one that cannot be opened or lists none of *symbols* gives way to
    the next.
    """

    def __init__(
        self, clock: Clock, venue: LiveWire, seconds: Sequence[LiveWire], symbols: Sequence[str]
    ) -> None:
        self._clock = clock
        self._venue = venue
        self._seconds = [*seconds]
        self._opening: asyncio.Task[None] | None = None
        self._symbols = tuple(symbols)
        self._quote = split_symbol(symbols[0])[1]
        self._told: dict[tuple[int, str], tuple[Decimal, Instant]] = {}
        self._why: dict[tuple[int, str], str] = {}

    async def begin(self) -> None:
        """The first look: a second venue gets some seconds to open, so that the first decision has its price."""
        self._second()
        if self._opening is not None:
            await asyncio.wait({self._opening}, timeout=_OPENING_S)
        await self.refresh()

    async def refresh(self) -> None:
        """Asks both venues, for a few seconds at most; whoever does not answer leaves its prices to age."""
        pegs = [f"{self._quote}/USD", f"USDC/{self._quote}"]
        asked = [self._ask(_VENUE, self._venue, [*self._symbols, *pegs])]
        if (second := self._second()) is not None:
            asked.append(self._ask(_SECOND, second, [*self._symbols, pegs[0]]))
        await asyncio.gather(*asked)

    async def close(self) -> None:
        """Closes the other venues; the first is its owner's."""
        if self._opening is not None:
            self._opening.cancel()
            await asyncio.gather(self._opening, return_exceptions=True)
            self._opening = None
        for wire in self._seconds:
            await wire.close()

    def mid(self, symbol: str) -> Decimal | Missing:
        """Half-way between the venue's best bid and ask."""
        return self._read(_VENUE, symbol, "mid")

    def second_price(self, symbol: str) -> Decimal | Missing:
        """The same symbol's price at the second venue."""
        if not self._seconds:
            return Missing(f"second_price:{symbol}", "no_second_venue")
        return self._read(_SECOND, symbol, "second_price")

    def quote_peg(self) -> Decimal | Missing:
        """USD per unit of the quote currency, from its own market or against USDC."""
        if self._quote == "USD":
            return ONE
        if self._quote not in _DOLLARS:
            return Missing("quote_peg", "not_a_dollar")
        for source in (_SECOND, _VENUE):
            found = self._read(source, f"{self._quote}/USD", "quote_peg")
            if isinstance(found, Decimal):
                return found
        against = self._read(_VENUE, f"USDC/{self._quote}", "quote_peg")
        return divide(ONE, against) if isinstance(against, Decimal) else against

    def _read(self, source: int, symbol: str, what: str) -> Decimal | Missing:
        found = self._told.get((source, symbol))
        if found is None:
            return Missing(f"{what}:{symbol}", self._why.get((source, symbol), "no_data"))
        price, at = found
        return (
            price
            if self._clock.now() - at <= MAX_AGE_MS
            else Missing(f"{what}:{symbol}", "gate:stale_ticker")
        )

    def _second(self) -> LiveWire | None:
        """The second venue, once it is open; it is opened beside everything else."""
        if not self._seconds:
            return None
        opening = self._opening
        if opening is None:
            self._opening = asyncio.create_task(self._seconds[0].load())
            return None
        if not opening.done():
            return None
        wire = self._seconds[0]
        if opening.exception() is None and any(symbol in wire.markets for symbol in self._symbols):
            return wire
        # to the end of the queue: its turn comes again
        self._seconds = [*self._seconds[1:], wire]
        self._opening = None
        return None

    async def _ask(self, source: int, wire: LiveWire, symbols: Sequence[str]) -> None:
        at = self._clock.now()
        try:
            async with asyncio.timeout(_PATIENCE_S):
                tickers = dict(await wire.tickers(symbols))
        except (TokenwiseError, TimeoutError):
            # read as an absent price; the rules that require one refuse
            return
        for symbol in symbols:
            price = _mid_of(tickers.get(symbol))
            if isinstance(price, Decimal):
                self._told[source, symbol] = (price, Instant(at))
                continue
            self._told.pop((source, symbol), None)
            self._why[source, symbol] = price


def _mid_of(ticker: Mapping[str, Any] | None) -> Decimal | str:
    """The mid of a ticker; where it tells no book its last price; else why there is none."""
    if not isinstance(ticker, Mapping):
        return "no_data"
    bid, ask, last = (_price(ticker.get(name)) for name in ("bid", "ask", "last"))
    if ticker.get("bid") is None and ticker.get("ask") is None and last is not None:
        return last
    if bid is None or ask is None:
        return "gate:empty_book"
    if ask < bid:
        return "gate:crossed_book"
    return divide(add(bid, ask), Decimal(2))


def _price(told: object) -> Decimal | None:
    """A price above zero; `None` for anything else."""
    if isinstance(told, bool) or not isinstance(told, int | float) or not 0 < told < inf:
        return None
    return published(float(told))
