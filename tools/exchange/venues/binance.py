"""Binance spot.

Facts: an order's client id is unique among open orders only, so it is a key to look up by, never a guard
against a second order; a signed request is refused once `recvWindow` has passed, which is what makes
absence a proof; fees are taken in what was bought, in quote, or in BNB; no dead-man switch on spot.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from core.ids import OrderId
from core.instant import SECOND, Instant
from tools.exchange.live.dialect import (
    MAX_SKEW,
    VISIBILITY_LAG,
    Client,
    Dialect,
    PartialAnswerError,
    Permissions,
    Raw,
    listed,
    named,
)

RECV_WINDOW = 5 * SECOND
PACE = 60.0 * SECOND
"""The venue counts weight by the minute: a listing of 80 must not keep a cancel waiting behind it."""

_PAGE = 1000
_MOST_PAGES = 100
_OURS = re.compile(r"[0-9a-f]{22}")


def _client_id(order_id: OrderId) -> str:
    return order_id


def _order_id(client_id: str) -> OrderId | None:
    return OrderId(client_id) if _OURS.fullmatch(client_id) else None


async def _find(client: Client, client_id: str, symbol: str, number: str | None = None) -> Raw | None:  # noqa: ARG001 - our id will do
    asked = {"symbol": client.market(symbol)["id"], "origClientOrderId": client_id}
    answer = named(await client.privateGetOrder(asked), "an order", "orderId", "clientOrderId", "status")
    return _order(client, answer)


async def _open_orders(client: Client) -> Sequence[Raw]:
    answer = listed(await client.privateGetOpenOrders({}), "the open orders")
    return [_order(client, named(one, "the open orders", "orderId", "status")) for one in answer]


async def _orders_since(client: Client, symbol: str, since: Instant) -> Sequence[Raw]:
    pages = await _pages(client.privateGetAllOrders, client.market(symbol)["id"], since, "orderId", "orderId")
    return [_order(client, named(one, "all orders", "status")) for one in pages]


async def _trades(client: Client, symbol: str, since: Instant, number: str | None) -> Sequence[Raw]:
    market = client.market(symbol)
    if number is None:
        answer = await _pages(client.privateGetMyTrades, market["id"], since, "fromId", "id")
    else:
        asked = {"symbol": market["id"], "orderId": number, "limit": _PAGE}
        answer = listed(await client.privateGetMyTrades(asked), "the trades")
        if len(answer) >= _PAGE:
            raise PartialAnswerError(f"the trades of one order end after {_PAGE}")
    for one in answer:
        named(one, "the trades", "id", "orderId", "price", "qty", "commission", "commissionAsset", "time")
    return [client.parse_trade(one, market) for one in answer if number in {None, str(one["orderId"])}]


async def _pages(ask: Any, market: str, since: Instant, from_name: str, key: str) -> list[Any]:
    """A listing from *since* on: the first page by time, the others by the id that the last one ended with."""
    found: list[Any] = []
    where: dict[str, Any] = {"startTime": since}
    for _ in range(_MOST_PAGES):
        page = listed(await ask({"symbol": market, "limit": _PAGE, **where}), "a listing")
        found += (named(one, "a listing", key, "orderId") for one in page)
        if len(page) < _PAGE:
            return found
        where = {from_name: int(page[-1][key]) + 1}
    raise PartialAnswerError(f"the listing does not end after {_MOST_PAGES * _PAGE}")


async def _cancel(client: Client, client_id: str, symbol: str) -> None:
    await client.privateDeleteOrder({"symbol": client.market(symbol)["id"], "origClientOrderId": client_id})


async def _permissions(client: Client) -> Permissions:
    if client.isSandboxModeEnabled:  # it knows nothing of keys; what it holds is no money, and cannot leave
        account = named(await client.privateGetAccount({}), "the account", "canTrade")
        return Permissions(trade=account["canTrade"] is True, withdraw=False, ip_bound=False)
    answer = named(
        await client.sapiGetAccountApiRestrictions({}),
        "the key's restrictions",
        "enableWithdrawals",
        "enableSpotAndMarginTrading",
    )
    return Permissions(
        trade=answer["enableSpotAndMarginTrading"] is True,
        withdraw=answer["enableWithdrawals"] is not False,
        ip_bound=answer.get("ipRestrict") is True,
    )


def _order(client: Client, answer: Raw) -> Raw:
    order: Raw = client.parse_order(answer)
    return order


VENUE = Dialect(
    name="binance",
    ccxt_id="binance",
    client_id=_client_id,
    order_id=_order_id,
    # the window counts from here, however long ccxt's pace holds the request back before it is signed
    expiry=lambda now: {"recvWindow": RECV_WINDOW, "timestamp": now},
    grace_ms=RECV_WINDOW + MAX_SKEW + VISIBILITY_LAG,
    echoes=True,
    markets_query=lambda symbols: {
        "symbols": json.dumps([s.replace("/", "") for s in symbols], separators=(",", ":"))
    },
    find=_find,
    open_orders=_open_orders,
    orders_since=_orders_since,
    trades=_trades,
    cancel=_cancel,
    permissions=_permissions,
    is_balance=lambda info: isinstance(info, dict) and isinstance(info.get("balances"), list),
    not_found=frozenset({"-2013", "-2011"}),
    few=10,
    options={
        "defaultType": "spot",
        "fetchMarkets": {"types": ["spot"]},
        "fetchMargins": False,
        "recvWindow": RECV_WINDOW,
        "warnOnFetchOpenOrdersWithoutSymbol": False,
    },
    settings={"rateLimiterAlgorithm": "rollingWindow", "rollingWindowSize": PACE},
    fee_asset="BNB",
    sandbox=True,
)
