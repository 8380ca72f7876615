"""A venue's public market data as typed outcomes: no failure looks like a value, none is told as another."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

import numpy as np

from core.errors import NoAnswerError, TokenwiseError, UnreachableError
from core.instant import HOUR, SECOND, Instant, Interval, duration, iso
from core.market import Bars, Quote
from core.money import published
from core.observation import BadRequest, NoData, NotEntitled, Ok, Outcome, Throttled, Unreachable
from core.ports import Clock
from tools.market.live_rows import closed_candles
from tools.sources.venues.book import Book, book_of, quote_of
from tools.sources.venues.wire import PublicWire
from tools.store.gate import Fault

T = TypeVar("T")

_ATTEMPTS = 4
_FIRST_PAUSE = SECOND
_LONGEST_PAUSE = 90 * SECOND


@dataclass(frozen=True, slots=True)
class Settlement:
    """One funding rate. *interval_hours*: the time that it is for, `None` where the venue does not say."""

    settled_at: Instant
    rate: Decimal
    interval_hours: Decimal | None


@dataclass(frozen=True, slots=True)
class OpenInterest:
    """What was open at a moment, in base currency and in dollars; `None` where the venue does not say."""

    as_of: Instant
    amount: Decimal | None
    value: Decimal | None


class MarketData:
    """Asks one venue, patiently: what may pass is asked again a few times, and nothing else is.

    Args:
        wire: The venue, spot or perpetual.
        clock: The wall's.
        heard: Called after every request that was answered or failed.
    """

    def __init__(self, wire: PublicWire, clock: Clock, heard: Callable[[], None] = lambda: None) -> None:
        self.wire = wire
        self.venue = wire.venue
        self._clock = clock
        self._heard = heard

    async def load(self) -> Outcome[None]:
        """Reads what the venue trades."""
        return await self._ask(self.wire.load)

    async def close(self) -> None:
        """Closes the connections."""
        await self.wire.close()

    async def candles(
        self, symbol: str, width: Interval, since: Instant, end: Instant, page: int
    ) -> Outcome[Bars]:
        """The closed candles of one answer that open in [*since*, *end*), oldest first; perhaps none.

        *page*: how many one answer may hold. None says nothing of what comes after the page.
        """
        limit = min(page, -(-(end - since) // width.ms))
        raw = await self._ask(lambda: self.wire.candles(symbol, width, since, limit))
        if not isinstance(raw, Ok):
            return raw
        bars = closed_candles(raw.value, symbol, width, self._clock.now())
        if isinstance(bars, Fault):
            return Unreachable(f"{self.venue} sent {symbol} candles that cannot be true: {bars.message}")
        mine = np.flatnonzero((bars.opened_at >= since) & (bars.opened_at < end))
        return Ok(bars.slice(int(mine[0]), int(mine[-1]) + 1) if len(mine) else bars.slice(0, 0))

    async def quotes(self, symbols: Sequence[str]) -> Mapping[str, Outcome[Quote]]:
        """The best prices of each symbol, as of now."""
        raw = await self._ask(lambda: self.wire.tickers(symbols))
        if not isinstance(raw, Ok):
            return dict.fromkeys(symbols, raw)
        now = self._clock.now()
        return {
            symbol: quote_of(raw.value[symbol], symbol, self.venue, now)
            if symbol in raw.value
            else NoData(f"{self.venue} has no ticker of {symbol}")
            for symbol in symbols
        }

    async def book(self, symbol: str, levels: int = 20) -> Outcome[Book]:
        """The order book of *symbol*, as of now."""
        raw = await self._ask(lambda: self.wire.depth(symbol, levels))
        if not isinstance(raw, Ok):
            return raw
        return book_of(raw.value, symbol, self.venue, self._clock.now())

    async def settlements(
        self, symbol: str, since: Instant, page: int, until: Instant | None = None
    ) -> Outcome[tuple[Settlement, ...]]:
        """The funding rates of one answer settled at or after *since* (and before *until*), oldest first."""
        if not self.wire.can("fetchFundingRateHistory"):
            return NoData(f"{self.venue} tells no past funding rates")
        raw = await self._ask(lambda: self.wire.settlements(symbol, since, page, until))
        found = self._rows(raw, "a funding rate", lambda row: self._settlement(row, since))
        if not isinstance(found, Ok):
            return found
        return Ok(tuple(sorted(dict.fromkeys(found.value), key=lambda one: one.settled_at)))

    async def open_interest(
        self, symbol: str, width: Interval, since: Instant, page: int
    ) -> Outcome[tuple[OpenInterest, ...]]:
        """The open interest of one answer stamped at or after *since*, oldest first."""
        if not self.wire.can("fetchOpenInterestHistory"):
            return NoData(f"{self.venue} tells no past open interest")
        raw = await self._ask(lambda: self.wire.open_interest(symbol, width, since, page))
        found = self._rows(raw, "an open interest", lambda row: self._open(row, since))
        if not isinstance(found, Ok):
            return found
        return Ok(tuple(sorted(dict.fromkeys(found.value), key=lambda one: one.as_of)))

    async def _ask(self, call: Callable[[], Awaitable[T]]) -> Outcome[T]:
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                answered = await call()
            except UnreachableError as error:
                self._heard()
                now = self._clock.now()
                pause = _FIRST_PAUSE * 2 ** (attempt - 1) if error.retry_at is None else error.retry_at - now
                if attempt == _ATTEMPTS or pause > _LONGEST_PAUSE:
                    return _failed(error, now)
                await self._clock.sleep_until(Instant(now + max(pause, 0)))
            except TokenwiseError as error:
                self._heard()
                return _failed(error, self._clock.now())
            else:
                self._heard()
                return Ok(answered)
        raise AssertionError("unreachable")

    def _rows(
        self, raw: Outcome[object], what: str, read: Callable[[Mapping[str, Any]], T | None]
    ) -> Outcome[tuple[T, ...]]:
        if not isinstance(raw, Ok):
            return raw
        told = raw.value
        if not isinstance(told, Sequence) or isinstance(told, str | bytes):
            return Unreachable(f"{self.venue} answered {type(told).__name__} for {what}")
        found = []
        for row in told:
            try:
                one = read(row)
            except (TypeError, ValueError, ArithmeticError, KeyError, AttributeError):
                return Unreachable(f"{self.venue}: {what} cannot be read")
            if one is not None:
                found.append(one)
        return Ok(tuple(found))

    def _settlement(self, row: Mapping[str, Any], since: Instant) -> Settlement | None:
        stamp, rate = int(row["timestamp"]), row["fundingRate"]
        if rate is None:
            raise ValueError("no rate")
        if not since <= stamp <= self._clock.now():
            return None
        told = row.get("interval")
        hours = Decimal(duration(told)) / HOUR if isinstance(told, str) else None
        return Settlement(Instant(stamp), published(float(rate)), hours)

    def _open(self, row: Mapping[str, Any], since: Instant) -> OpenInterest | None:
        stamp = int(row["timestamp"])
        if not since <= stamp <= self._clock.now():
            return None
        amount, value = row.get("openInterestAmount"), row.get("openInterestValue")
        if (amount or 0) < 0 or (value or 0) < 0 or (amount is None and value is None):
            raise ValueError("no open interest")
        told = [None if one is None else published(float(one)) for one in (amount, value)]
        return OpenInterest(Instant(stamp), *told)


def _failed(
    error: TokenwiseError, now: Instant
) -> NoData | NotEntitled | Throttled | Unreachable | BadRequest:
    """What *error* means; a block by location is no passing failure, and no missing symbol."""
    if isinstance(error, UnreachableError):
        if error.retry_at is None:
            return Unreachable(error.message)
        until = f"not before {iso(Instant(error.retry_at))}"
        return Throttled(f"{error.message} ({until})", max(error.retry_at - now, 0))
    if error.code == "restricted_location":
        return NotEntitled(error.message)
    return NoData(error.message) if isinstance(error, NoAnswerError) else BadRequest(error.message)
