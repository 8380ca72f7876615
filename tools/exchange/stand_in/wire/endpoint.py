"""What a request is about, whatever a venue calls it: faults and the audit name requests so."""

from __future__ import annotations

from enum import StrEnum


class Endpoint(StrEnum):
    """One name per thing a client can ask."""

    TIME = "time"
    STATUS = "status"
    MARKETS = "markets"
    CURRENCIES = "currencies"
    TICKER = "ticker"
    BOOK = "book"
    CANDLES = "candles"
    PUBLIC_TRADES = "public_trades"
    BALANCE = "balance"
    CREATE_ORDER = "create_order"
    CANCEL_ORDER = "cancel_order"
    CANCEL_ALL = "cancel_all"
    FETCH_ORDER = "fetch_order"
    OPEN_ORDERS = "open_orders"
    ORDERS = "orders"
    MY_TRADES = "my_trades"
    PERMISSIONS = "permissions"
    DEAD_MAN = "dead_man"
    OTHER = "other"
