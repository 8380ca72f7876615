"""The signed endpoints: orders, the account, its trades, the key's rights."""
# ruff: noqa: ARG001 - every endpoint is called in the same way, whether it needs all of it or not

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from core.money import exact
from core.orders import Side
from tools.exchange.stand_in.binance import shapes
from tools.exchange.stand_in.binance.paging import page
from tools.exchange.stand_in.desk import Desk
from tools.exchange.stand_in.engine.orders import NewOrder, TimeInForce, Trail, VenueOrder
from tools.exchange.stand_in.engine.refusals import Refusal, Refused
from tools.exchange.stand_in.wire.call import Call, Signed

BASIS_POINT = Decimal("0.0001")
NEEDS_LIMIT = {"LIMIT", "LIMIT_MAKER", "STOP_LOSS_LIMIT", "TAKE_PROFIT_LIMIT"}
WAITS = {"STOP_LOSS", "STOP_LOSS_LIMIT", "TAKE_PROFIT", "TAKE_PROFIT_LIMIT"}


def create(desk: Desk, call: Call, signed: Signed) -> Any:
    """POST /api/v3/order."""
    _may_trade(signed)
    order = desk.place(wanted(desk, call))
    return shapes.placed(order, desk.trades_of(order), call.params.get("newOrderRespType", "FULL"))


def test(desk: Desk, call: Call, signed: Signed) -> Any:
    """POST /api/v3/order/test: looks at the parameters only."""
    _may_trade(signed)
    wanted(desk, call)
    return {}


def wanted(desk: Desk, call: Call) -> NewOrder:
    """The order that a request asks for.

    Raises:
        Refused: a parameter is missing or wrong.
    """
    kind = call.need("type")
    if kind not in NEEDS_LIMIT | WAITS | {"MARKET"}:
        raise Refused(Refusal.BAD_PARAMETER, "type")
    side = call.need("side").lower()
    if side not in {"buy", "sell"}:
        raise Refused(Refusal.BAD_PARAMETER, "side")
    spend = _amount(call, "quoteOrderQty")
    quantity = _amount(call, "quantity")
    if (quantity is None) is (spend is None) or (spend is not None and kind != "MARKET"):
        raise Refused(Refusal.BAD_PARAMETER, "quantity")
    limit = _amount(call, "price") if kind in NEEDS_LIMIT else None
    if kind in NEEDS_LIMIT and limit is None:
        raise Refused(Refusal.BAD_PARAMETER, "price")
    stop, trail = _amount(call, "stopPrice"), _amount(call, "trailingDelta")
    if kind in WAITS and stop is None and trail is None:
        raise Refused(Refusal.BAD_PARAMETER, "stopPrice")
    in_force = call.params.get("timeInForce", "GTC")
    if in_force not in TimeInForce.__members__:
        raise Refused(Refusal.BAD_PARAMETER, "timeInForce")
    return NewOrder(
        symbol=symbol(desk, call),
        side=Side(side),
        quantity=quantity,
        spend=spend,
        limit=limit,
        stop=stop if kind in WAITS else None,
        trail=Trail(fraction=trail * BASIS_POINT) if trail is not None and kind in WAITS else None,
        take_profit=kind.startswith("TAKE_PROFIT"),
        time_in_force=TimeInForce(in_force),
        post_only=kind == "LIMIT_MAKER",
        client_id=call.params.get("newClientOrderId", ""),
    )


def cancel(desk: Desk, call: Call, signed: Signed) -> Any:
    """DELETE /api/v3/order."""
    _may_trade(signed)
    order = desk.engine_order(_named(call), symbol(desk, call))
    if order is None:
        raise Refused(Refusal.NOT_CANCELLABLE)
    try:
        return shapes.cancelled(desk.cancel(order))
    except Refused:
        raise Refused(Refusal.NOT_CANCELLABLE) from None


def cancel_all(desk: Desk, call: Call, signed: Signed) -> Any:
    """DELETE /api/v3/openOrders: of one symbol."""
    _may_trade(signed)
    name = symbol(desk, call)
    orders = [order for order in list(desk.engine.open.values()) if order.symbol == name]
    if not orders:
        raise Refused(Refusal.NOT_CANCELLABLE)
    return [shapes.cancelled(desk.cancel(order)) for order in orders]


def lookup(desk: Desk, call: Call, signed: Signed) -> Any:
    """GET /api/v3/order: by the venue's id or by the client's (the newest that ever had it)."""
    by_client_id = "orderId" not in call.params
    return shapes.looked_up(desk.find(_named(call), symbol(desk, call), by_client_id=by_client_id))


