"""What happens on an asset's chain: users, transactions, value held and moved, as known then."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from pydantic import Field

from core.observation import Missing
from tools.ask._arguments import OfAsset, Strict
from tools.ask._facts import MARKET
from tools.ask._figures import Figure, Read, credits_of
from tools.ask._names import unresolved
from tools.ask._subject import nothing_about, subject_of
from tools.ask._vocabulary import AskContext, Reply, Tool

_EXPECTED = ("active_addresses", "tx_count")
_USUAL = (
    *("mvrv", "exchange_netflow", "tvl", "hash_rate", "addresses_with_balance", "funded_addresses"),
    *("exchange_supply", "transfer_count", "gas_used", "stablecoin_supply"),
)
_OF_MARKET = ("tvl", "stablecoin_supply")
_MOST = 8


class Args(OfAsset):
    """Of what, and perhaps one metric only."""

    metric: Annotated[
        str | None, Field(max_length=80, description="One metric by its name; without it the usual ones.")
    ] = None


class Result(Strict):
    """*figures* of daily on-chain metrics; *metrics*: every one that was known then, to be asked for by name."""

    asset: str
    symbol: str | None = None
    figures: list[Figure] = Field(default_factory=list)
    metrics: list[str] = Field(default_factory=list)
    credits: list[str] = Field(default_factory=list)


def answer(args: Args, context: AskContext) -> Reply:
    """The usual metrics, or the one that was asked for; every number from figures known at the question's now."""
    who = subject_of(context, args.asset)
    if isinstance(who, Missing):
        return unresolved(context, args.asset, who)
    facts = context.facts
    known = {} if facts is None else facts.metrics(who.asset, context.now)
    read = Read(TOOL.name, context, who)
    if args.metric is not None:
        read.read([args.metric] if args.metric in known else [], expected=True)
        if args.metric not in known:
            read.missing.append(Missing(args.metric, "unknown_metric"))
    else:
        expected = _OF_MARKET if who.asset == MARKET else _EXPECTED
        read.read(expected, expected=True)
        read.read(_chosen(known, expected), expected=False)
        if not read.figures and (nothing := nothing_about(context, args.asset, who)):
            return nothing
    told = Result(
        asset=who.asset,
        symbol=who.symbol,
        figures=read.figures,
        metrics=sorted(known),
        credits=credits_of(context, read.evidence),
    )
    return Reply(told.model_dump(), tuple(read.evidence), tuple(read.missing))


def _chosen(known: Iterable[str], expected: Iterable[str]) -> list[str]:
    found = [metric for metric in _USUAL if metric in known and metric not in expected]
    return found[: _MOST - len(tuple(expected))]


TOOL = Tool(
    "get_onchain",
    "On-chain activity of an asset (or 'market'): addresses, transactions, TVL; changes and highs.",
    Args,
    Result,
    answer,
)
