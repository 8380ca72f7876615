"""Swing highs and lows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.market import Bars, Floats


@dataclass(frozen=True, slots=True)
class Pivot:
    """One price at which the market turned. *index*: its bar. *basis*: ``swing`` or ``extreme``."""

    index: int
    price: float
    basis: str


def pivots(bars: Bars, reach: int) -> tuple[Pivot, ...]:
    """The prices at which *bars* turned, oldest first, as they are known at the newest bar's close.

    A swing high is a high above those of the *reach* bars before it and not below those of the *reach* bars
    after it, all of which are known; a swing low likewise. The highest high and the lowest low of all bars
    also count (``extreme``) with a single bar on either side: price has turned there.

    Args:
        bars: One unbroken segment, oldest first.
        reach: Bars on either side that a swing must stand out from; at least 1.

    Raises:
        ValueError: *reach* is below 1.

    Source: B. Williams' fractal (1995) with *reach* 2.
    """
    if reach < 1:
        raise ValueError(f"a swing needs at least 1 bar on either side, was {reach}")
    found: set[Pivot] = set()
    for sign, prices in ((1.0, bars.high), (-1.0, bars.low)):
        heights = sign * prices
        swings = _swings(heights, reach)
        found.update(Pivot(index, float(prices[index]), "swing") for index in swings)
        top = int(np.argmax(heights)) if len(bars) else 0
        if 0 < top < len(bars) - 1 and top not in swings:
            found.add(Pivot(top, float(prices[top]), "extreme"))
    return tuple(sorted(found, key=lambda pivot: (pivot.index, pivot.price)))


def _swings(heights: Floats, reach: int) -> list[int]:
    """Where *heights* stand above *reach* neighbours before them and not below as many after."""
    middle = len(heights) - 2 * reach
    if middle < 1:
        return []
    top = heights[reach : reach + middle]
    stands = np.ones(middle, dtype=bool)
    for step in range(1, reach + 1):
        stands &= top > heights[reach - step : reach - step + middle]
        stands &= top >= heights[reach + step : reach + step + middle]
    return (np.flatnonzero(stands) + reach).tolist()
