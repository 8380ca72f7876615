"""Which symbol a person or a model means by a name, and under which name the answer tells of it."""

from __future__ import annotations

from core.assets import AssetRef
from core.observation import Missing
from tools.ask._vocabulary import AskContext, Reply
from tools.identity import Ambiguous
from tools.identity.spelling import folded

_MOST = 8


def resolve(context: AskContext, asked: str) -> str | Missing:
    """The symbol that *asked* (id, ticker, name, address or symbol) stands for.

    Returns:
        The symbol; else `Missing` with ``ambiguous_asset``, ``no_data`` (known, but without prices
        here) or ``unknown_asset``.
    """
    name = asked.strip()
    for spelling in (name, name.casefold(), name.upper(), folded(name)):
        if spelling in context.symbols:
            return context.symbols[spelling]
    meant = meanings(context, name)
    if len(meant) > 1:
        return Missing(name, "ambiguous_asset")
    if not meant:
        return Missing(name, "unknown_asset")
    # a pair that this market does not have is never answered by another pair of the same asset
    here = None if "/" in name else context.symbols.get(meant[0])
    return here or Missing(name, "no_data")


def meanings(context: AskContext, asked: str) -> tuple[str, ...]:
    """The ids of the assets that a name without a symbol may mean at the question's now; none where nobody knows it."""
    meant = context.others.get(folded(asked), ())
    if meant or context.registry is None:
        return meant
    found = context.registry.resolve(asked, context.now)
    if isinstance(found, Missing):
        return ()
    return found.candidates if isinstance(found, Ambiguous) else (found.id,)


def known_as(context: AskContext, asset: str) -> AssetRef | None:
    """Who the asset with the id *asset* is, with prices here or without."""
    symbol = context.symbols.get(asset)
    here = None if symbol is None else context.assets.get(symbol)
    return here or (None if context.registry is None else context.registry.assets.get(asset))


def candidates(context: AskContext, asked: str) -> tuple[str, ...]:
    """What may have been meant by *asked*, likeliest first: asset ids, or symbols without an asset."""
    from difflib import get_close_matches

    name = folded(asked)
    meant = meanings(context, asked)
    if meant:
        return meant[:_MOST]
    names = {known.casefold(): symbol for known, symbol in context.symbols.items()}
    begun = [known for known in names if len(name) > 1 and known.startswith(name)]
    near = get_close_matches(name, names, n=_MOST, cutoff=0.6)
    found = (names[known] for known in (*sorted(begun, key=len), *near))
    here = tuple(dict.fromkeys(label(context, symbol) for symbol in found))[:_MOST]
    return here or (() if context.registry is None else context.registry.near(asked))


def label(context: AskContext, symbol: str, asked: str = "") -> str:
    """The name that evidence carries: the symbol where one was asked for, else the asset's id where there is one."""
    known = context.assets.get(symbol)
    return symbol if known is None or "/" in asked else known.id


def unresolved(context: AskContext, asked: str, why: Missing) -> Reply:
    """The reply where no symbol was found: the reason, and what may have been meant."""
    return Reply({"asked": asked, "candidates": [*candidates(context, asked)]}, (), (why,))
