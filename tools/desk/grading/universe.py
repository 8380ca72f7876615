"""Who is graded, who is compared with whom, and what all are measured against."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from core.assets import AssetKind, AssetRef
from core.instant import Instant
from strategies.grades.reasons import LEVERAGED, PEGGED
from tools.identity import built_in

BITCOIN = "bitcoin"
_LEVERS = ("UP", "DOWN", "BULL", "BEAR")
_MONEY = frozenset({"EUR", "AEUR", "EURI", "GBP", "AUD", "BRL", "TRY", "JPY", "CHF", "USD"})
_QUOTES = ("USDT", "USDC", "USD")


@dataclass(frozen=True, slots=True)
class Universe:
    """The parts that the symbols of a market play.

    *refused*: who gets no grade, and why. *compared*: whose values the others' are ranked among; one pair an
    asset, no claim on another asset. *benchmark*: whom relative strength is measured against.
    """

    refused: Mapping[str, str]
    compared: frozenset[str]
    benchmark: str | None


def universe_of(
    symbols: Collection[str], assets: Mapping[str, AssetRef], at: Instant, *, simulated: bool
) -> Universe:
    """The universe of *symbols*, whose *assets* are known by symbol.

    The benchmark is bitcoin; in a simulated market its first symbol; elsewhere nobody.
    """
    refused: dict[str, str] = {}
    chosen: dict[str, str] = {}
    bases = {symbol.partition("/")[0] for symbol in symbols}
    for symbol in sorted(symbols, key=_quote_rank):
        known = assets.get(symbol)
        base = symbol.partition("/")[0]
        kind = _kind(symbol, known, at, simulated=simulated)
        if kind is AssetKind.STABLE or base in _MONEY:
            refused[symbol] = PEGGED
        elif _is_leveraged(base, bases, known, at):
            refused[symbol] = LEVERAGED
        elif not kind.derived:
            chosen.setdefault(symbol if known is None else known.id, symbol)
    first = next(iter(symbols), None) if simulated else chosen.get(BITCOIN)
    return Universe(refused, frozenset(chosen.values()), None if first in refused else first)


def refs_of(assets: Mapping[str, str]) -> dict[str, AssetRef]:
    """Who stands behind each symbol as far as the built-in table knows, where only *assets*, their ids, are told."""
    known = built_in().assets
    return {symbol: known.get(asset) or _bare(asset, symbol) for symbol, asset in assets.items()}


def _bare(asset: str, symbol: str) -> AssetRef:
    base = symbol.partition("/")[0]
    return AssetRef(asset, base, base)


def _kind(symbol: str, known: AssetRef | None, at: Instant, *, simulated: bool) -> AssetKind:
    """The kind of an asset; of one that nobody mapped, what its ticker means."""
    if known is not None and (simulated or not known.id.startswith("unmapped:")):
        return known.kind
    meant = None if simulated else built_in().resolve(symbol.partition("/")[0], at)
    return meant.kind if isinstance(meant, AssetRef) else AssetKind.NATIVE


def _is_leveraged(base: str, bases: Collection[str], known: AssetRef | None, at: Instant) -> bool:
    """Whether *base* is ``<another base>UP`` and the like; an asset that the table knows is what it says."""
    if known is not None and not known.id.startswith("unmapped:") and known.id in built_in().assets:
        return False
    if _is_ticker(base, at):
        return False
    names = (base.removesuffix(lever) for lever in _LEVERS if base.endswith(lever))
    return any(name in bases or _is_ticker(name, at) for name in names)


def _is_ticker(name: str, at: Instant) -> bool:
    """Whether an asset goes by *name*; it need not trade in this market."""
    meant = built_in().resolve(name, at)
    return isinstance(meant, AssetRef) and meant.ticker == name


def _quote_rank(symbol: str) -> int:
    quote = symbol.partition("/")[2]
    return _QUOTES.index(quote) if quote in _QUOTES else len(_QUOTES)
