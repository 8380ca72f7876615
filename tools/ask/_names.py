"""Which symbol a person or a model means by a name, and under which name the answer tells of it."""

from __future__ import annotations

from core.observation import Missing
from tools.ask._vocabulary import AskContext, Reply

_MOST = 8


def resolve(context: AskContext, asked: str) -> str | Missing:
    """The symbol that *asked* (id, ticker, name or symbol) stands for.

    Returns:
        The symbol; else `Missing` with ``ambiguous_asset``, ``no_data`` (known, but without prices
        here) or ``unknown_asset``.
    """
    name = asked.strip()
    for spelling in (name, name.casefold(), name.upper()):
        if spelling in context.symbols:
            return context.symbols[spelling]
    meant = context.others.get(name.casefold(), ())
    if len(meant) > 1:
        return Missing(name, "ambiguous_asset")
    return Missing(name, "no_data" if meant else "unknown_asset")


def candidates(context: AskContext, asked: str) -> tuple[str, ...]:
    """What may have been meant by *asked*, likeliest first: asset ids, or symbols without an asset."""
    from difflib import get_close_matches

    name = asked.strip().casefold()
    meant = context.others.get(name, ())
    if meant:
        return meant[:_MOST]
    names = {known.casefold(): symbol for known, symbol in context.symbols.items()}
    begun = [known for known in names if len(name) > 1 and known.startswith(name)]
    near = get_close_matches(name, names, n=_MOST, cutoff=0.6)
    found = (names[known] for known in (*sorted(begun, key=len), *near))
    return tuple(dict.fromkeys(label(context, symbol) for symbol in found))[:_MOST]


def label(context: AskContext, symbol: str, asked: str = "") -> str:
    """The name that evidence carries: the symbol where one was asked for, else the asset's id where there is one."""
    known = context.assets.get(symbol)
    return symbol if known is None or "/" in asked else known.id


def unresolved(context: AskContext, asked: str, why: Missing) -> Reply:
    """The reply where no symbol was found: the reason, and what may have been meant."""
    return Reply({"asked": asked, "candidates": [*candidates(context, asked)]}, (), (why,))
