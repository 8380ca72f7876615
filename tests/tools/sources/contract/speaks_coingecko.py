"""CoinGecko's endpoints with tiny bodies."""

from __future__ import annotations

from tests.tools.sources.asking import seconds
from tests.tools.sources.contract.case import Case
from tools.sources.providers.coingecko import CoinGecko


def ms(text: str) -> int:
    return 1000 * seconds(text)


LIST = [
    {"id": "sui", "symbol": "sui", "name": "Sui", "platforms": {"sui": "0x2::sui::SUI", "": ""}},
    {"id": "batcat", "symbol": "btc", "name": "batcat", "platforms": {"solana": "EtBc6g", "ethereum": None}},
    {"id": "bitcoin", "symbol": "btc", "name": "Bitcoin", "platforms": {}},
]
MARKETS = [
    {
        "id": "sui",
        "symbol": "sui",
        "name": "Sui",
        "image": "https://example.com/sui.png",
        "current_price": 4.06,
        "market_cap": 13_500_000_000,
        "market_cap_rank": 12,
        "fully_diluted_valuation": 40_600_000_000,
        "total_volume": 1_200_000_000,
        "high_24h": 4.2,
        "low_24h": 3.9,
        "price_change_percentage_24h": -1.25,
        "circulating_supply": 3_325_000_000.5,
        "total_supply": 10_000_000_000,
        "max_supply": None,
        "ath": 5.35,
        "ath_date": "2025-01-04T22:15:42.000Z",
        "roi": None,
        "last_updated": "2026-03-10T11:59:21.123Z",
    },
]
PRICE = {
    "sui": {
        "usd": 4.0632,
        "usd_market_cap": 13_500_000_000.1,
        "usd_24h_vol": 1_200_000_000,
        "usd_24h_change": -1.2,
        "last_updated_at": seconds("2026-03-10T11:59:30"),
    }
}
OHLC = [
    [ms("2026-03-10T04:00"), 4.0, 4.1, 3.95, 4.05],
    [ms("2026-03-10T08:00"), 4.05, 4.2, 4.01, 4.1],
    [ms("2026-03-10T12:00") + 1_000, 4.1, 4.15, 4.1, 4.12],
]
CHART = {
    name: [
        [ms("2026-03-08"), scale * 1.25],
        [ms("2026-03-09"), scale * 1.5],
        [ms("2026-03-10T11:55") + 17, scale * 2],
    ]
    for name, scale in {"prices": 1, "market_caps": 1_000, "total_volumes": 100}.items()
}
COIN = {
    "id": "sui",
    "symbol": "sui",
    "name": "Sui",
    "categories": ["Layer 1 (L1)", None, "Smart Contract Platform"],
    "sentiment_votes_up_percentage": 81.5,
    "developer_data": {
        "forks": 11_000,
        "stars": 6_900,
        "subscribers": None,
        "total_issues": 4_100,
        "closed_issues": 3_200,
        "pull_requests_merged": 15_000,
        "pull_request_contributors": 400,
        "commit_count_4_weeks": 610,
        "code_additions_deletions_4_weeks": {"additions": 9, "deletions": -4},
    },
    "community_data": {
        "reddit_subscribers": 30_000,
        "telegram_channel_user_count": None,
        "facebook_likes": None,
    },
    "last_updated": "2026-03-10T11:59:21.123Z",
}
CATEGORIES = [
    {
        "id": "artificial-intelligence",
        "name": "Artificial Intelligence (AI)",
        "market_cap": 30_000_000_000.5,
        "market_cap_change_24h": -2.5,
        "volume_24h": 4_000_000_000,
        "top_3_coins_id": ["near", "bittensor", "render-token"],
        "updated_at": "2026-03-10T11:50:00.000Z",
    }
]
TRENDING = {
    "coins": [
        {
            "item": {
                "id": "sui",
                "coin_id": 26375,
                "name": "Sui",
                "symbol": "SUI",
                "market_cap_rank": 12,
                "score": 0,
            }
        }
    ],
    "nfts": [],
    "categories": [],
}
GLOBAL = {
    "data": {
        "active_cryptocurrencies": 17_400,
        "markets": 1_300,
        "total_market_cap": {"usd": 3.1e12, "btc": 3.1e7},
        "total_volume": {"usd": 1.2e11},
        "market_cap_percentage": {"btc": 58.1, "eth": 11.9},
        "updated_at": seconds("2026-03-10T11:55"),
    }
}
BASE = "/api/v3"
CHARTS = {"price": "prices", "market_cap": "market_caps", "volume": "total_volumes"}


def _chart(metric: str) -> Case:
    return Case(
        "coingecko",
        f"chart_{metric}",
        lambda f: CoinGecko(f).chart(metric, "sui", 30),
        f"{BASE}/coins/sui/market_chart",
        CHART,
        {"vs_currency": "usd", "days": "30", "interval": "daily"},
    )


CASES = [
    Case(
        "coingecko",
        "coins",
        lambda f: CoinGecko(f).coins(),
        f"{BASE}/coins/list",
        LIST,
        {"include_platform": "true", "status": "active"},
    ),
    Case(
        "coingecko",
        "markets",
        lambda f: CoinGecko(f).markets(["sui"], most=2),
        f"{BASE}/coins/markets",
        MARKETS,
        {"vs_currency": "usd", "ids": "sui", "per_page": "250", "page": "1"},
    ),
    Case(
        "coingecko",
        "simple_price",
        lambda f: CoinGecko(f).simple_price(["sui"]),
        f"{BASE}/simple/price",
        PRICE,
        {"ids": "sui", "vs_currencies": "usd"},
    ),
    Case(
        "coingecko",
        "ohlc",
        lambda f: CoinGecko(f).ohlc("sui", 7),
        f"{BASE}/coins/sui/ohlc",
        OHLC,
        {"vs_currency": "usd", "days": "7"},
    ),
    Case("coingecko", "coin", lambda f: CoinGecko(f).coin("sui"), f"{BASE}/coins/sui", COIN),
    Case(
        "coingecko",
        "contract",
        lambda f: CoinGecko(f).contract("ethereum", "0xabc"),
        f"{BASE}/coins/ethereum/contract/0xabc",
        COIN,
    ),
    Case(
        "coingecko", "categories", lambda f: CoinGecko(f).categories(), f"{BASE}/coins/categories", CATEGORIES
    ),
    Case("coingecko", "trending", lambda f: CoinGecko(f).trending(), f"{BASE}/search/trending", TRENDING),
    Case("coingecko", "global", lambda f: CoinGecko(f).world(), f"{BASE}/global", GLOBAL),
    *(_chart(metric) for metric in CHARTS),
]
