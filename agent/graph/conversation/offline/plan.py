"""Which tools a question needs: what a model would call, decided by its words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agent.graph.conversation.offline.intents import (
    OF_ACCOUNT,
    OF_FACTS,
    Intent,
    absent,
    intents,
    interval_of,
)
from agent.graph.conversation.offline.mentions import mentions
from agent.graph.conversation.state import MOST_CALLS

_MOST_ASSETS = 3
_SHORT = 3
_GOES_ON = re.compile(r"\s*(?:and|what about|how about|or|same|then|but)\b", re.IGNORECASE)
_ACCOUNT = OF_ACCOUNT | {Intent.ORDER}

_TOOLS: Mapping[Intent, tuple[str, ...]] = {
    Intent.PRICE: ("get_price",),
    Intent.CHANGE: ("get_price",),
    Intent.TREND: ("get_price", "get_grades", "get_indicators"),
    Intent.OPINION: ("get_price", "get_grades", "get_indicators", "get_levels"),
    Intent.LEVELS: ("get_levels",),
    Intent.BOOK: ("get_order_book",),
    Intent.CANDLES: ("get_candles",),
    Intent.ABSENT: ("get_price",),
    Intent.ONCHAIN: ("get_onchain",),
    Intent.FUNDAMENTALS: ("get_fundamentals",),
    Intent.DERIVATIVES: ("get_derivatives",),
    Intent.SENTIMENT: ("get_sentiment",),
    Intent.NARRATIVES: ("get_narratives",),
    Intent.NEWS: ("get_news",),
}
_OF_MARKET: Mapping[Intent, tuple[str, dict[str, Any]]] = {
    Intent.SENTIMENT: ("get_sentiment", {}),
    Intent.NARRATIVES: ("get_narratives", {}),
    Intent.NEWS: ("get_news", {}),
    Intent.ONCHAIN: ("get_onchain", {"asset": "market"}),
    Intent.FUNDAMENTALS: ("get_onchain", {"asset": "market"}),
}
_WHOLE = re.compile(r"\b(?:market|total|overall|defi|all|stablecoins?)\b", re.IGNORECASE)
_ALWAYS_WHOLE = frozenset({Intent.SENTIMENT, Intent.NARRATIVES, Intent.NEWS})
_OF_ACCOUNT: Mapping[Intent, tuple[str, dict[str, Any]]] = {
    Intent.PORTFOLIO: ("get_portfolio", {}),
    Intent.DECISIONS: ("get_decisions", {"count": 30}),
    Intent.LIMITS: ("get_limits", {}),
    Intent.ORDER: ("get_limits", {}),
}
_TIMED = {"get_indicators", "get_levels", "get_candles"}


@dataclass(frozen=True, slots=True)
class Plan:
    """*calls*: name and arguments. *of*: the assets; *market*: they were chosen, not named."""

    intents: frozenset[Intent]
    of: tuple[str, ...]
    calls: tuple[tuple[str, dict[str, Any]], ...]
    absent: tuple[str, ...] = ()
    chosen: bool = False


def plan(
    question: str, earlier: Sequence[str], symbols: Mapping[str, str], others: Mapping[str, Sequence[str]]
) -> Plan:
    """What to look up for *question*; *earlier* questions of the thread, newest last, say what was left unsaid."""
    meant, named = intents(question), mentions(question, symbols, others).all
    lacking = absent(question)
    goes_on = _GOES_ON.match(question) is not None or (bool(named) and len(question.split()) <= _SHORT)
    for before in reversed(earlier):
        if (meant or not goes_on) and (named or not meant or meant <= _ACCOUNT):
            break
        if not meant:
            meant = intents(before)
            lacking = absent(before)
        if not named:
            named = mentions(before, symbols, others).all
    if named and not meant:
        meant = frozenset({Intent.OPINION})
    chosen = False
    if not named and meant - _ACCOUNT - OF_FACTS and "market" in question.casefold():
        named, chosen = _whole_market(symbols), True
    calls = [_OF_ACCOUNT[one] for one in Intent if one in meant and one in _OF_ACCOUNT]
    if not named:
        whole = meant & OF_FACTS if _WHOLE.search(question) else meant & _ALWAYS_WHOLE
        calls += [_OF_MARKET[one] for one in Intent if one in whole and one in _OF_MARKET]
    width = interval_of(question)
    for asset in named[:_MOST_ASSETS]:
        tools = [tool for one in Intent if one in meant for tool in _TOOLS.get(one, ())]
        for tool in dict.fromkeys(tools):
            timed = {"interval": width} if width and tool in _TIMED else {}
            calls.append((tool, {"asset": asset, **timed}))
    unique = [call for place, call in enumerate(calls) if call not in calls[:place]]
    return Plan(meant, named[:_MOST_ASSETS], tuple(unique[:MOST_CALLS]), lacking, chosen)


def _whole_market(symbols: Mapping[str, str]) -> tuple[str, ...]:
    """The greatest assets where they are known, else the first of the market."""
    great = [name for name in ("bitcoin", "ethereum", "solana") if name in symbols]
    return tuple(great or sorted(set(symbols.values()))[:_MOST_ASSETS])
