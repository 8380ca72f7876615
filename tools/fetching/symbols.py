"""What a venue calls an asset, and when it meant that asset by it. Never a guess that something known contradicts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.assets import AssetRef
from tools.fetching.asking import Span
from tools.identity import Registry
from tools.identity.spelling import folded
from tools.sources.venues import traits_of


def base_at(asset: AssetRef, venue: str, registry: Registry) -> str | None:
    """The base symbol under which *venue* trades *asset*; `None` where nobody says.

    Where the registry does not name it, the ticker counts if nobody else goes by it.
    """
    named = asset.id_at(venue)
    if named is not None:
        return named
    if registry.resolve(asset.ticker) != asset:
        return None
    taken = any(folded(one.ids.get(venue, "")) == folded(asset.ticker) for one in registry.assets.values())
    return None if taken else asset.ticker.upper()


def is_guessed(asset: AssetRef, venue: str) -> bool:
    """Whether nobody says that *venue* means *asset* by its ticker: then its price has to say so."""
    return asset.id_at(venue) is None


def spot_symbol(markets: Mapping[str, Mapping[str, Any]], base: str, venue: str) -> str | None:
    """The symbol of *base* in the venue's usual quote currencies, one that trades before one that does not."""
    listed = [f"{base}/{quote}" for quote in traits_of(venue).quotes if f"{base}/{quote}" in markets]
    return next((one for one in listed if markets[one].get("active") is not False), next(iter(listed), None))


def perpetual_symbol(markets: Mapping[str, Mapping[str, Any]], base: str, venue: str) -> str | None:
    """The symbol of the perpetual contract on *base*."""
    for quote in traits_of(venue).quotes:
        for symbol, one in markets.items():
            if one.get("base") == base and one.get("quote") == quote:
                return symbol
    return None


def meant(asset: AssetRef, base: str, span: Span) -> Span:
    """The part of *span* in which *base* meant *asset*."""
    for window in asset.windows:
        if folded(window.label) == folded(base):
            span = span.within(
                span.start if window.since is None else window.since,
                span.end if window.until is None else window.until,
            )
    return span
