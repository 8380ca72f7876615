"""The all-time high of a series, and how far below it the newest value stands."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from core.money import ONE, divide, subtract
from core.observation import Observation


def peak(observations: Sequence[Observation]) -> Observation | None:
    """The largest value, the first of equals; `None` of nothing."""
    return max(observations, key=lambda one: (one.value, -one.as_of), default=None)


def below_peak(observations: Sequence[Observation]) -> Decimal | None:
    """How far the newest value is below the all-time high, as a fraction; `None` of nothing or where that is 0."""
    highest = peak(observations)
    if highest is None or highest.value <= 0:
        return None
    newest = max(observations, key=lambda one: one.as_of)
    return subtract(ONE, divide(newest.value, highest.value))
