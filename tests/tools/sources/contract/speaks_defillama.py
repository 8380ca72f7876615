"""DefiLlama's endpoints with tiny bodies."""

from __future__ import annotations

from tests.tools.sources.asking import at, seconds
from tests.tools.sources.contract.case import Case
from tools.sources.providers.defillama import DefiLlama

COINS = {"coingecko:sui": "sui", "ethereum:0xabc": "usd-coin"}
PROTOCOLS = [
    {
        "id": "111",
        "name": "Aave V3",
        "slug": "aave-v3",
        "symbol": "AAVE",
        "category": "Lending",
        "chains": ["Ethereum", "Base"],
        "gecko_id": None,
        "parentProtocol": "parent#aave",
        "tvl": 20_000_000_000.25,
        "chainTvls": {"Ethereum": 18e9, "borrowed": 9e9},
        "change_1d": -1.5,
        "change_7d": None,
        "mcap": None,
    },
    {
        "id": "112",
        "name": "Cetus",
        "slug": "cetus",
        "symbol": "CETUS",
        "category": "Dexs",
        "chains": ["Sui"],
        "gecko_id": "cetus-protocol",
        "tvl": 150_000_000,
        "change_1d": 2,
    },
    {
        "id": "113",
        "name": "An exchange",
        "slug": "cex",
        "symbol": "-",
        "category": "CEX",
        "chains": [],
        "tvl": 9e10,
    },
]
CHAINS = [
    {
        "name": "Ethereum",
        "gecko_id": "ethereum",
        "tokenSymbol": "ETH",
        "cmcId": "1027",
        "chainId": 1,
        "tvl": 6e10,
    },
    {
        "name": "Sui",
        "gecko_id": "sui",
        "tokenSymbol": "SUI",
        "cmcId": "20947",
        "chainId": None,
        "tvl": 2.11e9,
    },
]
AAVE = {
    "name": "Aave",
    "isParentProtocol": True,
    "tvl": [
        {"date": seconds("2026-03-06"), "totalLiquidityUSD": 20_000_000_000},
        {"date": seconds("2026-03-08"), "totalLiquidityUSD": 21_000_000_000.5},
        {"date": seconds("2026-03-09"), "totalLiquidityUSD": 22_000_000_000},
        {"date": seconds("2026-03-10T11:17:00"), "totalLiquidityUSD": 23_000_000_000},
    ],
    "chainTvls": {"Base": {"tvl": [{"date": seconds("2026-03-09"), "totalLiquidityUSD": 7}]}},
    "currentChainTvls": {"Base": 7, "staking": 3},
    "hallmarks": [[seconds("2022-05-13"), "a launch"]],
}
CHAIN = [
    {"date": seconds("2026-03-08"), "tvl": 2_000_000_000},
    {"date": seconds("2026-03-09"), "tvl": 2.11e9},
]
FLOW = {
    "total24h": 12_000,
    "total7d": 80_000,
    "totalAllTime": 9_000_000,
    "change_1d": 4.5,
    "symbol": "AAVE",
    "latestFetchIsOk": True,
    "methodology": {"Fees": "what borrowers pay"},
    "totalDataChart": [
        [seconds("2026-03-08"), 11_000.5],
        [seconds("2026-03-09"), 12_000],
        [seconds("2026-03-10"), 3_000],
    ],
    "protocols": [
        {
            "name": "Aave V3",
            "slug": "aave-v3",
            "category": "Lending",
            "total24h": 12_000,
            "total7d": 80_000,
            "change_1d": -3,
        }
    ],
}
PEGGED = {
    "peggedAssets": [
        {
            "id": "1",
            "name": "Tether",
            "symbol": "USDT",
            "gecko_id": "tether",
            "pegType": "peggedUSD",
            "pegMechanism": "fiat-backed",
            "circulating": {"peggedUSD": 1.8e11},
            "chainCirculating": {"Tron": {"current": {"peggedUSD": 8e10}}},
            "chains": ["Tron", "Ethereum"],
            "price": 1.0002,
        }
    ]
}
PEG_CHART = [
    {"date": str(seconds("2026-03-08")), "totalCirculating": {"peggedUSD": 3.0e11}},
    {"date": str(seconds("2026-03-09")), "totalCirculating": {"peggedUSD": 3.1e11}},
]
PRICES = {
    "coins": {
        "coingecko:sui": {
            "price": 4.0632,
            "symbol": "SUI",
            "timestamp": seconds("2026-03-10T11:58:00"),
            "confidence": 0.99,
        },
        "ethereum:0xabc": {
            "price": 0.9998,
            "symbol": "USDC",
            "decimals": 6,
            "timestamp": seconds("2026-03-10T11:59:00"),
            "confidence": 0.5,
        },
    }
}
METRICS = {
    "fees": ("fees", {"dataType": "dailyFees"}),
    "revenue": ("fees", {"dataType": "dailyRevenue"}),
    "holders_revenue": ("fees", {"dataType": "dailyHoldersRevenue"}),
    "dex_volume": ("dexs", {}),
}


