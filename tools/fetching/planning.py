"""The plan: every step that a request comes to, and nothing that is there already. Asks nobody anything."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from tools.fetching import candles
from tools.fetching.step import Step
from tools.fetching.world import World

_MAKERS: Mapping[str, Callable[[World], Sequence[Step]]] = {
    "candles": candles.steps,
}


def plan(world: World) -> tuple[Step, ...]:
    """The steps of *world*'s request, in the order of what was asked."""
    return tuple(step for what in world.asked.whats for step in _MAKERS[what](world))


def duration_of(steps: Sequence[Step]) -> int:
    """Milliseconds that *steps* take at the least: every lane waits for itself."""
    lanes: dict[str, int] = {}
    for step in steps:
        if step.skipped is None:
            lanes[step.lane] = lanes.get(step.lane, 0) + step.calls * step.gap_ms
    return max(lanes.values(), default=0)
