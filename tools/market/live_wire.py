"""A venue's public market data through ccxt, and its failures in words. No key is ever given to it."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from difflib import get_close_matches
from types import ModuleType
from typing import Any, TypeVar

from core.errors import NoAnswerError, TokenwiseError, UnreachableError, UsageError
from core.instant import MINUTE, SECOND, Interval, interval
from core.ports import Clock

T = TypeVar("T")

TIMEOUT_MS = 10 * SECOND
# asked for public data where another venue fails; each has its own limits and its own restricted countries
ELSEWHERE = ("binance", "kraken", "okx", "coinbase")
_SMALLEST_PAGE = 300
_WAIT_WHEN_THROTTLED = MINUTE
_ORIGIN = re.compile(r"https?://[^/]+")
_NO_NAME = ("name or service not known", "getaddrinfo", "nodename nor servname", "name resolution", "dns")


class LiveWire:
    """One venue's public endpoints; what it raises is ours.

    Where the venue asks for a pause, nothing is asked of it before that is over.
    """

    def __init__(self, venue: str, client: Any, errors: ModuleType, clock: Clock) -> None:
        self.venue = venue
        self._client = client
        self._errors = errors
        self._clock = clock
        self._shut_until = 0

    async def load(self) -> None:
        """Reads what the venue trades, anew where it was read before."""
        await self._asked(self._client.load_markets, True)

    async def close(self) -> None:
        """Closes the connections."""
        await self._client.close()

    @property
    def markets(self) -> Mapping[str, Mapping[str, Any]]:
        """The venue's spot markets by symbol, as ccxt tells them."""
        return {symbol: one for symbol, one in (self._client.markets or {}).items() if one.get("spot")}

    @property
    def precision_mode(self) -> int:
        """How ccxt counts this venue's precisions."""
        return int(self._client.precisionMode)

    @property
    def intervals(self) -> tuple[Interval, ...]:
        """The candle widths that the venue serves, narrowest first."""
        names = [name for name in self._client.timeframes or {} if name[-1] in "mhdw" and name != "1w"]
        found = set()
        for name in names:
            try:
                found.add(interval(name))
            except UsageError:
                continue  # a width that divides no day, such as 2w beside 1d
        return tuple(sorted(found))

    @property
    def page(self) -> int:
        """How many candles one answer may hold."""
        spot = (self._client.features or {}).get("spot") or {}
        return int((spot.get("fetchOHLCV") or {}).get("limit") or _SMALLEST_PAGE)

    async def candles(self, symbol: str, width: Interval, since: int, limit: int) -> object:
        """Raw candles opened at or after *since*, the running one perhaps among them."""
        return await self._asked(self._client.fetch_ohlcv, symbol, str(width), since, limit)

    async def time(self) -> int | None:
        """The venue's clock; `None` where it tells none."""
        if not self._client.has.get("fetchTime"):
            return None
        told = await self._asked(self._client.fetch_time)
        return None if told is None else int(told)

    async def tickers(self, symbols: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
        """The venue's newest ticker of each of *symbols* that it has."""
        listed = [symbol for symbol in symbols if symbol in self.markets]
        if not listed:
            return {}
        if self._client.has.get("fetchTickers"):
            found = await self._asked(self._client.fetch_tickers, listed)
            return {symbol: found[symbol] for symbol in listed if symbol in found}
        return {symbol: await self._asked(self._client.fetch_ticker, symbol) for symbol in listed}

    async def book(self, symbol: str) -> Mapping[str, Any]:
        """The best orders of *symbol*."""
        found: Mapping[str, Any] = await self._asked(self._client.fetch_order_book, symbol, 5)
        return found

    async def _asked(self, call: Callable[..., Awaitable[T]], *words: object) -> T:
        if self._clock.now() < self._shut_until:
            raise self._shut("we were asked to")
        try:
            return await call(*words)
        except self._errors.BaseError as error:
            raise self._told(error) from error
        except (OSError, ValueError, TypeError, KeyError, AttributeError, IndexError) as error:
            # a venue that answers with something else than its format; ccxt then fails anywhere
            raise UnreachableError(
                f"{self.venue} answered something that cannot be read ({type(error).__name__})",
                "Wait, or use another venue.",
            ) from error

    def _told(self, error: Exception) -> TokenwiseError:
        """*error* of ccxt as ours. The order matters: ccxt takes a geo-block for a passing failure."""
        others = [venue for venue in ELSEWHERE if venue != self.venue]
        mend = f"Wait, or use another venue, such as --market ccxt:{others[0]}."
        text = f"{error} {error.__cause__ or ''}".lower()
        if isinstance(error, self._errors.RestrictedLocation) or " 451 " in text or "restricted loc" in text:
            return NoAnswerError(
                f"{self.venue} serves nobody at this machine's location (HTTP 451)",
                f"Use another venue, such as --market ccxt:{others[0]}.",
                code="restricted_location",
                candidates=[f"ccxt:{venue}" for venue in others],
            )
        if isinstance(error, self._errors.BadSymbol):
            return NoAnswerError(
                f"{self.venue} does not trade that symbol: {_brief(error)}",
                "Choose another symbol.",
                code="unknown_symbol",
            )
        if any(sign in text for sign in _NO_NAME):
            told = UnreachableError(
                f"the name of {self.venue}'s server cannot be resolved: this machine is offline, or its DNS fails",
                mend,
            )
        elif isinstance(error, self._errors.RequestTimeout):
            told = UnreachableError(f"{self.venue} did not answer within {TIMEOUT_MS // SECOND} s", mend)
        elif isinstance(error, self._errors.DDoSProtection | self._errors.RateLimitExceeded):
            self._shut_until = self._clock.now() + self._asked_to_wait()
            told = self._shut(_brief(error))
        else:
            told = UnreachableError(f"{self.venue} cannot be reached: {_brief(error)}", mend)
        return told

    def _shut(self, why: str) -> UnreachableError:
        """No question goes out before the venue's pause is over, not even of those already on their way."""
        told = UnreachableError(f"{self.venue} asks us to wait: {why}", "Wait; nothing is asked before.")
        told.retry_at = self._shut_until
        return told

    def _asked_to_wait(self) -> int:
        """Milliseconds of the newest answer's Retry-After, else a minute."""
        headers = {name.lower(): value for name, value in (self._client.last_response_headers or {}).items()}
        seconds = str(headers.get("retry-after", ""))
        return int(seconds) * SECOND if seconds.isdecimal() else _WAIT_WHEN_THROTTLED


def open_wire(venue: str, origin: str | None, clock: Clock) -> LiveWire:
    """The public endpoints of *venue* (a ccxt id); *origin* replaces scheme, host and port of them all.

    Raises:
        UsageError: ccxt knows no such venue.
    """
    # spot only: the venue's other halves have other hosts, and are restricted in more places
    return LiveWire(venue, *client_of(venue, origin, ("spot",)), clock)


def client_of(venue: str, origin: str | None, kinds: Sequence[str]) -> tuple[Any, ModuleType]:
    """Ccxt's client of *venue* that reads only these *kinds* of markets, without a key; and ccxt's errors.

    Raises:
        UsageError: ccxt knows no such venue.
    """
    import ccxt.async_support as ccxt  # type: ignore[import-untyped]  # ccxt has no types

    if venue not in ccxt.exchanges:
        close = get_close_matches(venue, ccxt.exchanges, 5)
        raise UsageError(
            f"ccxt knows no venue {venue!r}",
            f"Use one of ccxt's ids, such as {', '.join(ELSEWHERE)}.",
            candidates=close or ELSEWHERE,
        )
    client = getattr(ccxt, venue)(
        {"enableRateLimit": True, "timeout": TIMEOUT_MS, "options": {"fetchMarkets": {"types": [*kinds]}}}
    )
    client.has["fetchCurrencies"] = False
    if origin is not None:
        client.urls["api"] = _moved(client.urls["api"], origin)
    return client, ccxt


def _moved(urls: Any, origin: str) -> Any:
    if isinstance(urls, str):
        return _ORIGIN.sub(origin, urls, count=1)
    return {name: _moved(one, origin) for name, one in urls.items()}


def _brief(error: Exception) -> str:
    """The first line of a venue's message, at most 160 characters."""
    return " ".join(str(error).split())[:160]
