"""The private endpoints that change something: orders and the dead man's switch."""
# ruff: noqa: ARG001 - every endpoint is called in the same way, whether it needs all of it or not

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from core.instant import SECOND, Instant, iso
from core.money import exact
from core.orders import Side
from tools.exchange.stand_in.desk import Desk
from tools.exchange.stand_in.engine.orders import NewOrder, TimeInForce, Trail, VenueOrder
from tools.exchange.stand_in.engine.refusals import Refusal, Refused
from tools.exchange.stand_in.kraken import shapes
from tools.exchange.stand_in.kraken.names import listed, txid
from tools.exchange.stand_in.wire.call import Call, Signed

HUNDREDTH = Decimal("0.01")
KINDS = {
    "market",
    "limit",
    "stop-loss",
    "stop-loss-limit",
    "take-profit",
    "take-profit-limit",
    "trailing-stop",
}
DAY_SECONDS = 86_400


def add_order(desk: Desk, call: Call, signed: Signed) -> Any:
    """POST /0/private/AddOrder: says its own id only, and the order in words."""
    may_trade(signed)
    order = wanted(desk, call)
    text = shapes.description(desk.engine.listings[order.symbol], order)["order"]
    if call.params.get("validate", "").lower() == "true":
        return {"descr": {"order": text}}
    placed = desk.place(order)
    return {"descr": {"order": text}, "txid": [txid("O", placed.number)]}


def wanted(desk: Desk, call: Call) -> NewOrder:
    """The order that a request asks for.

    Raises:
        Refused: a parameter is missing or wrong.
    """
    listing = listed(desk.engine.listings, call.need("pair"))
    side, kind = call.need("type"), call.need("ordertype")
    if side not in {"buy", "sell"}:
        raise Refused(Refusal.BAD_PARAMETER, "type")
    if kind not in KINDS:
        raise Refused(Refusal.BAD_PARAMETER, "ordertype")
    flags = set(call.params.get("oflags", "").split(","))
    in_force = call.params.get("timeinforce", "GTC")
    if in_force not in {"GTC", "IOC"}:
        raise Refused(Refusal.BAD_PARAMETER, "timeinforce")
    if "cl_ord_id" in call.params and "userref" in call.params:
        raise Refused(Refusal.BAD_PARAMETER, "cl_ord_id")
    volume = _amount(call, "volume")
    in_quote = "viqc" in flags
    if in_quote and (kind != "market" or side != "buy"):
        raise Refused(Refusal.BAD_PARAMETER, "viqc")
    limit, stop, trail = _prices(call, kind)
    return NewOrder(
        symbol=listing.symbol,
        side=Side(side),
        quantity=None if in_quote else volume,
        spend=volume if in_quote else None,
        limit=limit,
        stop=stop,
        trail=trail,
        take_profit=kind.startswith("take-profit"),
        time_in_force=TimeInForce(in_force),
        post_only="post" in flags,
        client_id=call.params.get("cl_ord_id", ""),
    )


def cancel(desk: Desk, call: Call, signed: Signed) -> Any:
    """POST /0/private/CancelOrder: by txid or by cl_ord_id."""
    may_trade(signed)
    order = desk.engine_order(named(call))
    if order is None:
        raise Refused(Refusal.UNKNOWN_ORDER)
    desk.cancel(order)
    return {"count": 1}


def cancel_all(desk: Desk, call: Call, signed: Signed) -> Any:
    """POST /0/private/CancelAll."""
    may_trade(signed)
    orders = list(desk.engine.open.values())
    for order in orders:
        desk.cancel(order)
    return {"count": len(orders)}


def cancel_all_after(desk: Desk, call: Call, signed: Signed) -> Any:
    """POST /0/private/CancelAllOrdersAfter: everything is cancelled unless this is called again in time; 0 disarms."""
    may_trade(signed)
    call.need("timeout")
    timeout = call.whole("timeout", 0)
    if not 0 <= timeout <= DAY_SECONDS:
        raise Refused(Refusal.BAD_PARAMETER, "timeout")
    now = desk.now()
    desk.dead_man_at = Instant(now + timeout * SECOND) if timeout else None
    trigger = "0" if desk.dead_man_at is None else iso(desk.dead_man_at)
    return {"currentTime": iso(now), "triggerTime": trigger}


def may_trade(signed: Signed) -> None:
    """Raises where the key may not.

    Raises:
        Refused: it may not.
    """
    if not signed.trade:
        raise Refused(Refusal.NO_PERMISSION)


def named(call: Call) -> Callable[[VenueOrder], bool]:
    """The test whether an order is the one that a request names."""
    if "cl_ord_id" in call.params:
        wanted_id = call.params["cl_ord_id"]
        return lambda order: order.wanted.client_id == wanted_id
    wanted_txid = call.need("txid")
    return lambda order: txid("O", order.number) == wanted_txid


def _prices(call: Call, kind: str) -> tuple[Decimal | None, Decimal | None, Trail | None]:
    """(limit, stop, trail) of an order type."""
    if kind == "market":
        return None, None, None
    if kind == "limit":
        return _amount(call, "price"), None, None
    if kind == "trailing-stop":
        text = call.need("price").removeprefix("+")
        if text.endswith("%"):
            return None, None, Trail(fraction=_exact(text[:-1], "price") * HUNDREDTH)
        return None, None, Trail(amount=_exact(text, "price"))
    limit = _amount(call, "price2") if kind.endswith("-limit") else None
    return limit, _amount(call, "price"), None


def _amount(call: Call, name: str) -> Decimal:
    return _exact(call.need(name), name)


def _exact(text: str, name: str) -> Decimal:
    try:
        value = exact(text)
    except ValueError:
        raise Refused(Refusal.BAD_PARAMETER, name) from None
    if value <= 0:
        raise Refused(Refusal.BAD_PARAMETER, name)
    return value
