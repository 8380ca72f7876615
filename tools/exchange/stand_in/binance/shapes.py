"""Orders and trades as Binance writes them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from core.money import ZERO
from core.orders import Side
from tools.exchange.stand_in.engine.orders import NewOrder, Status, VenueOrder, VenueTrade
from tools.exchange.stand_in.wrongs import Wrong

FIRST_ORDER = 700_000_000
FIRST_TRADE = 90_000_000

STATUS = {
    Status.OPEN: "NEW",
    Status.PARTIAL: "PARTIALLY_FILLED",
    Status.FILLED: "FILLED",
    Status.CANCELED: "CANCELED",
    Status.EXPIRED: "EXPIRED",
}


def number(value: Decimal) -> str:
    """Eight decimals, as in every amount of Binance's."""
    return f"{value:.8f}"


def market_id(symbol: str) -> str:
    """``BTC/USDT`` as ``BTCUSDT``."""
    return symbol.replace("/", "")


def client_id(order: VenueOrder) -> str:
    """The client id; an order without one has one of the venue's own."""
    return order.client_id or f"web_{order.number:032x}"


def order_type(order: NewOrder) -> str:
    """The type that a client would have had to send."""
    if order.stop is not None or order.trail is not None:
        kind = "TAKE_PROFIT" if order.take_profit else "STOP_LOSS"
        return kind if order.limit is None else f"{kind}_LIMIT"
    if order.limit is None:
        return "MARKET"
    return "LIMIT_MAKER" if order.post_only else "LIMIT"


def placed(order: VenueOrder, fills: Sequence[VenueTrade], response: str) -> dict[str, Any]:
    """A new order's answer: ACK, RESULT or FULL."""
    body: dict[str, Any] = {
        "symbol": market_id(order.symbol),
        "orderId": FIRST_ORDER + order.number,
        "orderListId": -1,
        "clientOrderId": client_id(order),
        "transactTime": order.created_at,
    }
    if response == "ACK":
        return body
    body |= _state(order) | {"workingTime": order.created_at}
    if response == "FULL":
        body["fills"] = [
            {
                "price": number(fill.price),
                "qty": number(fill.quantity),
                "commission": number(fill.fee),
                "commissionAsset": fill.fee_asset,
                "tradeId": FIRST_TRADE + fill.number,
            }
            for fill in fills
        ]
    return body


def looked_up(order: VenueOrder) -> dict[str, Any]:
    """An order in answers to lookups and lists."""
    return {
        "symbol": market_id(order.symbol),
        "orderId": FIRST_ORDER + order.number,
        "orderListId": -1,
        "clientOrderId": client_id(order),
        **_state(order),
        "stopPrice": number(order.stop or ZERO),
        "icebergQty": number(ZERO),
        "time": order.created_at,
        "updateTime": order.updated_at,
        "isWorking": not order.waiting,
        "workingTime": -1 if order.waiting else order.created_at,
        "origQuoteOrderQty": number(order.wanted.spend or ZERO),
        "selfTradePreventionMode": "EXPIRE_MAKER",
    }


def cancelled(order: VenueOrder) -> dict[str, Any]:
    """The answer to a cancel. Its clientOrderId is the cancel's own; the order's is origClientOrderId."""
    return {
        "symbol": market_id(order.symbol),
        "origClientOrderId": client_id(order),
        "orderId": FIRST_ORDER + order.number,
        "orderListId": -1,
        "clientOrderId": f"cancel{order.number:016x}",
        "transactTime": order.updated_at,
        **_state(order),
        "status": "CANCELED",
    }


def trade(fill: VenueTrade, wrong: set[Wrong]) -> dict[str, Any]:
    """One of the account's trades."""
    body = {
        "symbol": market_id(fill.symbol),
        "id": FIRST_TRADE + fill.number,
        "orderId": FIRST_ORDER + fill.order,
        "orderListId": -1,
        "price": number(fill.price),
        "qty": number(fill.quantity),
        "quoteQty": number(fill.cost),
        "commission": number(fill.fee),
        "commissionAsset": fill.fee_asset,
        "time": fill.at,
        "isBuyer": fill.side is Side.BUY,
        "isMaker": fill.maker,
        "isBestMatch": True,
    }
    if Wrong.TRADES_WITHOUT_ID in wrong:
        del body["id"]
    return body


def _state(order: VenueOrder) -> dict[str, Any]:
    state = {
        "price": number(order.wanted.limit or ZERO),
        "origQty": number(order.quantity),
        "executedQty": number(order.filled),
        "origQuoteOrderQty": number(order.wanted.spend or ZERO),
        "cummulativeQuoteQty": number(order.spent),
        "status": STATUS[order.status],
        "timeInForce": order.wanted.time_in_force.value,
        "type": order_type(order.wanted),
        "side": order.wanted.side.value.upper(),
        "selfTradePreventionMode": "EXPIRE_MAKER",
    }
    if order.stop is not None:
        state["stopPrice"] = number(order.stop)
    return state
