"""Elementary functions of nodes at one moment, and ranks across the universe."""

from __future__ import annotations

from functools import cache

import numpy as np

from core.market import Floats
from strategies.indicators.universe.node import Function, Node, pointwise

LEAST_UNIVERSE = 20


def logarithm(of: Node) -> Node:
    """Natural logarithm."""
    return pointwise(np.log, of)


def root(of: Node) -> Node:
    """Square root."""
    return pointwise(np.sqrt, of)


def power(of: Node, exponent: int) -> Node:
    """*of* to the *exponent*."""
    return pointwise(_power(exponent), of)


def tangent(of: Node) -> Node:
    """Hyperbolic tangent."""
    return pointwise(np.tanh, of)


def absolute(of: Node) -> Node:
    """Distance from 0."""
    return pointwise(np.abs, of)


def sign(of: Node) -> Node:
    """-1, 0 or 1."""
    return pointwise(np.sign, of)


def rise(of: Node) -> Node:
    """*of* where it is above 0, else 0."""
    return pointwise(_positive, of)


def greater(one: Node, other: Node) -> Node:
    """The greater of two."""
    return pointwise(np.maximum, one, other)


def lesser(one: Node, other: Node) -> Node:
    """The lesser of two."""
    return pointwise(np.minimum, one, other)


def above(one: Node, other: Node) -> Node:
    """1 where *one* is above *other*, else 0."""
    return pointwise(_above, one, other)


def where_moved(of: Node, moved: Node) -> Node:
    """*of*, unless *moved* is 0: then there is nothing to say, and what rounding left is not told."""
    return pointwise(_unless_still, of, moved)


def only(of: Node, flag: Node) -> Node:
    """*of* where *flag* is not 0, else nothing."""
    return pointwise(_unless_still, of, flag)


def zero_if_none(of: Node, where: Node) -> Node:
    """*of*; 0 where *where* is 0."""
    return pointwise(_zero, of, where)


def rank(of: Node) -> Node:
    """Share of the universe's other assets below, equals half, 0 to 1; nothing below 20 assets at the moment."""
    return pointwise(_rank, of)


def universe_mean(of: Node) -> Node:
    """Mean over the universe's assets that have a value; nothing below 20 of them."""
    return pointwise(_universe_mean, of)


def clipped(of: Node, low: float, high: float) -> Node:
    """*of*, held within *low* .. *high*."""
    return pointwise(_clip(low, high), of)


@cache
def _clip(low: float, high: float) -> Function:
    return lambda values: np.clip(values, low, high)


@cache
def _power(exponent: int) -> Function:
    return lambda values: values**exponent


def _positive(values: Floats) -> Floats:
    return np.maximum(values, 0.0)


def _above(one: Floats, other: Floats) -> Floats:
    return np.where(np.isnan(one) | np.isnan(other), np.nan, one > other)


def _unless_still(values: Floats, moved: Floats) -> Floats:
    return np.where((moved != 0.0) & ~np.isnan(moved), values, np.nan)


def _zero(values: Floats, where: Floats) -> Floats:
    return np.where(where == 0.0, 0.0, values)


def _rank(values: Floats) -> Floats:
    rows = values.reshape(-1, values.shape[-1])
    ranked = np.full(rows.shape, np.nan)
    for row, out in zip(rows, ranked, strict=True):
        there = ~np.isnan(row)
        count = int(there.sum())
        if count >= LEAST_UNIVERSE:
            ordered = np.sort(row[there])
            below = np.searchsorted(ordered, row[there], "left")
            up_to = np.searchsorted(ordered, row[there], "right")
            out[there] = (below + up_to - 1.0) / 2.0 / (count - 1.0)
    return ranked.reshape(values.shape)


def _universe_mean(values: Floats) -> Floats:
    there = ~np.isnan(values)
    count = there.sum(axis=-1, keepdims=True)
    mean = np.where(there, values, 0.0).sum(axis=-1, keepdims=True) / np.maximum(count, 1)
    return np.where(count >= LEAST_UNIVERSE, np.broadcast_to(mean, values.shape), np.nan)
