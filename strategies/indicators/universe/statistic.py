"""What a window says of a column: extremes, spread, shape, slope, likeness."""

from __future__ import annotations

from functools import cache

import numpy as np

from core.market import Floats
from strategies.indicators.universe.kinds import window
from strategies.indicators.universe.moving import weighed
from strategies.indicators.universe.node import Function, Node


def _total(values: Floats) -> Floats:
    found: Floats = values.sum(axis=0)
    return found


def _highest(values: Floats) -> Floats:
    found: Floats = values.max(axis=0)
    return found


def _lowest(values: Floats) -> Floats:
    found: Floats = values.min(axis=0)
    return found


def _since_highest(values: Floats) -> Floats:
    newest = np.argmax(values[::-1], axis=0).astype(np.float64)
    return np.where(np.isnan(values.max(axis=0)), np.nan, newest)


def _since_lowest(values: Floats) -> Floats:
    return _since_highest(-values)


def _mean_product(one: Floats, other: Floats) -> Floats:
    """Mean over time of a product; in one pass, where multiplying and then adding takes three."""
    found: Floats = np.einsum("tij,tij->ij", one, other) / len(one)
    return found


def _apart(values: Floats) -> Floats:
    found: Floats = values - values.sum(axis=0) / len(values)
    return found


@cache
def _moment(order: int) -> Function:
    def central(values: Floats) -> Floats:
        apart = _apart(values)
        squares = apart if order == 2 else apart * apart
        return _mean_product(squares, squares if order == 4 else apart)

    return central


def _spread(values: Floats) -> Floats:
    apart = _apart(values)
    return np.sqrt(_mean_product(apart, apart))


def _mean_spread(values: Floats) -> Floats:
    found: Floats = np.abs(_apart(values)).sum(axis=0) / len(values)
    return found


def _covariance(one: Floats, other: Floats) -> Floats:
    return _mean_product(_apart(one), _apart(other))


def _slope(values: Floats) -> Floats:
    steps = np.arange(len(values)) - (len(values) - 1) / 2.0
    found: Floats = weighed(steps / (steps @ steps), values)
    return found


def _slope_of_sum(values: Floats) -> Floats:
    steps = np.arange(len(values)) - (len(values) - 1) / 2.0
    # a value moves every sum from its own on
    weights = np.cumsum(steps[::-1])[::-1] / (steps @ steps)
    found: Floats = weighed(weights, values)
    return found


def _drawdown(values: Floats) -> Floats:
    found: Floats = (values / np.maximum.accumulate(values, axis=0) - 1.0).min(axis=0)
    return found


def _falls(values: Floats) -> Floats:
    peaks = np.maximum.accumulate(values, axis=0)
    found: Floats = np.sqrt(((values / peaks - 1.0) ** 2).sum(axis=0) / len(values))
    return found


def _below_newest(values: Floats) -> Floats:
    share = np.count_nonzero(values[:-1] < values[-1], axis=0) / (len(values) - 1.0)
    return np.where(np.isnan(values.sum(axis=0)), np.nan, share)


@cache
def _ordered(rank: int, mean: bool) -> Function:  # noqa: FBT001 - of this file only
    def pick(values: Floats) -> Floats:
        parted = np.partition(values, rank, axis=0)
        found = parted[: rank + 1].sum(axis=0) / (rank + 1.0) if mean else parted[rank]
        return np.where(np.isnan(values.sum(axis=0)), np.nan, found)

    return pick


def total(of: Node, length: int) -> Node:
    """Sum of the newest *length* values."""
    return window(_total, length, of)


def highest(of: Node, length: int) -> Node:
    """Greatest of the newest *length* values."""
    return window(_highest, length, of)


def lowest(of: Node, length: int) -> Node:
    """Least of the newest *length* values."""
    return window(_lowest, length, of)


def since_highest(of: Node, length: int) -> Node:
    """Rows since the greatest of *length* values, the newest of equal ones; 0 is now."""
    return window(_since_highest, length, of)


def since_lowest(of: Node, length: int) -> Node:
    """Rows since the least of *length* values, the newest of equal ones; 0 is now."""
    return window(_since_lowest, length, of)


def deviation(of: Node, length: int, ddof: int = 0) -> Node:
    """Standard deviation of *length* values, worked in two passes."""
    return window(_spread, length, of) * float((length / (length - ddof)) ** 0.5)


def mean_deviation(of: Node, length: int) -> Node:
    """Mean distance of *length* values from their mean."""
    return window(_mean_spread, length, of)


def moment(of: Node, length: int, order: int) -> Node:
    """Central moment of *order* (2, 3 or 4) of *length* values."""
    return window(_moment(order), length, of)


def covariance(one: Node, other: Node, length: int) -> Node:
    """Population covariance of *length* pairs."""
    return window(_covariance, length, one, other)


def slope(of: Node, length: int) -> Node:
    """Least-squares slope of *length* values, a row."""
    return window(_slope, length, of)


def slope_of_sum(of: Node, length: int) -> Node:
    """Least-squares slope of the running sum of *length* values, a row."""
    return window(_slope_of_sum, length, of)


def drawdown(of: Node, length: int) -> Node:
    """Deepest fall from a peak among *length* values, a fraction of it: 0 or below."""
    return window(_drawdown, length, of)


def root_mean_fall(of: Node, length: int) -> Node:
    """Root of the mean squared fall from the highest value so far in the window of *length*."""
    return window(_falls, length, of)


def share_below(of: Node, length: int) -> Node:
    """Share of the *length* - 1 values before the newest that lie below it."""
    return window(_below_newest, length, of)


def worst(of: Node, length: int, rank: int) -> Node:
    """Number *rank* (0 is the least) of *length* values in order."""
    return window(_ordered(rank, False), length, of)


def mean_of_worst(of: Node, length: int, rank: int) -> Node:
    """Mean of the *rank* + 1 least of *length* values."""
    return window(_ordered(rank, True), length, of)