def open_orders(desk: Desk, call: Call, signed: Signed) -> Any:
    """GET /api/v3/openOrders: of one symbol or of all."""
    name = symbol(desk, call) if "symbol" in call.params else None
    return [shapes.looked_up(order) for order in desk.open_orders(name)]


def all_orders(desk: Desk, call: Call, signed: Signed) -> Any:
    """GET /api/v3/allOrders: from an id or a time on, else the newest."""
    orders = page(
        call,
        desk.seen(symbol(desk, call)),
        "orderId",
        number=lambda order: shapes.FIRST_ORDER + order.number,
        at=lambda order: order.created_at,
    )
    return [shapes.looked_up(desk.told(order)) for order in orders]


def my_trades(desk: Desk, call: Call, signed: Signed) -> Any:
    """GET /api/v3/myTrades: of one order, from an id or a time on, else the newest."""
    trades = desk.trades(symbol(desk, call))
    if "orderId" in call.params:
        wanted_order = call.whole("orderId", 0) - shapes.FIRST_ORDER
        trades = [fill for fill in trades if fill.order == wanted_order]
    trades = page(
        call,
        trades,
        "fromId",
        number=lambda fill: shapes.FIRST_TRADE + fill.number,
        at=lambda fill: fill.at,
    )
    wrong = set(desk.wrong)
    return [shapes.trade(fill, wrong) for fill in trades]


def account(desk: Desk, call: Call, signed: Signed) -> Any:
    """GET /api/v3/account."""
    rules = desk.engine.rules
    without_zeros = call.params.get("omitZeroBalances", "").lower() == "true"
    return {
        "makerCommission": int(rules.maker * 10_000),
        "takerCommission": int(rules.taker * 10_000),
        "buyerCommission": 0,
        "sellerCommission": 0,
        "commissionRates": {"maker": shapes.number(rules.maker), "taker": shapes.number(rules.taker)},
        "canTrade": signed.trade,
        "canWithdraw": True,
        "canDeposit": True,
        "brokered": False,
        "requireSelfTradePrevention": False,
        "preventSor": False,
        "updateTime": desk.now(),
        "accountType": "SPOT",
        "balances": [
            {"asset": asset, "free": shapes.number(free), "locked": shapes.number(locked)}
            for asset, (free, locked) in desk.balances().items()
            if free or locked or not without_zeros
        ],
        "permissions": ["SPOT"],
        "uid": 354937868,
    }


def restrictions(desk: Desk, call: Call, signed: Signed) -> Any:
    """GET /sapi/v1/account/apiRestrictions: what the key may do."""
    return {
        "ipRestrict": False,
        "createTime": 1698645219000,
        "enableReading": True,
        "enableWithdrawals": desk.can_withdraw(call.headers["X-MBX-APIKEY"]),
        "enableInternalTransfer": False,
        "enableMargin": False,
        "enableFutures": False,
        "permitsUniversalTransfer": False,
        "enableVanillaOptions": False,
        "enableFixApiTrade": False,
        "enableFixReadOnly": False,
        "enableSpotAndMarginTrading": signed.trade,
        "enablePortfolioMarginTrading": False,
    }


def symbol(desk: Desk, call: Call) -> str:
    """The symbol that a request names.

    Raises:
        Refused: none, or none that is listed.
    """
    wanted_id = call.need("symbol")
    for name in desk.engine.listings:
        if shapes.market_id(name) == wanted_id:
            return name
    raise Refused(Refusal.UNKNOWN_SYMBOL)


def _may_trade(signed: Signed) -> None:
    if not signed.trade:
        raise Refused(Refusal.NO_PERMISSION)


def _named(call: Call) -> Callable[[VenueOrder], bool]:
    if "orderId" in call.params:
        number = call.whole("orderId", 0) - shapes.FIRST_ORDER
        return lambda order: order.number == number
    wanted_id = call.need("origClientOrderId")
    return lambda order: shapes.client_id(order) == wanted_id


def _amount(call: Call, name: str) -> Decimal | None:
    text = call.params.get(name)
    if text is None:
        return None
    try:
        value = exact(text)
    except ValueError:
        raise Refused(Refusal.BAD_PARAMETER, name) from None
    if value <= 0:
        raise Refused(Refusal.BAD_PARAMETER, name)
    return value
