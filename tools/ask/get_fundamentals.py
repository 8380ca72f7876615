"""What an asset's project holds, earns and is priced at, as known then."""

from __future__ import annotations

from decimal import Decimal

from pydantic import Field

from core.observation import Missing, Observation
from tools.ask._arguments import OfAsset, Strict
from tools.ask._figures import Figure, Read, credits_of
from tools.ask._names import unresolved
from tools.ask._subject import nothing_about, subject_of
from tools.ask._vocabulary import AskContext, Reply, Tool

_EXPECTED = ("market_cap", "fdv", "circulating_supply", "tvl", "fees", "revenue")
_FURTHER = (
    *("tvl_rank", "market_cap_rank", "total_volume", "volume", "dex_volume", "holders_revenue"),
    *("total_supply", "max_supply", "commit_count_4_weeks", "stars"),
)
_MOST_FURTHER = 4
_YEAR = 365
_MONTH = 30


class Args(OfAsset):
    """Which asset."""


class Result(Strict):
    """*figures*: fees, revenue and volumes are per day. Ratios are derived: ``price_to_fees`` over a year's fees."""

    asset: str
    symbol: str | None = None
    figures: list[Figure] = Field(default_factory=list)
    credits: list[str] = Field(default_factory=list)


def answer(args: Args, context: AskContext) -> Reply:
    """What was known of the usual figures, and the ratios that follow from them."""
    who = subject_of(context, args.asset)
    if isinstance(who, Missing):
        return unresolved(context, args.asset, who)
    read = Read(TOOL.name, context, who)
    read.read(_EXPECTED, expected=True)
    if not read.figures and (nothing := nothing_about(context, args.asset, who)):
        return nothing
    facts = context.facts
    known = {} if facts is None else facts.metrics(who.asset, context.now)
    read.read([metric for metric in _FURTHER if metric in known][:_MOST_FURTHER], expected=False)
    if facts is not None:
        for flow, name in (("fees", "price_to_fees"), ("revenue", "price_to_revenue")):
            month = next(iter(facts.each(who.asset, flow, context.now, _MONTH)), None)
            if isinstance(month, tuple):
                _multiple(read, name, "market_cap", month)
    _over(read, "market_cap_to_tvl", "market_cap", "tvl")
    _over(read, "float", "circulating_supply", "total_supply")
    told = Result(
        asset=who.asset,
        symbol=who.symbol,
        figures=read.figures,
        credits=credits_of(context, read.evidence),
    )
    return Reply(told.model_dump(), tuple(read.evidence), tuple(read.missing))


def _multiple(read: Read, name: str, price: str, month: tuple[Observation, ...]) -> None:
    """The price over a year of what flowed in the last 30 days; nothing where those are not whole."""
    over = read.newest.get(price)
    flowed = sum((one.value for one in month), Decimal(0))
    if over is not None and len(month) == _MONTH and flowed > 0:
        read.derive(name, over.value / (flowed * _YEAR / _MONTH), "times", (over, *month))


def _over(read: Read, name: str, one: str, other: str) -> None:
    above, below = read.newest.get(one), read.newest.get(other)
    if above is not None and below is not None and below.value > 0:
        read.derive(name, above.value / below.value, "times", (above, below))


TOOL = Tool(
    "get_fundamentals",
    "Fundamentals of an asset: market cap, FDV, supply, TVL, fees, revenue, and ratios of them.",
    Args,
    Result,
    answer,
)
