"""Kraken's routes, put together."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from core.instant import Instant
from tools.exchange.stand_in.desk import Desk
from tools.exchange.stand_in.engine.refusals import Refused
from tools.exchange.stand_in.engine.rules import FeeIn, Rules
from tools.exchange.stand_in.kraken import account, errors, market, signing, trading
from tools.exchange.stand_in.wire.call import Answer, Call, Signed
from tools.exchange.stand_in.wire.dialect import Handler, Route
from tools.exchange.stand_in.wire.endpoint import Endpoint

GOOD_ID = re.compile(r"[0-9a-fA-F]{32}|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|[!-~]{1,18}")

PUBLIC: Mapping[str, tuple[Endpoint, Handler]] = {
    "Time": (Endpoint.TIME, market.time),
    "SystemStatus": (Endpoint.STATUS, market.status),
    "Assets": (Endpoint.CURRENCIES, market.assets),
    "AssetPairs": (Endpoint.MARKETS, market.pairs),
    "Ticker": (Endpoint.TICKER, market.ticker),
    "Depth": (Endpoint.BOOK, market.depth),
    "OHLC": (Endpoint.CANDLES, market.candles),
    "Trades": (Endpoint.PUBLIC_TRADES, market.trades),
}
PRIVATE: Mapping[str, tuple[Endpoint, Handler]] = {
    "AddOrder": (Endpoint.CREATE_ORDER, trading.add_order),
    "CancelOrder": (Endpoint.CANCEL_ORDER, trading.cancel),
    "CancelAll": (Endpoint.CANCEL_ALL, trading.cancel_all),
    "CancelAllOrdersAfter": (Endpoint.DEAD_MAN, trading.cancel_all_after),
    "Balance": (Endpoint.BALANCE, account.balance),
    "BalanceEx": (Endpoint.BALANCE, account.balance_extended),
    "OpenOrders": (Endpoint.OPEN_ORDERS, account.open_orders),
    "ClosedOrders": (Endpoint.ORDERS, account.closed_orders),
    "QueryOrders": (Endpoint.FETCH_ORDER, account.query_orders),
    "TradesHistory": (Endpoint.MY_TRADES, account.trades_history),
    "QueryTrades": (Endpoint.MY_TRADES, account.query_trades),
    "TradeVolume": (Endpoint.OTHER, account.trade_volume),
    "GetApiKeyInfo": (Endpoint.PERMISSIONS, account.key_info),
    "WithdrawMethods": (Endpoint.PERMISSIONS, account.withdraw_methods),
}


class KrakenDialect:
    """Kraken spot."""

    name = "kraken"
    routes: Mapping[tuple[str, str], Route] = {
        ("GET", f"/0/public/{name}"): Route(endpoint, answer) for name, (endpoint, answer) in PUBLIC.items()
    } | {
        ("POST", f"/0/private/{name}"): Route(endpoint, answer, private=True)
        for name, (endpoint, answer) in PRIVATE.items()
    }

    def rules(self) -> Rules:
        """Fees are in quote currency, on top of what a buy costs; a stop that is already reached executes."""
        return Rules(
            FeeIn.QUOTE,
            good_client_id=lambda text: GOOD_ID.fullmatch(text) is not None,
            maker=Decimal("0.0025"),
            taker=Decimal("0.004"),
            refuses_triggered=False,
        )

    def authenticate(self, desk: Desk, call: Call, now: Instant) -> Signed:
        """Key, HMAC-SHA512, nonce and deadline."""
        return signing.authenticate(desk, call, now)

    def refuse(self, refused: Refused) -> Answer:
        """A string in a list of errors."""
        return errors.refuse(refused)

    def reply(self, body: Any) -> Answer:
        """Beside an empty list of errors."""
        return Answer(200, {"error": [], "result": body}, {})

    def without_order_id(self, body: Any) -> Any:
        """No txid."""
        return {name: value for name, value in body.items() if name != "txid"}

    def with_other_client_id(self, body: Any) -> Any:
        """As it is: Kraken's answer names no client id."""
        return body
