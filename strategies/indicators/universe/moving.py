"""Means and memories: what smooths a column."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

import numpy as np

from core.market import Floats
from strategies.indicators.universe.kinds import recursive, window
from strategies.indicators.universe.node import Node

Move = Callable[[Floats, Sequence[Floats]], Floats]


def _mean(values: Floats) -> Floats:
    found: Floats = values.sum(axis=0) / len(values)
    return found


def _oldest(values: Floats) -> Floats:
    found: Floats = values[0]
    return found


def _rising(values: Floats) -> Floats:
    weights = np.arange(1.0, len(values) + 1.0)
    return weighed(weights / weights.sum(), values)


def weighed(weights: Floats, values: Floats) -> Floats:
    """Sum over time of *weights* x *values*, oldest first: to the last bit the same however rows are portioned.

    A matrix product would be added in another order for one row than for many.
    """
    found = weights[0] * values[0]
    for weight, row in zip(weights[1:], values[1:], strict=True):
        found += weight * row
    return np.asarray(found)


def sma(of: Node, length: int) -> Node:
    """Plain mean of the newest *length* values."""
    return window(_mean, length, of)


def wma(of: Node, length: int) -> Node:
    """Mean with weights 1 .. *length*, the newest the heaviest."""
    return window(_rising, length, of)


def hma(of: Node, length: int) -> Node:
    """A. Hull's mean (2005): wma(2 x wma(length / 2) - wma(length), root of length)."""
    return wma(2.0 * wma(of, length // 2) - wma(of, length), int(length**0.5))


def delay(of: Node, rows: int) -> Node:
    """The value of *rows* rows ago."""
    return window(_oldest, rows + 1, of)


def ema(of: Node, length: int, silent: int | None = None) -> Node:
    """Weight 2 / (*length* + 1) on the newest value, begun at the first; silent for *silent* more rows.

    Silent for *length* - 1 rows unless told otherwise.
    """
    silent = length - 1 if silent is None else silent
    return recursive(_exponential(2.0 / (length + 1.0), silent), 3, silent, of)


def rma(of: Node, length: int) -> Node:
    """Wilder's smoothing: the mean of the first *length* values, then weight 1 / *length* on each newer one."""
    return recursive(_wilder(length), 3, length - 1, of)


def held(of: Node) -> Node:
    """The newest value that was there; bars on which there was none keep it."""
    return recursive(_hold, 1, 0, of)


def sum_over_its_ema(of: Node, length: int, silent: int) -> Node:
    """The running sum of *of* less the sum's own EMA; the sum itself, whose digits run out, is never made."""
    return recursive(_ahead(2.0 / (length + 1.0)), 1, silent, of)


def adaptive(of: Node, efficiency: Node) -> Node:
    """P. Kaufman's mean (1995): the weight moves between spans of 30 and 2 with the *efficiency*, squared."""
    return recursive(_kaufman, 1, 0, of, efficiency)


@cache
def _exponential(weight: float, silent: int) -> Move:
    def move(state: Floats, rows: Sequence[Floats]) -> Floats:
        (value,) = rows
        mean, count = state[1], state[2]
        begins = np.isnan(mean)
        mean = np.where(begins, value, mean + weight * (value - mean))
        count = np.where(begins, 0.0, count) + 1.0
        moved = np.empty_like(state)
        moved[0], moved[1], moved[2] = np.where(count > silent, mean, np.nan), mean, count
        return moved

    return move


@cache
def _wilder(length: int) -> Move:
    def move(state: Floats, rows: Sequence[Floats]) -> Floats:
        (value,) = rows
        begun = ~np.isnan(state[2])
        mean, count = np.where(begun, state[1], 0.0), np.where(begun, state[2], 0.0) + 1.0
        # until it is full, the slot of the mean holds the sum
        mean = np.where(count > length, mean + (value - mean) / length, mean + value)
        mean = np.where(count == length, mean / length, mean)
        count = np.where(np.isnan(mean), np.nan, count)
        moved = np.empty_like(state)
        moved[0], moved[1], moved[2] = np.where(count >= length, mean, np.nan), mean, count
        return moved

    return move


def _hold(state: Floats, rows: Sequence[Floats]) -> Floats:
    found: Floats = np.where(np.isnan(rows[0]), state, rows[0][None])
    return found


@cache
def _ahead(weight: float) -> Move:
    def move(state: Floats, rows: Sequence[Floats]) -> Floats:
        further = (1.0 - weight) * (state + rows[0])
        # the mean begins at the first sum; a value that is missing is taken up by no mean
        return np.where(np.isnan(rows[0]), np.nan, np.where(np.isnan(state), 0.0, further))

    return move


def _kaufman(state: Floats, rows: Sequence[Floats]) -> Floats:
    value, efficiency = rows
    slow, fast = 2.0 / 31.0, 2.0 / 3.0
    weight = (efficiency * (fast - slow) + slow) ** 2
    return np.where(np.isnan(state), value, state + weight * (value - state))
