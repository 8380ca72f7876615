"""The private endpoints that only tell: balances, orders, trades, the key's rights."""
# ruff: noqa: ARG001 - every endpoint is called in the same way, whether it needs all of it or not

from __future__ import annotations

from typing import Any

from tools.exchange.stand_in.desk import Desk
from tools.exchange.stand_in.engine.orders import VenueOrder
from tools.exchange.stand_in.engine.refusals import Refusal, Refused
from tools.exchange.stand_in.kraken import shapes
from tools.exchange.stand_in.kraken.names import asset_id, listed, pair_id, txid
from tools.exchange.stand_in.kraken.trading import named
from tools.exchange.stand_in.wire.call import Call, Signed
from tools.exchange.stand_in.wrongs import Wrong

PAGE = 50
READING = ["query-funds", "query-open-trades", "query-closed-trades"]
TRADING = ["modify-trades", "close-trades"]


def balance(desk: Desk, call: Call, signed: Signed) -> Any:
    """POST /0/private/Balance: totals."""
    return {
        asset_id(asset): shapes.amount(free + locked) for asset, (free, locked) in desk.balances().items()
    }


def balance_extended(desk: Desk, call: Call, signed: Signed) -> Any:
    """POST /0/private/BalanceEx: totals, and what open orders hold of them."""
    return {
        asset_id(asset): {"balance": shapes.amount(free + locked), "hold_trade": shapes.amount(locked)}
        for asset, (free, locked) in desk.balances().items()
    }


def open_orders(desk: Desk, call: Call, signed: Signed) -> Any:
    """POST /0/private/OpenOrders: all, or those of one cl_ord_id."""
    orders = desk.open_orders()
    if "cl_ord_id" in call.params:
        orders = _by_client_id(desk, call, orders)
    return {"open": {txid("O", order.number): shapes.written(desk, order) for order in orders}}


def closed_orders(desk: Desk, call: Call, signed: Signed) -> Any:
    """POST /0/private/ClosedOrders: 50 at a time, newest first."""
    orders = [order for order in reversed(desk.seen()) if not order.is_open]
    if "cl_ord_id" in call.params:
        orders = _by_client_id(desk, call, orders)
    orders = [order for order in orders if _in_span(call, order.updated_at)]
    first = call.whole("ofs", 0)
    page = orders[first : first + PAGE]
    return {
        "closed": {txid("O", order.number): shapes.written(desk, desk.told(order)) for order in page},
        "count": len(orders),
    }


def query_orders(desk: Desk, call: Call, signed: Signed) -> Any:
    """POST /0/private/QueryOrders: by txid; a userref is a whole number."""
    if "userref" in call.params and not call.params["userref"].lstrip("+-").isdigit():
        raise Refused(Refusal.BAD_PARAMETER, "userref")
    with_trades = call.params.get("trades", "").lower() == "true"
    found = {}
    for name in call.need("txid").split(","):
        order = desk.find(lambda one, name=name: txid("O", one.number) == name)  # type: ignore[misc]  # bound per turn
        found[name] = shapes.written(desk, order, with_trades=with_trades)
    return found


def trades_history(desk: Desk, call: Call, signed: Signed) -> Any:
    """POST /0/private/TradesHistory: 50 at a time, newest first."""
    trades = [fill for fill in reversed(desk.trades()) if _in_span(call, fill.at)]
    first = call.whole("ofs", 0)
    no_ids = Wrong.TRADES_WITHOUT_ID in desk.wrong
    page = trades[first : first + PAGE]
    return {
        "trades": {"" if no_ids else txid("T", fill.number): shapes.trade(desk, fill) for fill in page},
        "count": len(trades),
    }


def query_trades(desk: Desk, call: Call, signed: Signed) -> Any:
    """POST /0/private/QueryTrades: by txid."""
    wanted = set(call.need("txid").split(","))
    found = {txid("T", fill.number): shapes.trade(desk, fill) for fill in desk.trades()}
    return {name: body for name, body in found.items() if name in wanted}


def trade_volume(desk: Desk, call: Call, signed: Signed) -> Any:
    """POST /0/private/TradeVolume: what trading a pair costs, in percent."""
    rules = desk.engine.rules
    pairs = [listed(desk.engine.listings, pair).symbol for pair in call.need("pair").split(",")]

    def fees(rate: Any) -> dict[str, Any]:
        percent = f"{rate * 100:.4f}"
        return {pair_id(symbol): {"fee": percent, "minfee": percent, "maxfee": percent} for symbol in pairs}

    return {
        "currency": "ZUSD",
        "volume": "0.0000",
        "fees": fees(rules.taker),
        "fees_maker": fees(rules.maker),
    }


def key_info(desk: Desk, call: Call, signed: Signed) -> Any:
    """POST /0/private/GetApiKeyInfo: what the key may do."""
    name = call.headers["API-Key"]
    permissions = [*READING, *(TRADING if signed.trade else [])]
    if desk.can_withdraw(name):
        permissions.append("withdraw-funds")
    return {
        "apiKeyName": "stand-in",
        "apiKey": name,
        "nonce": str(desk.nonces[name]),
        "nonceWindow": 0,
        "permissions": permissions,
        "iban": "AA00 N84G STAN DIN0",
        "validUntil": "0",
        "queryFrom": "0",
        "queryTo": "0",
        "createdTime": "1698645219",
        "modifiedTime": "1698645219",
        "ipAllowlist": [],
        "lastUsed": str(desk.now() // 1000),
    }


def withdraw_methods(desk: Desk, call: Call, signed: Signed) -> Any:
    """POST /0/private/WithdrawMethods: only keys that may withdraw are told."""
    if not desk.can_withdraw(call.headers["API-Key"]):
        raise Refused(Refusal.NO_PERMISSION)
    return [{"asset": "XBT", "method": "Bitcoin", "network": "Bitcoin", "minimum": "0.0004"}]


def _by_client_id(desk: Desk, call: Call, orders: list[VenueOrder]) -> list[VenueOrder]:
    is_it = named(call)
    if Wrong.LOOKUP_FINDS_NOTHING in desk.wrong:
        return []
    if Wrong.LOOKUP_FINDS_ANOTHER in desk.wrong:
        return [order for order in orders if not is_it(order)][:1]
    return [order for order in orders if is_it(order)] if Wrong.DROPS_CLIENT_ID not in desk.wrong else []


def _in_span(call: Call, at: int) -> bool:
    return call.whole("start", 0) * 1000 <= at <= call.whole("end", 10**12) * 1000
