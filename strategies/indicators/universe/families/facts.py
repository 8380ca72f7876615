"""Families that rest on facts other than candles; nothing where the fact is not known, never 0.

Facts come as they were known at each row's close, carried forward for as long as the caller trusts them. Rows
are days where lengths are said in days.
"""

from __future__ import annotations

from strategies.indicators.universe.candles import CLOSE, VOLUME, past_return
from strategies.indicators.universe.definition import Definition, Family
from strategies.indicators.universe.elementary import logarithm, rank, where_moved
from strategies.indicators.universe.moving import delay, sma
from strategies.indicators.universe.node import Node, source
from strategies.indicators.universe.statistic import deviation, highest, lowest, share_below, total

_D, _O, _F, _S = Family.DERIVATIVES, Family.ONCHAIN, Family.FUNDAMENTALS, Family.SENTIMENT
_CHANGE = "value / earlier value - 1"
_FUNDING, _OPEN_INTEREST = source("funding_rate"), source("open_interest")
_INTEREST_VALUE = source("open_interest_value")
_CAP, _FDV, _SUPPLY, _TOTAL_SUPPLY = (
    source(name) for name in ("market_cap", "fdv", "circulating_supply", "total_supply")
)
_TVL, _FEES, _REVENUE = source("tvl"), source("fees"), source("revenue")
_GREED = source("fear_greed")


def _z(of: Node, length: int) -> Node:
    apart = (of - sma(of, length)) / deviation(of, length, 1)
    return where_moved(apart, highest(of, length) - lowest(of, length))


def _growth(name: str, family: Family, what: str, length: int = 30) -> Definition:
    """Growth of a flow: its mean of a week against the week *length* rows before."""
    week = sma(source(name), 7)
    return Definition(
        f"{name}_growth_{length}",
        family,
        f"{what}: mean of 7 days against {length} days before",
        "fraction",
        _CHANGE,
        past_return(week, length),
    )


DERIVATIVES: tuple[Definition, ...] = (
    Definition(
        "funding_rate",
        _D,
        "what longs pay shorts at a settlement",
        "fraction",
        "the venue's rate",
        _FUNDING * 1.0,
    ),
    Definition("funding_mean_7", _D, "mean funding of 7 rows", "fraction", "simple mean", sma(_FUNDING, 7)),
    Definition(
        "funding_z_90",
        _D,
        "funding from its 90-row mean",
        "deviations",
        "(value - mean) / sample standard deviation",
        _z(_FUNDING, 90),
    ),
    Definition(
        "funding_place_180",
        _D,
        "share of the last 180 funding rates below the newest",
        "fraction",
        "percentile in its own history",
        share_below(_FUNDING, 181),
    ),
    Definition(
        "open_interest_change_7",
        _D,
        "change of open contracts over 7 rows",
        "fraction",
        _CHANGE,
        past_return(_OPEN_INTEREST, 7),
    ),
    Definition(
        "open_interest_divergence_7",
        _D,
        "change of open contracts less that of price, 7 rows",
        "fraction",
        _CHANGE,
        past_return(_OPEN_INTEREST, 7) - past_return(CLOSE, 7),
    ),
    Definition(
        "open_interest_to_volume",
        _D,
        "open contracts over the 7-row mean of spot value traded",
        "ratio",
        "value / mean of close x volume",
        _INTEREST_VALUE / sma(CLOSE * VOLUME, 7),
    ),
)

ONCHAIN: tuple[Definition, ...] = (
    _growth("active_addresses", _O, "addresses that moved something"),
    _growth("tx_count", _O, "transactions"),
    _growth("hash_rate", _O, "work that secures the chain"),
    _growth("stablecoin_supply", _O, "stablecoins in the market"),
    Definition(
        "mvrv",
        _O,
        "market value over realised value",
        "ratio",
        "M. Mahmudov and D. Puell, MVRV (2018)",
        source("mvrv") * 1.0,
    ),
    Definition(
        "mvrv_z_365",
        _O,
        "MVRV from its mean of a year",
        "deviations",
        "(value - mean) / sample standard deviation",
        _z(source("mvrv"), 365),
    ),
    Definition(
        "exchange_netflow_7",
        _O,
        "what flowed to exchanges less what left, 7 days, over market cap",
        "fraction",
        "(inflow - outflow) / market cap",
        total(source("exchange_inflow") - source("exchange_outflow"), 7) / source("market_cap_at_close"),
    ),
    Definition(
        "exchange_supply_change_30",
        _O,
        "change of what lies on exchanges, 30 days",
        "fraction",
        _CHANGE,
        past_return(source("exchange_supply_native"), 30),
    ),
    Definition(
        "issuance_year",
        _O,
        "new coins of 30 days over those there are, a year",
        "fraction_per_year",
        "365 x mean issuance / supply",
        sma(source("issuance_native"), 30) / _SUPPLY * 365.0,
    ),
    Definition(
        "value_to_addresses",
        _O,
        "logarithm of market cap over squared active addresses of 30 days",
        "ratio",
        "T. Peterson, Metcalfe's Law as a Model for Bitcoin's Value (2018)",
        logarithm(
            source("market_cap_at_close")
            / (sma(source("active_addresses"), 30) * sma(source("active_addresses"), 30))
        ),
    ),
)