def _of_metric(metric: str) -> list[Case]:
    family, query = METRICS[metric]
    return [
        Case(
            "defillama",
            metric,
            lambda f: DefiLlama(f).flow(metric, "aave", "aave"),
            f"/summary/{family}/aave",
            FLOW,
            query,
        ),
        Case(
            "defillama",
            f"chain_{metric}",
            lambda f: DefiLlama(f).chain_flow(metric, "Sui", "sui"),
            f"/overview/{family}/Sui",
            FLOW,
            {**query, "excludeTotalDataChartBreakdown": "true"},
        ),
        Case(
            "defillama",
            f"{metric}_table",
            lambda f: DefiLlama(f).flow_table(metric),
            f"/overview/{family}",
            FLOW,
            {**query, "excludeTotalDataChart": "true"},
        ),
    ]


CASES = [
    Case("defillama", "protocols", lambda f: DefiLlama(f).protocols(), "/protocols", PROTOCOLS),
    Case("defillama", "chains", lambda f: DefiLlama(f).chains(), "/v2/chains", CHAINS),
    Case(
        "defillama",
        "protocol_tvl",
        lambda f: DefiLlama(f).protocol_tvl("aave", "aave"),
        "/protocol/aave",
        AAVE,
    ),
    Case("defillama", "tvl_now", lambda f: DefiLlama(f).tvl_now("aave", "aave"), "/protocol/aave", AAVE),
    Case(
        "defillama",
        "chain_tvl",
        lambda f: DefiLlama(f).chain_tvl("Sui", "sui"),
        "/v2/historicalChainTvl/Sui",
        CHAIN,
    ),
    Case("defillama", "total_tvl", lambda f: DefiLlama(f).total_tvl(), "/v2/historicalChainTvl", CHAIN),
    Case(
        "defillama",
        "stablecoins",
        lambda f: DefiLlama(f).stablecoins(),
        "/stablecoins",
        PEGGED,
        {"includePrices": "true"},
    ),
    Case(
        "defillama",
        "stablecoin_supply",
        lambda f: DefiLlama(f).stablecoin_supply(),
        "/stablecoincharts/all",
        PEG_CHART,
    ),
    Case(
        "defillama",
        "prices",
        lambda f: DefiLlama(f).prices(COINS),
        "/prices/current/coingecko:sui,ethereum:0xabc",
        PRICES,
    ),
    Case(
        "defillama",
        "prices_at",
        lambda f: DefiLlama(f).prices(COINS, at("2026-03-10T11:58:30")),
        f"/prices/historical/{seconds('2026-03-10T11:58:30')}/coingecko:sui,ethereum:0xabc",
        PRICES,
    ),
    *(case for metric in METRICS for case in _of_metric(metric)),
]
