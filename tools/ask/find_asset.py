"""Which asset a name may mean."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from core.observation import Missing
from tools.ask._arguments import Strict
from tools.ask._names import candidates, known_as, label, meanings, resolve
from tools.ask._text import Stamp
from tools.ask._vocabulary import AskContext, Reply, Tool

_REGISTRY = "registry"


class Args(Strict):
    """What to look for."""

    query: Annotated[
        str,
        Field(
            min_length=1, max_length=120, description="An id, a ticker, a name, a symbol or chain:address."
        ),
    ]


class Match(Strict):
    """One asset. *symbol*: under which its prices are asked for; `None` where there are none.

    *kind*: ``native``, ``wrapped``, ``bridged``, ``staked`` or ``stable``; *underlying*: whose claim it is.
    """

    id: str
    ticker: str | None = None
    name: str | None = None
    symbol: str | None = None
    kind: str | None = None
    underlying: str | None = None
    narratives: list[str] = Field(default_factory=list)


class Result(Strict):
    """*exact*: the one that the query names without doubt; *matches*: all that it may mean, likeliest first."""

    query: str
    exact: str | None = None
    matches: list[Match] = Field(default_factory=list)


def answer(args: Args, context: AskContext) -> Reply:
    """The asset that is meant, or what may be."""
    symbol = resolve(context, args.query)
    if isinstance(symbol, Missing):
        return _without_prices(context, args.query, symbol)
    found = _match(context, symbol)
    source = context.sources.get(symbol, context.source)
    stamp = Stamp(TOOL.name, label(context, symbol, args.query), context.now, source)
    told = Result(query=args.query, exact=found.id, matches=[found])
    return Reply(told.model_dump(), (stamp("asset_id", found.id, "id"), stamp("symbol", symbol, "symbol")))


def _without_prices(context: AskContext, query: str, why: Missing) -> Reply:
    """The asset that is known and has no prices here, else what may have been meant."""
    found = [_match(context, name) for name in candidates(context, query)]
    if why.why == "no_data" and len(meanings(context, query)) == 1:
        stamp = Stamp(TOOL.name, found[0].id, context.now, _REGISTRY)
        told = Result(query=query, exact=found[0].id, matches=found)
        return Reply(told.model_dump(), (stamp("asset_id", found[0].id, "id"),))
    return Reply(Result(query=query, matches=found).model_dump(), (), (Missing(query, why.why),))


def _match(context: AskContext, name: str) -> Match:
    """The asset behind a symbol or an id."""
    symbol = context.symbols.get(name)
    known = known_as(context, name) if symbol is None else context.assets.get(symbol)
    if known is None:
        return Match(id=symbol or name, symbol=symbol)
    return Match(
        id=known.id,
        ticker=known.ticker,
        name=known.name,
        symbol=symbol,
        kind=known.kind.value,
        underlying=known.underlying,
        narratives=[*known.narratives],
    )


TOOL = Tool(
    "find_asset",
    "Which asset an id, a ticker, a name or a symbol means; where it is not clear, the candidates.",
    Args,
    Result,
    answer,
)
