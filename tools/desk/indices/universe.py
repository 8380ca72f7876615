"""Who may be a constituent: one symbol an asset, what it is bought for, and why some never may."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from core.assets import AssetRef
from core.instant import Instant
from tools.ask import AskContext
from tools.desk.grading.universe import universe_of


@dataclass(frozen=True, slots=True)
class Listed:
    """One asset under its one symbol. *never*: why it may not be a constituent at any time."""

    asset: str
    symbol: str
    narratives: tuple[str, ...] = ()
    never: str | None = None


def listed(
    symbols: Sequence[str],
    refs: Mapping[str, AssetRef],
    at: Instant,
    *,
    simulated: bool,
    narratives: Callable[[str], Iterable[str]] | None = None,
) -> tuple[Listed, ...]:
    """The assets behind *symbols* (*refs* by symbol), ordered by symbol; of an asset's pairs the first that is compared.

    *narratives*: what an asset id is bought for, where that is known better than by its reference.
    """
    parts = universe_of(symbols, refs, at, simulated=simulated)
    found: dict[str, Listed] = {}
    for symbol in sorted(symbols, key=lambda one: (one not in parts.compared, one)):
        ref = refs.get(symbol)
        asset = symbol if ref is None else ref.id
        if asset in found:
            continue
        never = parts.refused.get(symbol)
        if never is None and ref is not None and ref.kind.derived:
            never = f"{ref.kind.value}: a claim on {ref.underlying or 'another asset'}"
        told = () if narratives is None else tuple(narratives(asset))
        found[asset] = Listed(asset, symbol, told or (() if ref is None else ref.narratives), never)
    return tuple(sorted(found.values(), key=lambda one: one.symbol))


def listed_in(context: AskContext) -> tuple[Listed, ...]:
    """The assets of the market that *context* asks of."""
    registry = context.registry
    return listed(
        context.market.symbols,
        context.assets,
        context.now,
        simulated=context.market.simulated,
        narratives=None if registry is None else registry.narratives,
    )
