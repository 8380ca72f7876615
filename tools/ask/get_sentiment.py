"""How the market feels: the fear and greed index, and what else of sentiment is stored of an asset."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from core.observation import Missing
from tools.ask._arguments import AssetName, Strict
from tools.ask._figures import Figure, Read, credits_of
from tools.ask._names import unresolved
from tools.ask._subject import WHOLE_MARKET, nothing_about, subject_of
from tools.ask._text import Stamp
from tools.ask._vocabulary import AskContext, Reply, Tool

INDEX = "fear_greed"
_SOCIAL = ("votes_up", "reddit_subscribers", "twitter_followers")
_MOST = 6
_MOODS = ((25, "extreme_fear"), (46, "fear"), (55, "neutral"), (76, "greed"), (101, "extreme_greed"))


class Args(Strict):
    """Of the whole market, and of an asset where one is named."""

    asset: Annotated[AssetName | None, Field(description="An asset; without one the market.")] = None


class Result(Strict):
    """*figures*: the index runs from 0 (extreme fear) to 100 (extreme greed). *mood*: the index in a word."""

    asset: str
    symbol: str | None = None
    mood: str | None = None
    figures: list[Figure] = Field(default_factory=list)
    credits: list[str] = Field(default_factory=list)


def answer(args: Args, context: AskContext) -> Reply:
    """The market's index, then what is known of the asset."""
    who = WHOLE_MARKET if args.asset is None else subject_of(context, args.asset)
    if isinstance(who, Missing):
        return unresolved(context, args.asset or "", who)
    market = Read(TOOL.name, context, WHOLE_MARKET)
    market.read([INDEX], expected=True)
    own = Read(TOOL.name, context, who)
    facts = context.facts
    known = {} if facts is None else facts.metrics(who.asset, context.now)
    names = [name for name, kind in known.items() if kind == "sentiment" or name in _SOCIAL]
    own.read([name for name in names if name != INDEX][:_MOST], expected=False)
    if not own.figures and (nothing := nothing_about(context, args.asset or "", who)):
        return nothing
    if who != WHOLE_MARKET and not own.figures:
        own.missing.append(Missing("sentiment_of_asset", "no_data"))
    evidence = [*market.evidence, *own.evidence]
    mood, newest = None, market.newest.get(INDEX)
    if newest is not None and "stale" in market.figures[0].flags:
        market.missing.append(Missing("mood", "stale"))
    elif newest is not None:
        mood = _mood(newest.value)
        stamp = Stamp(TOOL.name, WHOLE_MARKET.label, newest.as_of, newest.source, newest.known_at)
        evidence.append(stamp("mood", mood, "mood"))
    told = Result(
        asset=who.asset,
        symbol=who.symbol,
        mood=mood,
        figures=[*market.figures, *own.figures],
        credits=credits_of(context, evidence),
    )
    return Reply(told.model_dump(), tuple(evidence), (*market.missing, *own.missing))


def _mood(index: Decimal) -> str:
    return next(word for below, word in _MOODS if index < below or below == _MOODS[-1][0])


TOOL = Tool(
    "get_sentiment",
    "Sentiment: the market's fear and greed index with its changes, and an asset's own where known.",
    Args,
    Result,
    answer,
)
