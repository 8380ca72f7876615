"""One step of a formula: what it takes, how far back it looks, how it is worked."""

from __future__ import annotations

import operator
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from core.market import Floats
from strategies.indicators.universe.frame import OWN, Ages

Step = Callable[[Sequence[Floats], Ages], Floats]
Function = Callable[..., Floats]


@dataclass(frozen=True, eq=False)
class Node:
    """A T x N matrix in the making; nodes are told apart by identity, so that what is shared is worked once.

    *inputs*: what it is made of. *warm_up*: rows of an unbroken stretch that its first value needs; a value is
    NaN at every younger age. *of_candles*: whether candles are among its sources; else ages do not bind it.
    """

    inputs: tuple[Node, ...]
    warm_up: int
    of_candles: bool

    def __add__(self, other: Node | float) -> Node:
        return _arithmetic(operator.add, self, other)

    def __sub__(self, other: Node | float) -> Node:
        return _arithmetic(operator.sub, self, other)

    def __mul__(self, other: Node | float) -> Node:
        return _arithmetic(operator.mul, self, other)

    def __truediv__(self, other: Node | float) -> Node:
        return _arithmetic(operator.truediv, self, other)

    def __rmul__(self, other: float) -> Node:
        return _arithmetic(operator.mul, self, other)

    def __neg__(self) -> Node:
        return pointwise(operator.neg, self)


@dataclass(frozen=True, eq=False)
class Source(Node):
    """A column of the frame, by its name."""

    name: str


@dataclass(frozen=True, eq=False)
class Worked(Node, ABC):
    """A node that is worked from its inputs, many rows at a time or one by one."""

    @abstractmethod
    def begin(self, width: int, /) -> Step:
        """A fresh state for *width* assets.

        It is called with the inputs' next rows (k x *width* each, oldest first) and their ages, and answers
        with its own k rows. How the rows are portioned changes nothing.
        """


@dataclass(frozen=True, eq=False)
class Pointwise(Worked):
    """A function of the inputs' values at the same moment, or across the universe (the last axis)."""

    function: Function

    def begin(self, _width: int, /) -> Step:
        """Keeps nothing."""
        return lambda rows, _age: self.function(*rows)


_sources: dict[str, Source] = {}


def source(name: str) -> Source:
    """The one node that reads the column *name*."""
    return _sources.setdefault(name, Source((), 1, name in OWN, name))


def ordered(wanted: Sequence[Node]) -> list[Node]:
    """*wanted* and all they are made of, each once and after its inputs."""
    order: list[Node] = []
    seen: set[Node] = set()

    def visit(node: Node) -> None:
        if node not in seen:
            seen.add(node)
            for one in node.inputs:
                visit(one)
            order.append(node)

    for node in wanted:
        visit(node)
    return order


def sources_of(node: Node) -> frozenset[str]:
    """Names of the columns that *node* rests on."""
    return frozenset(one.name for one in ordered([node]) if isinstance(one, Source))


@cache
def pointwise(function: Function, *inputs: Node) -> Node:
    """*function* of *inputs* at each moment: on values alone, or along the last axis (the universe)."""
    candles = any(one.of_candles for one in inputs)
    return Pointwise(inputs, max(one.warm_up for one in inputs), candles, function)


@cache
def _with_constant(function: Function, constant: float) -> Function:
    return lambda values: function(values, constant)


def _arithmetic(function: Function, one: Node, other: Node | float) -> Node:
    if isinstance(other, Node):
        return pointwise(function, one, other)
    return pointwise(_with_constant(function, float(other)), one)
