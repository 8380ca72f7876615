"""Orders and trades as Kraken writes them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from core.instant import Instant
from core.money import ZERO, plain
from tools.exchange.stand_in.desk import Desk
from tools.exchange.stand_in.engine.listing import Listing
from tools.exchange.stand_in.engine.orders import NewOrder, Status, TimeInForce, VenueOrder, VenueTrade
from tools.exchange.stand_in.kraken.names import pair_id, pair_name, txid

STATUS = {
    Status.OPEN: "open",
    Status.PARTIAL: "open",
    Status.FILLED: "closed",
    Status.CANCELED: "canceled",
    Status.EXPIRED: "canceled",
}


def decimals(step: Decimal) -> int:
    """Digits after the point of a step: 0.01 has 2."""
    text = plain(step)
    return len(text.partition(".")[2])


def amount(value: Decimal) -> str:
    """Eight decimals."""
    return f"{value:.8f}"


def price_text(listing: Listing, value: Decimal | None) -> str:
    """As many decimals as the pair has."""
    return f"{value or ZERO:.{decimals(listing.instrument.tick_size)}f}"


def seconds(moment: Instant) -> float:
    """Unix seconds with a fraction."""
    return moment / 1000


def order_type(order: NewOrder) -> str:
    """Kraken's ordertype."""
    if order.trail is not None:
        return "trailing-stop"
    if order.stop is not None:
        kind = "take-profit" if order.take_profit else "stop-loss"
        return kind if order.limit is None else f"{kind}-limit"
    return "market" if order.limit is None else "limit"


def description(listing: Listing, order: NewOrder) -> dict[str, str]:
    """The order in words and in parts."""
    kind = order_type(order)
    price, second = _prices(listing, order)
    volume = amount(order.quantity if order.quantity is not None else order.spend or ZERO)
    text = f"{order.side.value} {volume} {pair_name(listing.symbol)} @ {kind.replace('-limit', '').replace('-', ' ')}"
    if kind != "market":
        text += f" {price}"
    if kind.endswith("-limit"):
        text += f" -> limit {second}"
    return {
        "pair": pair_name(listing.symbol),
        "type": order.side.value,
        "ordertype": kind,
        "price": price,
        "price2": second,
        "leverage": "none",
        "order": text,
        "close": "",
    }


def order_flags(order: NewOrder) -> str:
    """Fees in quote currency, and post only where it was asked for."""
    return "fciq,post" if order.post_only else "fciq"


def written(desk: Desk, order: VenueOrder, *, with_trades: bool = False) -> dict[str, Any]:
    """An order in answers to lookups and lists."""
    listing = desk.engine.listings[order.symbol]
    body: dict[str, Any] = {
        "refid": None,
        "userref": None,
        "cl_ord_id": order.client_id or None,
        "status": STATUS[order.status],
        "opentm": seconds(order.created_at),
        "starttm": 0,
        "expiretm": 0,
        "descr": description(listing, order.wanted),
        "vol": amount(order.quantity),
        "vol_exec": amount(order.filled),
        "cost": amount(order.spent),
        "fee": amount(order.fees.get(listing.quote, ZERO)),
        "price": amount(order.average),
        "stopprice": price_text(listing, order.stop),
        "limitprice": price_text(listing, order.wanted.limit if order.wanted.stop is not None else None),
        "misc": "",
        "oflags": order_flags(order.wanted),
    }
    if order.wanted.time_in_force is not TimeInForce.GTC:
        body["timeinforce"] = order.wanted.time_in_force.value
    if not order.is_open:
        body |= {"closetm": seconds(order.updated_at), "reason": order.reason or None}
    if with_trades:
        body["trades"] = [txid("T", fill.number) for fill in desk.trades_of(order)]
    return body


def trade(desk: Desk, fill: VenueTrade) -> dict[str, Any]:
    """One of the account's trades."""
    listing = desk.engine.listings[fill.symbol]
    return {
        "ordertxid": txid("O", fill.order),
        "postxid": "TKH2SE-M7IF5-CFI7LT",
        "pair": pair_id(fill.symbol),
        "time": seconds(fill.at),
        "type": fill.side.value,
        "ordertype": order_type(desk.engine.orders[fill.order - 1].wanted),
        "price": price_text(listing, fill.price),
        "cost": amount(fill.cost),
        "fee": amount(fill.fee),
        "vol": amount(fill.quantity),
        "margin": "0.00000",
        "leverage": "0",
        "misc": "",
        "trade_id": fill.number,
        "maker": fill.maker,
    }


def _prices(listing: Listing, order: NewOrder) -> tuple[str, str]:
    if order.trail is not None:
        text = plain(order.trail.amount) if order.trail.amount else f"{order.trail.fraction * 100:.4f}%"
        return f"+{text}", "0"
    if order.stop is not None:
        second = "0" if order.limit is None else price_text(listing, order.limit)
        return price_text(listing, order.stop), second
    return ("0" if order.limit is None else price_text(listing, order.limit)), "0"
