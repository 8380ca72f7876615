"""The plan: every step that a request comes to, and nothing that is there already. Asks nobody anything."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from tools.fetching import (
    candles,
    coingecko,
    comparing,
    daily,
    defillama,
    grades,
    headlines,
    listing,
    perpetuals,
)
from tools.fetching.step import Step
from tools.fetching.world import World

_MAKERS: Mapping[str, Callable[[World], Sequence[Step]]] = {
    "assets": listing.steps,
    "candles": candles.steps,
    "tvl": defillama.tvl,
    "fees": defillama.fees,
    "revenue": defillama.revenue,
    "volume": defillama.volume,
    "stablecoins": defillama.stablecoins,
    "onchain": daily.onchain,
    "fundamentals": coingecko.fundamentals,
    "funding": perpetuals.funding,
    "openinterest": perpetuals.open_interest,
    "sentiment": daily.sentiment,
    "news": headlines.news,
    "grades": grades.grades,
}


def plan(world: World) -> tuple[Step, ...]:
    """The steps of *world*'s request, in the order of what was asked."""
    steps = {what: _MAKERS[what](world) for what in world.asked.whats}
    after = comparing.step(steps.get("candles", ()))
    return (*(step for some in steps.values() for step in some), *after)


def duration_of(steps: Sequence[Step]) -> int:
    """Milliseconds that *steps* take at the least: every lane waits for itself."""
    lanes: dict[str, int] = {}
    for step in steps:
        if step.skipped is None:
            lanes[step.lane] = lanes.get(step.lane, 0) + step.calls * step.gap_ms
    return max(lanes.values(), default=0)
