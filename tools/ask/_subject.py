"""Whom a question about facts is about: an asset with prices here or without, or the whole market."""

from __future__ import annotations

from typing import NamedTuple

from core.observation import Missing
from tools.ask._facts import MARKET
from tools.ask._names import label, meanings, resolve, unresolved
from tools.ask._vocabulary import AskContext, Reply


class Subject(NamedTuple):
    """*asset*: the id that facts are kept under; *label*: as evidence names it; *symbol*: where it has prices here."""

    asset: str
    label: str
    symbol: str | None = None


WHOLE_MARKET = Subject(MARKET, MARKET)


def subject_of(context: AskContext, asked: str) -> Subject | Missing:
    """Whom *asked* (id, ticker, name, address, symbol, or ``market``) means.

    Returns:
        The subject; else `Missing` with ``ambiguous_asset`` or ``unknown_asset``.
    """
    if asked.strip().casefold() == MARKET:
        return WHOLE_MARKET
    symbol = resolve(context, asked)
    if not isinstance(symbol, Missing):
        known = context.assets.get(symbol)
        return Subject(symbol if known is None else known.id, label(context, symbol, asked), symbol)
    meant = meanings(context, asked.strip())
    if symbol.why != "no_data" or len(meant) != 1:
        return symbol
    return Subject(meant[0], meant[0])


def nothing_about(context: AskContext, asked: str, who: Subject) -> Reply | None:
    """The reply on an asset without any facts: `None` where it has prices here, so that it is known at least."""
    if who.symbol is not None or who == WHOLE_MARKET:
        return None
    return unresolved(context, asked, Missing(asked.strip(), "no_data"))
