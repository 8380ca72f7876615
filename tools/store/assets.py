"""The assets that a store knows: those that come with the program, and those it was told of."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping

from core.assets import AssetRef
from tools import identity
from tools.database import transaction
from tools.identity import Registry, asset_of, conflicts, extend, row_of


def built_in() -> Mapping[str, AssetRef]:
    """The assets that come with the program, by id."""
    return identity.built_in().assets


def mismatch(assets: Mapping[str, AssetRef], asset: str, base: str) -> str | None:
    """Why *base*, which a symbol begins with, is not what *asset* is traded as; `None` where it may be.

    An asset without a known ticker may be traded as anything, and one that was renamed as what it was.
    """
    known_as = assets.get(asset)
    if known_as is None or known_as.ticker.casefold() == asset.casefold():
        return None
    if base.casefold() in {name.casefold() for name in (*known_as.labels, *known_as.ids.values())}:
        return None
    told = f"{base} is not the ticker of {asset}, which is {known_as.ticker}"
    others = [other.id for other in assets.values() if other.ticker.casefold() == base.casefold()]
    return f"{told}; it is that of {' and '.join(others)}" if others else told


def known(connection: sqlite3.Connection) -> Mapping[str, AssetRef]:
    """The built-in assets and those that this store was told of, by id.

    What contradicts the built-in ones is passed over: a newer program may know better than an older fetch.
    """
    bare: dict[str, AssetRef] = {}
    told: list[AssetRef] = []
    for number, ticker, row in connection.execute("SELECT id, ticker, row FROM assets ORDER BY id"):
        if row:
            told.append(asset_of(json.loads(row)))
        else:
            bare[number] = AssetRef(number, ticker, number)
    registry = identity.built_in()
    if told:
        refused = {conflict.id for conflict in conflicts(registry, told)}
        registry = extend(registry, [one for one in told if one.id not in refused])
    return {**bare, **registry.assets}


def resolve(assets: Mapping[str, AssetRef], asked: str) -> AssetRef:
    """The asset that *asked* means, whenever it meant it: a ticker that was reused is ambiguous.

    Raises:
        NoAnswerError: ``unknown_asset`` or ``ambiguous_asset``, with candidates.
    """
    mend = "Use an id as CoinGecko writes it; --new-asset makes a new one."
    return Registry(assets).the_one(asked, mend=mend)


def remember(connection: sqlite3.Connection, asset: str, ticker: str) -> None:
    """Makes *asset* known to this store."""
    connection.execute("INSERT OR IGNORE INTO assets (id, ticker) VALUES (?, ?)", (asset, ticker))


def remember_all(connection: sqlite3.Connection, told: Iterable[AssetRef]) -> tuple[int, int, int]:
    """Makes *told* known to this store, all or none; how many are new, the same and changed."""
    before: dict[str, str] = dict(connection.execute("SELECT id, row FROM assets"))
    rows = {one.id: (one.ticker, json.dumps(row_of(one), ensure_ascii=False, sort_keys=True)) for one in told}
    with transaction(connection):
        connection.executemany(
            "INSERT OR REPLACE INTO assets (id, ticker, row) VALUES (?, ?, ?)",
            [(number, *row) for number, row in rows.items()],
        )
    same = sum(before.get(number) == row for number, (_, row) in rows.items())
    changed = sum(number in before for number in rows) - same
    return len(rows) - same - changed, same, changed
