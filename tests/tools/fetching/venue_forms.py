"""OKX and Coinbase as they speak: one spot pair each, candles by the hour of a price that is a function of time."""

from __future__ import annotations

from typing import Any

from core.instant import HOUR
from tests.tools.fetching.a_world import NOW
from tests.tools.sources.provider_server import Request

LISTED = NOW - 700 * HOUR


def price(at: int) -> float:
    return 4 + (at // HOUR % 24) / 100


def okx(listed: int = LISTED, newest: int = NOW) -> dict[str, Any]:
    """SUI-USDT; newest first, texts, at most 300 rows between *before* and *after*."""
    instrument = {
        "instType": "SPOT", "instId": "SUI-USDT", "uly": "", "instFamily": "", "baseCcy": "SUI", "quoteCcy": "USDT",
        "settleCcy": "", "ctVal": "", "ctMult": "", "ctValCcy": "", "optType": "", "stk": "", "listTime": str(listed),
        "expTime": "", "lever": "10", "tickSz": "0.0001", "lotSz": "0.01", "minSz": "0.1", "ctType": "", "alias": "",
        "state": "live", "maxLmtSz": "999999", "maxMktSz": "", "maxLmtAmt": "1000000", "maxMktAmt": "1000000",
    }  # fmt: skip

    def candles(request: Request) -> Any:
        step = {"1H": HOUR, "1D": 24 * HOUR, "1Dutc": 24 * HOUR}[request.query["bar"]]
        low = int(request.query.get("before", 0))
        high = int(request.query.get("after", newest + 1))
        first = listed - listed % step
        stamps = [at for at in range(first, newest + 1, step) if low < at < high]
        rows = [
            [
                str(at),
                *(f"{one:.4f}" for one in shape(at)),
                "1000",
                "4000",
                "4000",
                str(int(at + step <= newest)),
            ]
            for at in reversed(stamps)
        ]
        return {"code": "0", "msg": "", "data": rows[: int(request.query.get("limit", 100))]}

    return {
        "/api/v5/public/instruments": {"code": "0", "msg": "", "data": [instrument]},
        "/api/v5/market/candles": candles,
        "/api/v5/market/history-candles": candles,
    }


def coinbase() -> dict[str, Any]:
    """SUI-USD; newest first, seconds, at most 300 rows."""
    product = {
        "product_id": "SUI-USD", "price": "4.0", "base_increment": "0.1", "quote_increment": "0.0001",
        "quote_min_size": "1", "quote_max_size": "1000000", "base_min_size": "0.1", "base_max_size": "1000000",
        "base_name": "Sui", "quote_name": "US Dollar", "is_disabled": False, "status": "online",
        "trading_disabled": False, "product_type": "SPOT", "quote_currency_id": "USD", "base_currency_id": "SUI",
        "base_display_symbol": "SUI", "quote_display_symbol": "USD", "price_increment": "0.0001",
    }  # fmt: skip

    def candles(request: Request) -> Any:
        step = {"ONE_HOUR": HOUR, "ONE_DAY": 24 * HOUR}[request.query["granularity"]]
        low, high = (int(request.query[name]) * 1000 for name in ("start", "end"))
        first = LISTED - LISTED % step
        stamps = [at for at in range(first, NOW + 1, step) if low <= at <= high]
        names = ("open", "high", "low", "close")
        rows = [
            {"start": str(at // 1000), "volume": "1000"}
            | {name: f"{one:.4f}" for name, one in zip(names, shape(at), strict=True)}
            for at in reversed(stamps)
        ]
        return {"candles": rows[:300]}

    return {
        "/api/v3/brokerage/market/products": {"products": [product], "num_products": 1},
        "/api/v3/brokerage/market/products/SUI-USD/candles": candles,
    }


def shape(at: int) -> tuple[float, float, float, float]:
    """Open, high, low, close of the hour from *at*."""
    a, b = price(at), price(at + HOUR)
    return a, max(a, b) + 0.01, min(a, b) - 0.01, b


def okx_perpetual() -> dict[str, Any]:
    """SUI-USDT-SWAP; of the funding rates that were asked for the newest hundred, newest first."""
    instrument = {
        "instType": "SWAP", "instId": "SUI-USDT-SWAP", "uly": "SUI-USDT", "instFamily": "SUI-USDT", "baseCcy": "",
        "quoteCcy": "", "settleCcy": "USDT", "ctVal": "1", "ctMult": "1", "ctValCcy": "SUI", "optType": "", "stk": "",
        "listTime": str(LISTED), "expTime": "", "lever": "50", "tickSz": "0.0001", "lotSz": "1", "minSz": "1",
        "ctType": "linear", "alias": "", "state": "live", "maxLmtSz": "999999", "maxMktSz": "", "maxLmtAmt": "",
        "maxMktAmt": "",
    }  # fmt: skip

    def rates(request: Request) -> Any:
        low, high = int(request.query["before"]), int(request.query.get("after", NOW + 1))
        stamps = [
            at for at in range(NOW - NOW % (8 * HOUR) - 599 * 8 * HOUR, NOW, 8 * HOUR) if low < at < high
        ]
        rows = [
            {
                "instId": "SUI-USDT-SWAP",
                "fundingRate": "0.0002",
                "realizedRate": "0.0002",
                "fundingTime": str(at),
            }
            for at in reversed(stamps)
        ]
        return {"code": "0", "msg": "", "data": rows[:100]}

    return {
        "/api/v5/public/instruments": {"code": "0", "msg": "", "data": [instrument]},
        "/api/v5/public/funding-rate-history": rates,
    }
