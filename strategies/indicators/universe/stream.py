"""Works a graph one new row at a time."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from core.market import Floats
from strategies.indicators.universe.evaluate import Graph
from strategies.indicators.universe.frame import Frame, Row
from strategies.indicators.universe.node import Node


class Stream:
    """The newest value of every indicator for *width* assets.

    What a new row costs does not grow with how many came before: a memory moves on (O(1)), a window is worked
    again over the rows it spans (bounded by its length; 365 at most in the registry).
    """

    def __init__(self, wanted: Mapping[str, Node], width: int) -> None:
        self._wanted = dict(wanted)
        self._graph = Graph(list(self._wanted.values()), width)
        self._nothing = np.full(width, np.nan)

    def follow(self, past: Frame) -> None:
        """Takes all rows of *past* at once, as if each had been pushed: how a stream begins after a restart."""
        if len(past):
            self._graph.advance(past.columns, past.age)

    def push(self, row: Row) -> dict[str, Floats]:
        """Takes the next moment and answers with one value an asset by indicator; NaN where there is none."""
        made = self._graph.advance(
            {name: values[None] for name, values in row.columns.items()}, row.age[None]
        )
        return {
            name: np.where(np.isfinite(made[node][0]), made[node][0], np.nan)
            if node in made
            else self._nothing
            for name, node in self._wanted.items()
        }
