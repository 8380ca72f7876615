"""Binance's routes, put together."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from core.instant import Instant
from tools.exchange.stand_in.binance import errors, listings, market, signing, trading
from tools.exchange.stand_in.desk import ANOTHER_ID, Desk
from tools.exchange.stand_in.engine.refusals import Refused
from tools.exchange.stand_in.engine.rules import FeeIn, Rules
from tools.exchange.stand_in.wire.call import Answer, Call, Signed
from tools.exchange.stand_in.wire.dialect import Route
from tools.exchange.stand_in.wire.endpoint import Endpoint

GOOD_ID = re.compile(r"[.A-Z:/a-z0-9_-]{1,36}")

ROUTES: Mapping[tuple[str, str], Route] = {
    ("GET", "/api/v3/ping"): Route(Endpoint.STATUS, market.nothing),
    ("GET", "/api/v3/time"): Route(Endpoint.TIME, market.time),
    ("GET", "/api/v3/exchangeInfo"): Route(Endpoint.MARKETS, listings.exchange_info),
    ("GET", "/fapi/v1/exchangeInfo"): Route(Endpoint.OTHER, listings.no_symbols),
    ("GET", "/dapi/v1/exchangeInfo"): Route(Endpoint.OTHER, listings.no_symbols),
    ("GET", "/api/v3/ticker/24hr"): Route(Endpoint.TICKER, market.ticker_24h),
    ("GET", "/api/v3/ticker/bookTicker"): Route(Endpoint.TICKER, market.book_ticker),
    ("GET", "/api/v3/ticker/price"): Route(Endpoint.TICKER, market.price),
    ("GET", "/api/v3/depth"): Route(Endpoint.BOOK, market.depth),
    ("GET", "/api/v3/klines"): Route(Endpoint.CANDLES, market.klines),
    ("GET", "/api/v3/trades"): Route(Endpoint.PUBLIC_TRADES, market.trades),
    ("GET", "/api/v3/aggTrades"): Route(Endpoint.PUBLIC_TRADES, market.aggregate_trades),
    ("POST", "/api/v3/order"): Route(Endpoint.CREATE_ORDER, trading.create, private=True),
    ("POST", "/api/v3/order/test"): Route(Endpoint.OTHER, trading.test, private=True),
    ("DELETE", "/api/v3/order"): Route(Endpoint.CANCEL_ORDER, trading.cancel, private=True),
    ("GET", "/api/v3/order"): Route(Endpoint.FETCH_ORDER, trading.lookup, private=True),
    ("GET", "/api/v3/openOrders"): Route(Endpoint.OPEN_ORDERS, trading.open_orders, private=True),
    ("DELETE", "/api/v3/openOrders"): Route(Endpoint.CANCEL_ALL, trading.cancel_all, private=True),
    ("GET", "/api/v3/allOrders"): Route(Endpoint.ORDERS, trading.all_orders, private=True),
    ("GET", "/api/v3/myTrades"): Route(Endpoint.MY_TRADES, trading.my_trades, private=True),
    ("GET", "/api/v3/account"): Route(Endpoint.BALANCE, trading.account, private=True),
    ("GET", "/sapi/v1/account/apiRestrictions"): Route(
        Endpoint.PERMISSIONS, trading.restrictions, private=True
    ),
    ("GET", "/sapi/v1/capital/config/getall"): Route(Endpoint.CURRENCIES, listings.coins, private=True),
    ("GET", "/sapi/v1/margin/allPairs"): Route(Endpoint.OTHER, market.empty, private=True),
    ("GET", "/sapi/v1/margin/isolated/allPairs"): Route(Endpoint.OTHER, market.empty, private=True),
}


class BinanceDialect:
    """Binance spot."""

    name = "binance"
    routes = ROUTES

    def rules(self) -> Rules:
        """A buy's fee is taken in what was bought, a sale's in what was got for it."""
        return Rules(FeeIn.RECEIVED, good_client_id=lambda text: GOOD_ID.fullmatch(text) is not None)

    def authenticate(self, desk: Desk, call: Call, now: Instant) -> Signed:
        """Key, HMAC-SHA256, timestamp and window."""
        return signing.authenticate(desk, call, now)

    def refuse(self, refused: Refused) -> Answer:
        """A code and a sentence."""
        return errors.refuse(refused)

    def reply(self, body: Any) -> Answer:
        """As it is, with the weight used."""
        return Answer(200, body, {"X-MBX-USED-WEIGHT-1M": "1"})

    def without_order_id(self, body: Any) -> Any:
        """No orderId."""
        return {name: value for name, value in body.items() if name != "orderId"}

    def with_other_client_id(self, body: Any) -> Any:
        """A clientOrderId that nobody sent."""
        return {**body, "clientOrderId": ANOTHER_ID}
