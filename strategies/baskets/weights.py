"""Weights of a basket's members: numbers from 0 to 1 that sum to at most 1; the rest is cash."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from math import fsum, isfinite


class Scheme(StrEnum):
    """What a member's weight follows."""

    EQUAL = "equal"
    CAPPED = "capped"
    INVERSE_VOLATILITY = "inverse_volatility"
    GRADE = "grade"


def shares(sizes: Sequence[float]) -> list[float]:
    """Each of *sizes* as a part of their sum.

    Raises:
        ValueError: a size that is not finite and above 0.
    """
    if any(not (isfinite(size) and size > 0) for size in sizes):
        raise ValueError(f"a share is of sizes above 0, not of {list(sizes)}")
    whole = fsum(sizes)
    return [size / whole for size in sizes]


def capped(weights: Sequence[float], cap: float) -> list[float]:
    """*weights* with none above *cap*; what is cut off goes to the others in proportion, and so on.

    Their order stays. Where all of them reach the cap the sum falls below that of *weights*: the cap is
    kept and the rest is cash.

    >>> capped([0.6, 0.3, 0.1], 0.5), capped([0.6, 0.4], 0.3)
    ([0.5, 0.375, 0.125], [0.3, 0.3])
    """
    if not weights or max(weights) <= cap:
        return list(weights)
    whole = fsum(weights)
    order = sorted(range(len(weights)), key=lambda index: -weights[index])
    found = [cap] * len(weights)
    for taken in range(len(order)):
        rest = order[taken:]
        scale = max(whole - cap * taken, 0.0) / fsum(weights[index] for index in rest)
        if weights[rest[0]] * scale <= cap:
            for index in rest:
                found[index] = weights[index] * scale
            break
    return found
