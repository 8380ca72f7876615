"""Every endpoint of every source, as its provider speaks it."""

from __future__ import annotations

from tests.tools.sources.contract import speaks_coingecko, speaks_defillama, speaks_small, speaks_tokenmetrics
from tests.tools.sources.contract.case import Case

CASES: list[Case] = [
    *speaks_defillama.CASES,
    *speaks_coingecko.CASES,
    *speaks_small.CASES,
    *speaks_tokenmetrics.CASES,
]
# one of each way that a body is read, for what does not depend on the rest
OF_EACH_CLIENT = [
    case
    for case in CASES
    if str(case)
    in {
        "defillama-protocols",
        "defillama-protocol_tvl",
        "defillama-fees",
        "defillama-prices",
        "coingecko-coins",
        "coingecko-markets",
        "coingecko-ohlc",
        "coingecko-chart_price",
        "coinmetrics-daily",
        "blockchain-active_addresses",
        "alternative_me-fear_greed",
        "tokenmetrics-v2/trader-grades",
        "tokenmetrics-v3/tm-grade",
        "news-coindesk",
    }
]