FUNDAMENTALS: tuple[Definition, ...] = (
    Definition(
        "market_cap", _F, "logarithm of market cap", "log_usd", "price x circulating supply", logarithm(_CAP)
    ),
    Definition(
        "market_cap_rank",
        _F,
        "share of the universe with a smaller market cap",
        "fraction",
        "percentile in the universe",
        rank(_CAP),
        in_universe=True,
    ),
    Definition(
        "float_share",
        _F,
        "coins in circulation over all that exist",
        "fraction",
        "circulating / total supply",
        _SUPPLY / _TOTAL_SUPPLY,
    ),
    Definition(
        "cap_to_fdv", _F, "market cap over fully diluted value", "fraction", "market cap / FDV", _CAP / _FDV
    ),
    Definition(
        "dilution_90",
        _F,
        "growth of coins in circulation, 90 days",
        "fraction",
        _CHANGE,
        past_return(_SUPPLY, 90),
    ),
    Definition(
        "price_to_fees",
        _F,
        "market cap over a year of fees at the pace of 30 days",
        "ratio",
        "market cap / (365 x mean fees)",
        _CAP / (sma(_FEES, 30) * 365.0),
    ),
    Definition(
        "price_to_sales",
        _F,
        "market cap over a year of revenue at the pace of 30 days",
        "ratio",
        "market cap / (365 x mean revenue)",
        _CAP / (sma(_REVENUE, 30) * 365.0),
    ),
    Definition("cap_to_tvl", _F, "market cap over value locked", "ratio", "market cap / TVL", _CAP / _TVL),
    _growth("tvl", _F, "value locked"),
    _growth("fees", _F, "fees paid by users"),
    _growth("revenue", _F, "revenue of the protocol"),
    _growth("dex_volume", _F, "volume of its exchange"),
    Definition(
        "turnover_30",
        _F,
        "value traded over market cap, mean of 30 days",
        "fraction",
        "volume / market cap",
        sma(source("total_volume") / _CAP, 30),
    ),
    Definition(
        "developer_commits",
        _F,
        "commits of four weeks",
        "count",
        "the repository's own count",
        source("commit_count_4_weeks") * 1.0,
    ),
    Definition(
        "developer_commits_rank",
        _F,
        "share of the universe with fewer commits",
        "fraction",
        "percentile in the universe",
        rank(source("commit_count_4_weeks")),
        in_universe=True,
    ),
    Definition(
        "tvl_rank",
        _F,
        "share of the universe with less value locked",
        "fraction",
        "percentile in the universe",
        rank(_TVL),
        in_universe=True,
    ),
)

SENTIMENT: tuple[Definition, ...] = (
    Definition(
        "fear_greed",
        _S,
        "fear (0) and greed (100) in the market",
        "index",
        "alternative.me's index",
        _GREED * 1.0,
    ),
    Definition(
        "fear_greed_change_7",
        _S,
        "its change over 7 rows",
        "index",
        "value - earlier value",
        _GREED - delay(_GREED, 7),
    ),
    Definition("fear_greed_mean_30", _S, "its mean of 30 rows", "index", "simple mean", sma(_GREED, 30)),
    Definition(
        "fear_greed_z_90",
        _S,
        "fear and greed from its 90-row mean",
        "deviations",
        "(value - mean) / sample standard deviation",
        _z(_GREED, 90),
    ),
    Definition(
        "votes_up",
        _S,
        "share of visitors who vote for the asset",
        "percent",
        "CoinGecko's votes",
        source("votes_up") * 1.0,
    ),
)
