"""How much of a stated confidence is believed."""

from __future__ import annotations

RESOLVED_BEFORE_TRUST = 200


def used_confidence(confidence: float, resolved: int) -> float:
    """The confidence to reckon with: half-way to 0.5 until 200 decisions are resolved.

    From then on the caller states what its map, learned on earlier decisions, makes of it.

    >>> used_confidence(1.0, 0), used_confidence(0.6, 200)
    (0.75, 0.6)
    """
    return confidence if resolved >= RESOLVED_BEFORE_TRUST else 0.5 + (confidence - 0.5) / 2
