"""The public endpoints about what is traded: symbols with their filters, assets."""
# ruff: noqa: ARG001 - every endpoint is called in the same way, whether it needs all of it or not

from __future__ import annotations

import json
from typing import Any

from tools.exchange.stand_in.binance.shapes import market_id, number
from tools.exchange.stand_in.desk import Desk
from tools.exchange.stand_in.engine.listing import DELISTED, TRADING, Listing
from tools.exchange.stand_in.engine.refusals import Refusal, Refused
from tools.exchange.stand_in.wire.call import Call, Signed

ORDER_TYPES = [
    "LIMIT",
    "LIMIT_MAKER",
    "MARKET",
    "STOP_LOSS",
    "STOP_LOSS_LIMIT",
    "TAKE_PROFIT",
    "TAKE_PROFIT_LIMIT",
]
WIDEST = 100_000_000


def no_symbols(desk: Desk, call: Call, signed: Signed) -> Any:
    """The exchange information of a market that this stand-in does not have (futures)."""
    return {"timezone": "UTC", "serverTime": desk.now(), "rateLimits": [], "symbols": []}


def exchange_info(desk: Desk, call: Call, signed: Signed) -> Any:
    """GET /api/v3/exchangeInfo: all symbols, or those that were asked for."""
    listed = [one for one in desk.engine.listings.values() if one.status != DELISTED]
    names = asked(call)
    if names is not None:
        known = {market_id(one.symbol) for one in listed}
        if not names <= known:
            raise Refused(Refusal.UNKNOWN_SYMBOL)
        listed = [one for one in listed if market_id(one.symbol) in names]
    return {
        "timezone": "UTC",
        "serverTime": desk.now(),
        "rateLimits": [
            {"rateLimitType": "REQUEST_WEIGHT", "interval": "MINUTE", "intervalNum": 1, "limit": 6000},
            {"rateLimitType": "ORDERS", "interval": "SECOND", "intervalNum": 10, "limit": 100},
        ],
        "exchangeFilters": [],
        "symbols": [_symbol(one) for one in listed],
    }


def coins(desk: Desk, call: Call, signed: Signed) -> Any:
    """GET /sapi/v1/capital/config/getall: the assets, with nothing to withdraw by."""
    assets = dict.fromkeys(name for one in desk.engine.listings.values() for name in (one.base, one.quote))
    return [
        {
            "coin": asset,
            "name": asset,
            "depositAllEnable": True,
            "withdrawAllEnable": True,
            "free": "0",
            "locked": "0",
            "isLegalMoney": False,
            "trading": True,
            "networkList": [],
        }
        for asset in assets
    ]


def asked(call: Call) -> set[str] | None:
    """The ids that a request names; `None` where it asks for all.

    Raises:
        Refused: `symbols` is no list.
    """
    if "symbol" in call.params:
        return {call.params["symbol"]}
    if "symbols" in call.params:
        try:
            return set(json.loads(call.params["symbols"]))
        except ValueError:
            raise Refused(Refusal.BAD_PARAMETER, "symbols") from None
    return None


def _symbol(listing: Listing) -> dict[str, Any]:
    rules = listing.instrument
    return {
        "symbol": market_id(listing.symbol),
        "status": "TRADING" if listing.status == TRADING else "BREAK",
        "baseAsset": listing.base,
        "baseAssetPrecision": 8,
        "quoteAsset": listing.quote,
        "quotePrecision": 8,
        "quoteAssetPrecision": 8,
        "baseCommissionPrecision": 8,
        "quoteCommissionPrecision": 8,
        "orderTypes": ORDER_TYPES,
        "icebergAllowed": False,
        "ocoAllowed": True,
        "quoteOrderQtyMarketAllowed": True,
        "allowTrailingStop": True,
        "cancelReplaceAllowed": False,
        "isSpotTradingAllowed": True,
        "isMarginTradingAllowed": False,
        "filters": [
            {
                "filterType": "PRICE_FILTER",
                "minPrice": number(rules.tick_size),
                "maxPrice": number(rules.tick_size * WIDEST),
                "tickSize": number(rules.tick_size),
            },
            {
                "filterType": "LOT_SIZE",
                "minQty": number(rules.min_quantity),
                "maxQty": number(rules.max_quantity or rules.lot_size * WIDEST),
                "stepSize": number(rules.lot_size),
            },
            {
                "filterType": "NOTIONAL",
                "minNotional": number(rules.min_notional),
                "applyMinToMarket": True,
                "maxNotional": number(rules.max_notional or rules.min_notional * WIDEST),
                "applyMaxToMarket": False,
                "avgPriceMins": 5,
            },
        ],
        "permissions": [],
        "permissionSets": [["SPOT"]],
        "defaultSelfTradePreventionMode": "EXPIRE_MAKER",
        "allowedSelfTradePreventionModes": ["EXPIRE_MAKER"],
    }
