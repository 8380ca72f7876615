"""Kraken spot.

Facts: the answer to a new order names neither our client id nor a status, so every order is looked up
before it counts; ccxt's `fetch_order` would send our id in a wrong field (`userref`), so orders are found in
the listings of open and of closed ones; `deadline` makes the engine refuse a late order; an own id must be a
UUID (32 hex digits do) or at most 18 characters; `cancelAllOrdersAfter` ends every open order, stops too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from core.ids import OrderId
from core.instant import SECOND, Instant, iso
from tools.exchange.live.dialect import (
    MAX_SKEW,
    VISIBILITY_LAG,
    Client,
    Dialect,
    PartialAnswerError,
    Permissions,
    Raw,
    named,
)

DEADLINE = 5 * SECOND
"""The venue takes 2 to 60 seconds."""

BURST = 45.0 * SECOND
"""The smallest account may ask for 15 points at once and gets one back every 3 s: ccxt's pace knows no bursts."""

_TAG = "746f6b656e"
_OURS = re.compile(_TAG + r"[0-9a-f]{22}")
_MOST_PAGES = 100
_NAMES = {"BTC": "XBT", "DOGE": "XDG"}


def _client_id(order_id: OrderId) -> str:
    return f"{_TAG}{order_id}"


def _order_id(client_id: str) -> OrderId | None:
    plain = client_id.replace("-", "")
    return OrderId(plain.removeprefix(_TAG)) if _OURS.fullmatch(plain) else None


def _pair(symbol: str) -> str:
    return "".join(_NAMES.get(asset, asset) for asset in symbol.split("/"))


async def _find(client: Client, client_id: str, symbol: str, number: str | None = None) -> Raw | None:  # noqa: ARG001 - it asks for no symbol
    if number is not None:
        found = named(await client.privatePostQueryOrders({"txid": number}), "an order", "result")
        return _order(client, number, named(found["result"], "an order", number)[number])
    asked = {"cl_ord_id": client_id}
    for answer in (
        _orders(client, await client.privatePostOpenOrders(asked), "open"),
        _orders(client, await client.privatePostClosedOrders(asked), "closed"),
    ):
        ours = [order for order in answer if order.get("clientOrderId") == client_id]
        if ours:
            return ours[0]
    return None


async def _open_orders(client: Client) -> Sequence[Raw]:
    return _orders(client, await client.privatePostOpenOrders({}), "open")


async def _orders_since(client: Client, symbol: str, since: Instant) -> Sequence[Raw]:
    found = _orders(client, await client.privatePostOpenOrders({}), "open")
    closed = await _pages(client.privatePostClosedOrders, since, "closed")
    found += [_order(client, number, one) for number, one in closed.items()]
    return [order for order in found if order["symbol"] == symbol]


async def _trades(client: Client, symbol: str, since: Instant, number: str | None) -> Sequence[Raw]:
    market = client.market(symbol)
    found = []
    for trade, one in (await _pages(client.privatePostTradesHistory, since, "trades")).items():
        named(one, "the trades", "ordertxid", "pair", "price", "vol", "fee", "time")
        ours = one["pair"] in {market["id"], market.get("altname")}
        if ours and number in {None, one["ordertxid"]}:
            found.append(client.parse_trade({**one, "id": trade}, market))
    return found


async def _pages(ask: Any, since: Instant, key: str) -> dict[str, Any]:
    """Every page of a listing, by the venue's ids."""
    raw: dict[str, Any] = {}
    for _ in range(_MOST_PAGES):
        page, count = _page(await ask({"start": since // SECOND, "ofs": len(raw)}), key)
        raw |= page
        if len(raw) >= count:
            return raw
        if not page:
            break
    raise PartialAnswerError(f"the listing of {key} is not whole")


def _page(answer: object, key: str) -> tuple[dict[str, Any], int]:
    result = named(named(answer, key, "result")["result"], key, key)
    page = result[key]
    if not isinstance(page, dict):
        raise PartialAnswerError(f"the answer has no {key}")
    return page, int(result.get("count", len(page)))


def _orders(client: Client, answer: object, key: str) -> list[Raw]:
    page, _ = _page(answer, key)
    return [_order(client, number, one) for number, one in page.items()]


def _order(client: Client, number: str, answer: object) -> Raw:
    order: Raw = client.parse_order({**named(answer, "an order", "status", "vol", "vol_exec"), "id": number})
    return order


async def _cancel(client: Client, client_id: str, symbol: str) -> None:  # noqa: ARG001 - the venue asks for none
    await client.privatePostCancelOrder({"cl_ord_id": client_id})


async def _permissions(client: Client) -> Permissions:
    answer = named(await client.privatePostGetApiKeyInfo({}), "the key's rights", "result")
    rights = named(answer["result"], "the key's rights", "permissions")["permissions"]
    if not isinstance(rights, list):
        raise PartialAnswerError("the key's rights are no list")
    names = {str(right).lower().replace("_", "-") for right in rights}
    return Permissions(
        trade=any("modify" in name or "create" in name for name in names),
        withdraw=any("withdraw" in name for name in names),
        ip_bound=bool(answer["result"].get("ip_allowlist")),
    )


async def _arm(client: Client, milliseconds: int) -> None:
    answer = await client.cancel_all_orders_after(milliseconds)
    named(named(answer, "the dead-man switch", "result")["result"], "the dead-man switch", "currentTime")


VENUE = Dialect(
    name="kraken",
    ccxt_id="kraken",
    client_id=_client_id,
    order_id=_order_id,
    expiry=lambda now: {"deadline": iso(Instant(now + DEADLINE))},
    grace_ms=DEADLINE + MAX_SKEW + VISIBILITY_LAG,
    echoes=False,
    markets_query=lambda symbols: {"pair": ",".join(map(_pair, symbols))},
    find=_find,
    open_orders=_open_orders,
    orders_since=_orders_since,
    trades=_trades,
    cancel=_cancel,
    permissions=_permissions,
    is_balance=lambda info: isinstance(info, dict) and isinstance(info.get("result"), dict),
    not_found=frozenset({"EOrder:Unknown order"}),
    order_params={"oflags": "fciq"},
    settings={"rateLimiterAlgorithm": "rollingWindow", "rollingWindowSize": BURST},
    clock_step_ms=SECOND,
    arm=_arm,
)
