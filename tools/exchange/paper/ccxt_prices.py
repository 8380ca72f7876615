"""The facade's prices: ccxt's own base class on a feed of candles and a clock."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from core.instant import DAY, HOUR, MINUTE, WEEK, Instant, Interval, duration_text
from core.market import Candle, Costs
from core.ports import Clock
from tools.exchange.paper import ccxt_shapes as shapes
from tools.exchange.paper.book import Book
from tools.exchange.paper.ccxt_errors import ccxt
from tools.exchange.paper.exchange import PaperExchange
from tools.exchange.paper.feed import Feed

_Base: Any = import_module("ccxt.async_support.base.exchange").Exchange
_WIDTHS = (
    MINUTE,
    3 * MINUTE,
    5 * MINUTE,
    15 * MINUTE,
    30 * MINUTE,
    HOUR,
    2 * HOUR,
    4 * HOUR,
    6 * HOUR,
    8 * HOUR,
)
_TIMEFRAMES = {duration_text(width): width for width in (*_WIDTHS, 12 * HOUR, DAY, 3 * DAY)} | {"1w": WEEK}
_ROWS = 500
_CAN = (
    "cancelAllOrders", "cancelOrder", "createLimitOrder", "createMarketBuyOrderWithCost", "createMarketOrder",
    "createOrder", "createStopLimitOrder", "createStopLossOrder", "createStopMarketOrder", "createStopOrder",
    "createTrailingAmountOrder", "createTrailingPercentOrder", "createTriggerOrder", "fetchBalance",
    "fetchCanceledOrders", "fetchClosedOrders", "fetchMarkets", "fetchMyTrades", "fetchOHLCV",
    "fetchOpenOrders", "fetchOrder", "fetchOrderBook", "fetchOrders", "fetchTicker", "fetchTickers",
    "fetchTime", "spot",
)  # fmt: skip
Params = Mapping[str, Any] | None


class PaperPrices(_Base):  # type: ignore[misc]
    """The half of the facade that knows the market and the time. *grain*: the width of the feed's candles."""

    def __init__(
        self,
        book: Book,
        feed: Feed,
        clock: Clock,
        costs: Costs,
        grain: Interval,
        config: Mapping[str, Any] | None = None,
    ) -> None:
        self._book, self._feed, self._clock, self._costs, self._grain = book, feed, clock, costs, grain
        self._venue = PaperExchange(book, feed, clock, costs, book.account)
        super().__init__({"enableRateLimit": False, **(config or {})})

    def describe(self) -> Any:
        """What ccxt's constructor asks an exchange about itself."""
        timeframes = {
            name: name
            for name, width in _TIMEFRAMES.items()
            if width >= self._grain.ms and not width % self._grain.ms
        }
        return self.deep_extend(
            super().describe(),
            {
                "id": "tokenwise",
                "name": "tokenwise paper",
                "countries": [],
                "has": dict.fromkeys(_CAN, True) | {"fetchCurrencies": False},
                "timeframes": timeframes,
                "precisionMode": import_module("ccxt.base.decimal_to_precision").TICK_SIZE,
                "requiredCredentials": {"apiKey": False, "secret": False},
                "fees": {"trading": {"maker": float(self._costs.maker), "taker": float(self._costs.taker)}},
            },
        )

    def milliseconds(self) -> int:
        """The clock's now."""
        return self._clock.now()

    async def sleep(self, milliseconds: float) -> None:
        """Waits by the clock: in simulated time it jumps."""
        await self._clock.sleep_until(Instant(self._clock.now() + int(milliseconds)))

    async def fetch_time(self, params: Params = None) -> int:  # noqa: ARG002 - ccxt's
        """The clock's now."""
        return self._clock.now()

    async def fetch_markets(self, params: Params = None) -> list[Any]:  # noqa: ARG002 - ccxt's
        """Every symbol that is paid in the account's currency."""
        feed = self._feed
        known = [feed.instrument(symbol) for symbol in feed.symbols]
        return [
            self.safe_market_structure(
                shapes.market(one, self._costs, active=feed.delisted_at(one.symbol) is None)
            )
            for one in known
            if one.quote == self._book.quote
        ]

    async def fetch_ticker(self, symbol: str, params: Params = None) -> Any:  # noqa: ARG002 - ccxt's
        """The last 24 hours; bid and ask are a model."""
        await self.load_markets()
        market = self.market(symbol)
        now = self._clock.now()
        day = shapes.day_until(self._candles(market["symbol"], now - DAY), now)
        if not day:
            raise ccxt.BadSymbol(f"{self.id} {symbol} has no price yet")
        instrument = self._feed.instrument(market["symbol"])
        return self.safe_ticker(shapes.ticker(day, instrument, self._costs, now), market)

    async def fetch_tickers(self, symbols: list[str] | None = None, params: Params = None) -> Any:  # noqa: ARG002
        """The tickers of *symbols*, or of all that have a price."""
        await self.load_markets()
        wanted = self.market_symbols(symbols) or self.symbols
        return {name: await self.fetch_ticker(name) for name in wanted if self._feed.last_print(name)}

    async def fetch_ohlcv(
        self,
        symbol: str,
        timeframe: str = "1m",
        since: int | None = None,
        limit: int | None = None,
        params: Params = None,  # noqa: ARG002 - ccxt's
    ) -> Any:
        """Candles; of a timeframe wider than the feed's the last one may not have closed."""
        await self.load_markets()
        name = self.market(symbol)["symbol"]
        if timeframe not in self.timeframes:
            raise ccxt.BadRequest(
                f"{self.id} has candles of {', '.join(self.timeframes)}, not of {timeframe}"
            )
        width, count = Interval(_TIMEFRAMES[timeframe]), limit or _ROWS
        now = self._clock.now()
        start = width.floor(now - count * width.ms) if since is None else width.ceil(since)
        rows = shapes.rows(self._candles(name, start), width)
        return rows[:count] if since is not None else rows[-count:]

    async def fetch_order_book(self, symbol: str, limit: int | None = None, params: Params = None) -> Any:  # noqa: ARG002
        """A model book around the last close: this venue has candles, and `info` says so."""
        await self.load_markets()
        name = self.market(symbol)["symbol"]
        last = self._feed.last_print(name)
        if last is None:
            raise ccxt.BadSymbol(f"{self.id} {symbol} has no price yet")
        count = min(limit or shapes.LEVELS, 5 * shapes.LEVELS)
        bids, asks = shapes.levels(last, self._feed.instrument(name), self._costs, count)
        now = self._clock.now()
        book = self.parse_order_book({"bids": bids, "asks": asks}, name, now)
        return book | {"nonce": last.closed_at, "info": {"model": "around the last close, from its volume"}}

    def _candles(self, symbol: str, opened_from: int) -> list[Candle]:
        return list(self._feed.candles_since(symbol, Instant(max(opened_from, 0))))
