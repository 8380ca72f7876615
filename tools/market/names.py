"""Under which names the symbols of a market are known, and what a name may mean at an instant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from core.assets import AssetRef
from core.instant import Instant
from tools.identity import Registry
from tools.store.catalog import SeriesInfo
from tools.store.store import meaning

_QUOTES = ("USDT", "USDC", "USD")


@dataclass(frozen=True, slots=True)
class Names:
    """What may be said for a symbol.

    *symbols*: a name (lower-cased) or symbol -> the only symbol it fits. *others*: the names that lead to
    no one symbol -> the asset ids that they may mean. *assets* and *sources* are by symbol.
    """

    symbols: Mapping[str, str]
    assets: Mapping[str, AssetRef] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    others: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def names_of(
    assets: Mapping[str, AssetRef],
    sources: Mapping[str, str],
    known: Iterable[AssetRef] = (),
    preferred: Sequence[str] = (),
    at: Instant | None = None,
) -> Names:
    """The names of a market whose symbols stand for *assets*; *known* are assets that have no prices here.

    The ids come first, then a symbol's base (what the venue calls it), then tickers and names as they
    were meant *at* (`Registry.resolve`). Where an asset has several symbols, the first of *preferred* is meant.
    """
    order = [*dict.fromkeys([*preferred, *assets])]
    symbol_of: dict[str, str] = {}
    bases: dict[str, list[str]] = {}
    for symbol in order:
        asset = assets[symbol].id
        symbol_of.setdefault(asset, symbol)
        bases.setdefault(symbol.partition("/")[0].casefold(), []).append(asset)
    everyone = {**{one.id: one for one in known}, **{one.id: one for one in assets.values()}}
    told = Registry(everyone).meanings(at)
    meant = {**told, **bases, **{number.casefold(): [number] for number in everyone}}

    symbols = {symbol: symbol for symbol in order}
    others: dict[str, tuple[str, ...]] = {}
    for name, ids in meant.items():
        named = [one for one in ids if not one.startswith("unmapped:")]
        different = tuple(dict.fromkeys(named or ids))
        if len(different) == 1 and different[0] in symbol_of:
            symbols[name] = symbol_of[different[0]]
        else:
            others[name] = different
    return Names(symbols, dict(assets), dict(sources), others)


def names_in_store(series: Iterable[SeriesInfo], known: Mapping[str, AssetRef], at: Instant) -> Names:
    """The names of the store's candle series, with the meaning that each ticker has at *at*."""
    by_symbol: dict[str, list[SeriesInfo]] = {}
    for info in series:
        if info.key.kind == "ohlcv":
            by_symbol.setdefault(info.symbol, []).append(info)
    assets, sources = {}, {}
    for symbol, stored in by_symbol.items():
        meant = [one for one in stored if one.asset == meaning(stored, one.venue, at)]
        if meant:
            asset, base = meant[0].asset, symbol.partition("/")[0]
            assets[symbol] = known.get(asset) or AssetRef(asset, base, base)
            sources[symbol] = meant[0].venue

    def rank(symbol: str) -> tuple[bool, bool, int]:
        asset, quote = assets[symbol].id, symbol.partition("/")[2]
        covered = any(_covers(one, at) for one in by_symbol[symbol] if one.asset == asset)
        return not covered, asset.startswith("unmapped:"), _QUOTES.index(quote) if quote in _QUOTES else 9

    return names_of(assets, sources, known.values(), sorted(assets, key=rank), at)


def _covers(info: SeriesInfo, at: Instant) -> bool:
    """Whether the series has a candle at *at* that is not stale."""
    width = info.interval.ms
    return any(part.first + width <= at < part.last + 3 * width for part in info.segments)
