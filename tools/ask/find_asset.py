"""Which asset a name may mean."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from core.observation import Missing
from tools.ask._arguments import Strict
from tools.ask._names import candidates, label, resolve
from tools.ask._text import Stamp
from tools.ask._vocabulary import AskContext, Reply, Tool


class Args(Strict):
    """What to look for."""

    query: Annotated[
        str, Field(min_length=1, max_length=120, description="An id, a ticker, a name or a symbol.")
    ]


class Match(Strict):
    """One asset. *symbol*: under which its prices are asked for; `None` where there are none."""

    id: str
    ticker: str | None = None
    name: str | None = None
    symbol: str | None = None


class Result(Strict):
    """*exact*: the one that the query names without doubt; *matches*: all that it may mean, likeliest first."""

    query: str
    exact: str | None = None
    matches: list[Match] = Field(default_factory=list)


def answer(args: Args, context: AskContext) -> Reply:
    """The asset that is meant, or what may be."""
    symbol = resolve(context, args.query)
    if isinstance(symbol, Missing):
        near = [_match(context, name) for name in candidates(context, args.query)]
        told = Result(query=args.query, matches=near)
        return Reply(told.model_dump(), (), (Missing(args.query, symbol.why),))
    found = _match(context, symbol)
    source = context.sources.get(symbol, context.source)
    stamp = Stamp(TOOL.name, label(context, symbol, args.query), context.now, source)
    told = Result(query=args.query, exact=found.id, matches=[found])
    return Reply(told.model_dump(), (stamp("asset_id", found.id, "id"), stamp("symbol", symbol, "symbol")))


def _match(context: AskContext, name: str) -> Match:
    """The asset behind a symbol or an id."""
    symbol = resolve(context, name)
    if isinstance(symbol, Missing):
        return Match(id=name)
    known = context.assets.get(symbol)
    if known is None:
        return Match(id=symbol, symbol=symbol)
    return Match(id=known.id, ticker=known.ticker, name=known.name, symbol=symbol)


TOOL = Tool(
    "find_asset",
    "Which asset an id, a ticker, a name or a symbol means; where it is not clear, the candidates.",
    Args,
    Result,
    answer,
)
