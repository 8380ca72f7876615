"""CoinGecko's endpoints, as data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from core.instant import DAY, HOUR, MINUTE, Instant
from core.observation import Observation
from tools.sources.answer import LeftOut, Listed
from tools.sources.http.endpoint import Asked, Endpoint, Provider
from tools.sources.http.limits import Pace
from tools.sources.ohlc import Ohlc
from tools.sources.reading import (
    MalformedError,
    fields,
    from_iso,
    from_milliseconds,
    from_seconds,
    identifier,
    items,
    needed,
    pair,
    text,
)
from tools.sources.series import Point, Points, series
from tools.sources.table import Stamp, Table, amounts, keyed, lists, signed, single, table, texts
from tools.sources.vintage import cached_candle, daily_price

PROVIDER = Provider(
    "coingecko",
    Pace(25, MINUTE, burst=5),
    "Data provided by CoinGecko (https://www.coingecko.com)",
    "free with attribution",
    key_header="x-cg-demo-api-key",
    monthly=10_000,
)
HISTORY_DAYS = 365
_HOST = "https://api.coingecko.com"
_BASE = "/api/v3"
_MEGA = 1024 * 1024
_MARKET = (
    amounts(
        "USD",
        price="current_price",
        market_cap="market_cap",
        fdv="fully_diluted_valuation",
        volume="total_volume",
        high_24h="high_24h",
        low_24h="low_24h",
        price_all_time_high="ath",
        price_all_time_low="atl",
    )
    + amounts(
        "tokens",
        circulating_supply="circulating_supply",
        total_supply="total_supply",
        max_supply="max_supply",
    )
    + amounts("rank", market_cap_rank="market_cap_rank")
    + signed("percent", price_change_24h="price_change_percentage_24h")
)
_UPDATED = Stamp(("last_updated",), from_iso)
_DEVELOPERS = amounts(
    "count",
    **{
        name: f"developer_data.{name}"
        for name in (
            "stars",
            "forks",
            "subscribers",
            "total_issues",
            "closed_issues",
            "pull_requests_merged",
            "pull_request_contributors",
            "commit_count_4_weeks",
        )
    },
)
_COMMUNITY = amounts(
    "count",
    **{
        name: f"community_data.{name}"
        for name in (
            "reddit_subscribers",
            "reddit_accounts_active_48h",
            "telegram_channel_user_count",
            "facebook_likes",
            "twitter_followers",
        )
    },
) + amounts("percent", votes_up="sentiment_votes_up_percentage")


def _coins(body: Any, asked: Asked) -> Iterator[Listed | LeftOut]:
    """Every coin and the contracts that it has, as ``platform:address``."""
    for raw in items(body, "the list"):
        try:
            row = fields(raw, "a coin")
            name = identifier(row.get("id"), "id")
            words = {key: found for key in ("symbol", "name") if (found := text(row.get(key), key))}
            platforms = fields(row.get("platforms") or {}, "platforms")
            contracts = tuple(
                f"{chain}:{address}"
                for chain, raw in platforms.items()
                if chain and (address := text(raw, chain))
            )
        except MalformedError as error:
            yield LeftOut(f"a coin cannot be read: {error}", broken=True)
            continue
        if len(words) < 2:
            yield LeftOut(f"{name} has no symbol or name")
            continue
        now = asked.fetched_at
        yield Listed(name, now, now, asked.source, words, lists={"contracts": contracts})


def _candles(body: Any, asked: Asked) -> Iterator[Ohlc | LeftOut]:
    """Stamped by their close; the newest may still be moving."""
    days = int(asked.given["days"])
    width = 30 * MINUTE if days <= 2 else 4 * HOUR if days <= 30 else 4 * DAY
    seen: set[Instant] = set()
    for raw in items(body, "the candles"):
        row = items(raw, "a candle")
        if len(row) != 5:
            raise MalformedError(f"a candle holds {len(row)} values, not 5")
        closed_at = from_milliseconds(row[0], "time")
        if closed_at > asked.fetched_at or closed_at % (30 * MINUTE):
            yield LeftOut("a candle that is not closed")
            continue
        if closed_at in seen:
            raise MalformedError("two candles for one time")
        seen.add(closed_at)
        first, high, low, last = (needed(value, "price") for value in row[1:])
        opened_at, known_at = Instant(closed_at - width), cached_candle(closed_at)
        yield Ohlc(asked.asset, opened_at, closed_at, first, high, low, last, "USD", known_at, asked.source)


def _chart(name: str) -> Points:
    def points(body: Any, _: Asked) -> Iterator[Point]:
        for raw in items(fields(body, "the chart").get(name), name):
            stamp, value = pair(raw, "a point")
            yield from_milliseconds(stamp, "time"), value

    return points


COINS = Endpoint(
    PROVIDER, _HOST, f"{_BASE}/coins/list", _coins, {"include_platform": "true"}, DAY, 32 * _MEGA
)
MARKETS = Endpoint(
    PROVIDER,
    _HOST,
    f"{_BASE}/coins/markets",
    table(Table("id", texts(symbol="symbol", name="name") + _MARKET, stamp=_UPDATED, needs=("name",))),
    {"vs_currency": "usd", "order": "market_cap_desc"},
    keeps_ms=MINUTE,
)
SIMPLE_PRICE = Endpoint(
    PROVIDER,
    _HOST,
    f"{_BASE}/simple/price",
    keyed(
        Table(
            "id",
            amounts("USD", price="usd", market_cap="usd_market_cap", volume="usd_24h_vol")
            + signed("percent", price_change_24h="usd_24h_change"),
            stamp=Stamp(("last_updated_at",), from_seconds),
            needs=("price",),
        )
    ),
    {
        "vs_currencies": "usd",
        "include_market_cap": "true",
        "include_24hr_vol": "true",
        "include_24hr_change": "true",
        "include_last_updated_at": "true",
    },
    keeps_ms=MINUTE,
)
OHLC = Endpoint(
    PROVIDER, _HOST, f"{_BASE}/coins/{{id}}/ohlc", _candles, {"vs_currency": "usd"}, keeps_ms=15 * MINUTE
)
CHARTS: dict[str, Endpoint[Observation]] = {
    metric: Endpoint(
        PROVIDER,
        _HOST,
        f"{_BASE}/coins/{{id}}/market_chart",
        series(_chart(name), metric, "USD", daily_price, every_ms=DAY),
        {"vs_currency": "usd", "interval": "daily"},
    )
    for metric, name in {"price": "prices", "market_cap": "market_caps", "volume": "total_volumes"}.items()
}
COIN = Endpoint(
    PROVIDER,
    _HOST,
    f"{_BASE}/coins/{{id}}",
    single(
        Table(
            "id",
            texts(symbol="symbol", name="name") + lists(categories="categories") + _DEVELOPERS + _COMMUNITY,
            needs=("name",),
        )
    ),
    {"localization": "false", "tickers": "false", "market_data": "false"},
)
CONTRACT = Endpoint(
    PROVIDER,
    _HOST,
    f"{_BASE}/coins/{{platform}}/contract/{{contract}}",
    single(Table("id", texts(symbol="symbol", name="name"), needs=("name",))),
    keeps_ms=DAY,
)
CATEGORIES = Endpoint(
    PROVIDER,
    _HOST,
    f"{_BASE}/coins/categories",
    table(
        Table(
            "id",
            texts(name="name")
            + lists(top="top_3_coins_id")
            + amounts("USD", market_cap="market_cap", volume="volume_24h")
            + signed("percent", market_cap_change_24h="market_cap_change_24h"),
            needs=("name",),
        )
    ),
    keeps_ms=10 * MINUTE,
)
TRENDING = Endpoint(
    PROVIDER,
    _HOST,
    f"{_BASE}/search/trending",
    table(
        Table(
            "id",
            texts(symbol="symbol", name="name") + amounts("rank", market_cap_rank="market_cap_rank"),
            at="coins",
            inside="item",
            needs=("name",),
        )
    ),
    keeps_ms=10 * MINUTE,
)
GLOBAL = Endpoint(
    PROVIDER,
    _HOST,
    f"{_BASE}/global",
    single(
        Table(
            "",
            amounts("USD", market_cap="total_market_cap.usd", volume="total_volume.usd")
            + amounts("percent", bitcoin_dominance="market_cap_percentage.btc")
            + amounts("count", active_cryptocurrencies="active_cryptocurrencies"),
            at="data",
            stamp=Stamp(("updated_at",), from_seconds),
            needs=("market_cap",),
        )
    ),
    keeps_ms=10 * MINUTE,
)
ENDPOINTS: dict[str, Endpoint[Any]] = {
    "coins": COINS,
    "markets": MARKETS,
    "simple_price": SIMPLE_PRICE,
    "ohlc": OHLC,
    "coin": COIN,
    "contract": CONTRACT,
    "categories": CATEGORIES,
    "trending": TRENDING,
    "global": GLOBAL,
    **{f"chart_{metric}": endpoint for metric, endpoint in CHARTS.items()},
}
