"""The assets that are known by name, and what a person may have meant."""

from __future__ import annotations

import sqlite3
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

from core.assets import AssetRef
from core.errors import NoAnswerError


@cache
def built_in() -> Mapping[str, AssetRef]:
    """The table that comes with the program, by id."""
    return {row["id"]: AssetRef(row["id"], row["ticker"], row["name"]) for row in _rows()}


@cache
def _rows() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = tomllib.loads((Path(__file__).parent / "assets.toml").read_text("utf-8"))[
        "assets"
    ]
    return rows


def mismatch(assets: Mapping[str, AssetRef], asset: str, base: str) -> str | None:
    """Why *base*, which a symbol begins with, is not what *asset* is traded as; `None` where it may be.

    An asset without a known ticker may be traded as anything, and one that was renamed as what it was.
    """
    known_as = assets.get(asset)
    if known_as is None or known_as.ticker.casefold() in (base.casefold(), asset.casefold()):
        return None
    if any(base in row.get("was", ()) for row in _rows() if row["id"] == asset):
        return None
    told = f"{base} is not the ticker of {asset}, which is {known_as.ticker}"
    others = [other.id for other in assets.values() if other.ticker.casefold() == base.casefold()]
    return f"{told}; it is that of {' and '.join(others)}" if others else told


def known(connection: sqlite3.Connection) -> Mapping[str, AssetRef]:
    """The built-in assets and those that this store was told of, by id."""
    own = {
        number: AssetRef(number, ticker, number)
        for number, ticker in connection.execute("SELECT * FROM assets")
    }
    return {**own, **built_in()}


def resolve(assets: Mapping[str, AssetRef], asked: str) -> AssetRef:
    """The asset with this id, or the only one with this ticker or name.

    Raises:
        NoAnswerError: ``unknown_asset`` or ``ambiguous_asset``, with candidates.
    """
    if asked in assets:
        return assets[asked]
    folded = asked.casefold()
    fitting = [a for a in assets.values() if folded in (a.ticker.casefold(), a.name.casefold())]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise NoAnswerError(
            f"{asked!r} may be several assets",
            "Say which one by its id.",
            code="ambiguous_asset",
            candidates=[a.id for a in fitting],
        )
    words = {word.casefold(): a.id for a in assets.values() for word in (a.name, a.ticker, a.id)}
    near = dict.fromkeys(words[word] for word in get_close_matches(folded, words, n=5, cutoff=0.6))
    raise NoAnswerError(
        f"there is no asset {asked!r}",
        "Use an id as CoinGecko writes it; --new-asset makes a new one.",
        code="unknown_asset",
        candidates=list(near),
    )


def remember(connection: sqlite3.Connection, asset: str, ticker: str) -> None:
    """Makes *asset* known to this store."""
    connection.execute("INSERT OR IGNORE INTO assets VALUES (?, ?)", (asset, ticker))
