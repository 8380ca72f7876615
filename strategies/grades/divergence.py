"""How far the two grades of an asset are apart."""

from __future__ import annotations

from core.grades import Divergence, Lead

LEAST_APART = 10.0


def divergence(trader: float | None, investor: float | None) -> Divergence:
    """Which grade is above by at least 10 points (ours); nothing is said where one of them is not known.

    >>> divergence(70.0, 55.0).direction.value, divergence(50.0, 55.0).direction.value
    ('trader_above', 'none')
    """
    if trader is None or investor is None:
        return Divergence(Lead.UNKNOWN, None)
    size = abs(trader - investor)
    if size < LEAST_APART:
        return Divergence(Lead.NONE, size)
    return Divergence(Lead.TRADER if trader > investor else Lead.INVESTOR, size)
