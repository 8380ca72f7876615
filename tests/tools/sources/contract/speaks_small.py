"""Coin Metrics, Blockchain.com, alternative.me and news feeds with tiny bodies."""

from __future__ import annotations

from tests.tools.sources.asking import at, seconds
from tests.tools.sources.contract.case import Case
from tools.sources.providers.alternative_me import AlternativeMe
from tools.sources.providers.blockchain import CHARTS, Blockchain
from tools.sources.providers.coinmetrics import CoinMetrics
from tools.sources.providers.news import FEEDS, News

DAILY = {
    "data": [
        {
            "asset": "btc",
            "time": "2026-03-07T00:00:00.000000000Z",
            "AdrActCnt": "595445",
            "TxCnt": "661420",
            "AssetEODCompletionTime": str(seconds("2026-03-08T03:00")),
        },
        {
            "asset": "btc",
            "time": "2026-03-08T00:00:00.000000000Z",
            "AdrActCnt": "601002",
            "TxCnt": None,
            "AssetEODCompletionTime": str(seconds("2026-03-10T09:30")),
        },
    ]
}
CATALOG = {
    "data": [
        {
            "asset": "btc",
            "metrics": [
                {
                    "metric": "AdrActCnt",
                    "frequencies": [
                        {"frequency": "1d", "community": True},
                        {"frequency": "1b", "community": False},
                    ],
                }
            ],
        }
    ]
}
CHART = {
    "status": "ok",
    "name": "Unique Addresses Used",
    "unit": "Addresses",
    "period": "day",
    "description": "how many",
    "values": [
        {"x": seconds("2026-03-08"), "y": 512_000.0},
        {"x": seconds("2026-03-09"), "y": 498_000.5},
        {"x": seconds("2026-03-10"), "y": 200_000.0},
    ],
}
INDEX = {
    "name": "Fear and Greed Index",
    "data": [
        {
            "value": "40",
            "value_classification": "Fear",
            "timestamp": str(seconds("2026-03-10")),
            "time_until_update": "41000",
        },
        {"value": "72", "value_classification": "Greed", "timestamp": str(seconds("2026-03-09"))},
    ],
    "metadata": {"error": None},
}
RSS = b"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>A paper</title><link>https://news.example.com</link>
<item><title>Sui &amp; its <![CDATA[<b>TVL</b>]]></title><link>https://news.example.com/a?b=1</link>
<guid isPermaLink="false">1</guid><pubDate>Tue, 10 Mar 2026 10:30:00 +0000</pubDate>
<description>&lt;p&gt;It rose.&lt;/p&gt;&lt;script&gt;steal()&lt;/script&gt;</description></item>
<item><title>Another</title><link>https://news.example.com/c</link><dc:date>2026-03-09T08:00:00Z</dc:date></item>
</channel></rss>"""


def _chart(metric: str) -> Case:
    return Case(
        "blockchain",
        metric,
        lambda f: Blockchain(f).chart(metric, at("2026-03-01"), "30days"),
        f"/charts/{CHARTS[metric][0]}",
        CHART,
        {"format": "json", "sampled": "false", "start": "2026-03-01", "timespan": "30days"},
    )


def _feed(name: str) -> Case:
    return Case("news", name, lambda f: News(f).items(name), FEEDS[name][1], RSS)


CASES = [
    Case(
        "coinmetrics",
        "daily",
        lambda f: CoinMetrics(f).daily(
            {"btc": "bitcoin"}, ("active_addresses", "tx_count"), at("2026-03-07"), at("2026-03-09")
        ),
        "/v4/timeseries/asset-metrics",
        DAILY,
        {
            "assets": "btc",
            "metrics": "AdrActCnt,TxCnt,AssetEODCompletionTime",
            "frequency": "1d",
            "start_time": "2026-03-07",
            "end_time": "2026-03-09",
            "page_size": "10000",
        },
    ),
    Case(
        "coinmetrics", "catalog", lambda f: CoinMetrics(f).catalog(), "/v4/catalog-v2/asset-metrics", CATALOG
    ),
    Case(
        "alternative_me",
        "fear_greed",
        lambda f: AlternativeMe(f).fear_and_greed(2),
        "/fng/",
        INDEX,
        {"limit": "2"},
    ),
    *(_chart(metric) for metric in CHARTS),
    *(_feed(name) for name in FEEDS),
]
