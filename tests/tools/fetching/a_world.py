"""All the providers as one local server that speaks each one's form, in a thread of its own, at a time that stands."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

from core.instant import DAY, HOUR, instant
from tests.tools.sources.provider_server import ProviderServer, Request, provider_server
from tests.wire.replies import Reply

NOW = instant("2026-03-10T12:30:00Z")
TODAY = NOW - NOW % DAY
PROVIDERS = (
    *("DEFILLAMA", "COINGECKO", "COINMETRICS", "BLOCKCHAIN", "ALTERNATIVE_ME", "TOKENMETRICS", "NEWS"),
    *("BINANCE", "OKX", "KRAKEN", "COINBASE"),
)
Answer = Callable[[Request], Any]


@dataclass
class AWorld:
    """*answers*: by the beginning of a path, what is said (JSON, bytes or a `Reply`); the longest that fits counts."""

    answers: dict[str, Any] = field(default_factory=dict)
    server: ProviderServer | None = None
    on_request: Callable[[Request], None] = lambda _: None

    def __enter__(self) -> AWorld:
        ready = threading.Event()

        async def serve() -> None:
            async with provider_server(self._answer) as server:
                self.server, self._stop, self._loop = server, asyncio.Event(), asyncio.get_running_loop()
                ready.set()
                await self._stop.wait()

        self._thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
        self._thread.start()
        assert ready.wait(10)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    @property
    def url(self) -> str:
        assert self.server is not None
        return self.server.url

    @property
    def requests(self) -> list[Request]:
        assert self.server is not None
        return self.server.requests

    def paths(self) -> list[str]:
        """What was asked so far, in order."""
        return [request.path for request in self.requests]

    def _answer(self, request: Request) -> Reply:
        self.on_request(request)
        fitting = [path for path in self.answers if request.path.startswith(path)]
        if not fitting:
            return said({"message": "no such thing"}, 404)
        found = self.answers[max(fitting, key=len)]
        found = found(request) if callable(found) else found
        return found if isinstance(found, Reply) else said(found)


def said(body: Any, status: int = 200, **headers: str) -> Reply:
    """*body* as JSON, or the bytes of a feed."""
    import json

    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if isinstance(body, bytes):
        return Reply(body, status, {"content-type": "application/rss+xml"} | named)
    return Reply(json.dumps(body).encode(), status, {"content-type": "application/json"} | named)


def days(count: int, until: int = TODAY) -> list[int]:
    """The *count* midnights up to *until*, in milliseconds."""
    return [until - k * DAY for k in reversed(range(count))]


def llama() -> dict[str, Any]:
    """DefiLlama: Sui as a chain, Aave as a protocol."""
    chain = [{"date": at // 1000, "tvl": 2e9 + k * 1e6} for k, at in enumerate(days(30))]
    flow = {"totalDataChart": [[at // 1000, 1e5 + k] for k, at in enumerate(days(30, TODAY - DAY))]}
    pegged = [
        {"date": str(at // 1000), "totalCirculating": {"peggedUSD": 1e9 + k}} for k, at in enumerate(days(30))
    ]
    protocol = {"tvl": [{"date": row["date"], "totalLiquidityUSD": row["tvl"] * 5} for row in chain]}
    return {
        "/v2/historicalChainTvl": chain,
        "/protocol/aave": protocol,
        "/summary/": flow,
        "/overview/": flow,
        "/stablecoincharts/": pegged,
        "/stablecoins": {
            "peggedAssets": [{"id": "1", "name": "New Dollar", "symbol": "NUSD", "gecko_id": "new-dollar"}]
        },
        "/prices/": lambda request: {
            "coins": {
                coin: {"price": 4.0, "timestamp": int(request.path.split("/")[3]), "confidence": 0.99}
                for coin in request.path.split("/")[-1].split(",")
            }
        },
    }


def gecko() -> dict[str, Any]:
    """CoinGecko: the coins that are asked for, and a list of four with two that contradict what is known."""
    ranked = [
        ("sui", "sui", "Sui"),
        ("new-thing", "new", "New Thing"),
        ("new-dollar", "nusd", "New Dollar"),
        ("second-sui", "sui", "Second Sui"),
        ("bitcoin", "notbtc", "Bitcoin"),
        ("wrapped-new-thing", "wnew", "Wrapped New Thing"),
    ]
    names = {number: (symbol, name) for number, symbol, name in ranked}

    def markets(request: Request) -> Any:
        ids = request.query.get("ids", ",".join(number for number, _, _ in ranked)).split(",")
        return [market(one, *names.get(one, (one[:3], one.title()))) for one in ids]

    def market(number: str, symbol: str, name: str) -> dict[str, Any]:
        return {
            "id": number, "symbol": symbol, "name": name, "current_price": 4.0, "market_cap": 13e9,
            "market_cap_rank": 12, "fully_diluted_valuation": 40e9, "total_volume": 1e9,
            "circulating_supply": 3.3e9, "total_supply": 1e10, "max_supply": None, "ath": 5.35,
            "last_updated": "2026-03-10T12:29:00.000Z",
        }  # fmt: skip

    def coin(request: Request) -> Any:
        number = request.path.split("/")[4]
        if request.path.endswith("market_chart"):
            points = [[at, 4.0 + k / 100] for k, at in enumerate(days(40))] + [[NOW, 4.4]]
            return {"prices": points, "market_caps": points, "total_volumes": points}
        return {"id": number, "symbol": "x", "name": "X", "developer_data": {"stars": 6900}}

    listed = [
        {
            "id": number,
            "symbol": symbol,
            "name": name,
            "platforms": {"ethereum": f"0x{number.encode().hex()}"},
        }
        for number, symbol, name in ranked
        if number != "bitcoin"
    ]
    return {
        "/api/v3/coins/markets": markets,
        "/api/v3/coins/list": listed,
        "/api/v3/coins/": coin,
    }


def small() -> dict[str, Any]:
    """Blockchain.com, Coin Metrics, alternative.me, news and Token Metrics."""

    def metrics(request: Request) -> Any:
        first = instant(request.query["start_time"])
        last = instant(request.query["end_time"])
        rows = [
            {"asset": "btc", "time": day_text(at), "AdrActCnt": "595445", "TxCnt": "661420",
             "AssetEODCompletionTime": str((at + DAY + 3 * HOUR) // 1000)}
            for at in days(40, TODAY - DAY) if first <= at <= last
        ]  # fmt: skip
        return {"data": rows}

    def graded(request: Request) -> Any:
        first, last = (instant(request.query[name]) for name in ("startDate", "endDate"))
        rows = [
            {"token_id": 3375, "token_name": "Bitcoin", "token_symbol": "BTC", "date": day_text(at), "tm_grade": "61.5",
             "quant_grade": "44", "fundamental_grade": 80, "technology_grade": 70, "trading_signal": 1}
            for at in days(40, TODAY - DAY) if first <= at <= last
        ]  # fmt: skip
        return {"success": True, "data": rows}

    feed = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>A paper</title>
<item><title>Sui rises</title><link>https://news.example.com/a</link><pubDate>Tue, 10 Mar 2026 10:30:00 +0000</pubDate></item>
<item><title>Undated</title><link>https://news.example.com/b</link></item></channel></rss>"""
    fear = [{"value": str(20 + k), "timestamp": str(at // 1000)} for k, at in enumerate(reversed(days(40)))]
    chart = [{"x": at // 1000, "y": 5e5 + k} for k, at in enumerate(days(40))]
    return {
        "/charts/": {"status": "ok", "values": chart},
        "/v4/timeseries/asset-metrics": metrics,
        "/fng/": {"name": "Fear and Greed Index", "data": fear, "metadata": {"error": None}},
        "/arc/outboundfeeds/rss/": feed,
        "/rss": feed,
        "/feed": feed,
        "/v3/": graded,
        "/v2/": graded,
    }


def day_text(at: int) -> str:
    from core.instant import Instant, iso

    return iso(Instant(at))


def futures() -> dict[str, Any]:
    """Binance's linear perpetuals: one contract, funding every 8 hours, open interest by the hour."""
    symbol = {
        "symbol": "SUIUSDT", "pair": "SUIUSDT", "contractType": "PERPETUAL", "deliveryDate": 4133404800000,
        "onboardDate": 1569398400000, "status": "TRADING", "baseAsset": "SUI", "quoteAsset": "USDT",
        "marginAsset": "USDT", "pricePrecision": 4, "quantityPrecision": 1, "orderTypes": ["LIMIT"],
        "timeInForce": ["GTC"],
        "filters": [{"filterType": "PRICE_FILTER", "minPrice": "0.0001", "maxPrice": "1000", "tickSize": "0.0001"},
                    {"filterType": "LOT_SIZE", "minQty": "0.1", "maxQty": "10000000", "stepSize": "0.1"}],
    }  # fmt: skip

    def window(request: Request, step: int, most: int) -> list[int]:
        first = int(request.query.get("startTime", NOW - 30 * DAY))
        last = min(int(request.query.get("endTime", NOW)), NOW)
        stamps = range(first + -first % step, last + 1, step)
        return list(stamps)[: int(request.query.get("limit", most))]

    def funding(request: Request) -> Any:
        return [
            {"symbol": "SUIUSDT", "fundingRate": "0.00010000", "fundingTime": at, "markPrice": "4.0"}
            for at in window(request, 8 * HOUR, 100)
        ]

    def interest(request: Request) -> Any:
        return [
            {
                "symbol": "SUIUSDT",
                "sumOpenInterest": "1000.5",
                "sumOpenInterestValue": "4002.0",
                "timestamp": at,
            }
            for at in window(request, HOUR, 30)
        ]

    return {
        "/fapi/v1/exchangeInfo": {"timezone": "UTC", "serverTime": NOW, "symbols": [symbol]},
        "/fapi/v1/fundingRate": funding,
        "/futures/data/openInterestHist": interest,
    }


def everything() -> dict[str, Any]:
    """What all of them say on a good day."""
    return {**small(), **llama(), **gecko(), **futures()}
