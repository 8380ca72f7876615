"""Prices that lie close together, as zones."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from core.market import Floats


def clusters(prices: Floats, weights: Floats, width: float) -> list[list[int]]:
    """Groups *prices* into stretches no wider than *width*, the heaviest stretch first.

    Each group is the heaviest stretch of what the groups before it left; of equal ones the lowest. No two
    groups overlap.

    Args:
        prices: n prices in any order.
        weights: n weights, each above 0.
        width: The most that two prices of one group may lie apart; at least 0.

    Returns:
        Indices into *prices* by group; each index once.

    >>> clusters(np.array([1.0, 5.0, 1.2, 1.4]), np.ones(4), 0.3)
    [[0, 2], [3], [1]]
    """
    left = np.argsort(prices, kind="stable")
    groups: list[list[int]] = []
    while len(left):
        ordered = prices[left]
        ends = np.searchsorted(ordered, ordered + width, side="right")
        running = np.concatenate(([0.0], np.cumsum(weights[left])))
        start = int(np.argmax(running[ends] - running[: len(left)]))
        stop = int(ends[start])
        groups.append(left[start:stop].tolist())
        left = np.delete(left, slice(start, stop))
    return groups


def bounds(groups: list[tuple[float, float]], margin: float) -> list[tuple[float, float]]:
    """Widens each (lowest, highest) by *margin* to either side, but never past half-way to its neighbour.

    >>> bounds([(1.0, 2.0), (2.5, 3.0)], 0.5)
    [(0.5, 2.25), (2.25, 3.5)]
    """
    order = sorted(range(len(groups)), key=lambda index: groups[index])
    widened = [(low - margin, high + margin) for low, high in groups]
    for below, above in pairwise(order):
        half_way = (groups[below][1] + groups[above][0]) / 2
        widened[below] = (widened[below][0], min(widened[below][1], half_way))
        widened[above] = (max(widened[above][0], half_way), widened[above][1])
    return widened
