"""Comparisons that rounding cannot turn."""

from __future__ import annotations

NOISE = 1e-12
"""Fraction of the price below which a difference is rounding, not market.

Two means of 4,000 floats each are off by less than this together, and means over 20 and 50 prices of
nine digits that differ at all differ by more. So the answer is the same whatever the order of adding, and a tie stays a tie.
"""


def above(value: float, level: float, price: float) -> bool:
    """Whether *value* is above *level* by more than the rounding of numbers as large as *price*.

    >>> above(0.1 + 0.2, 0.3, price=0.3), above(0.3001, 0.3, price=0.3)
    (False, True)
    """
    return value - level > NOISE * price
