"""Works a graph over a frame, a portion of rows after the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from core.market import Floats
from strategies.indicators.universe.frame import Ages, Frame
from strategies.indicators.universe.kinds import Recursive, Window
from strategies.indicators.universe.node import Node, Source, Step, Worked, ordered

_PORTION = 64
_UNBOUND = 1 << 40


class Graph:
    """The state of a graph between portions of rows of *width* assets.

    *since*: the first row that is told. Of rows before it only what later ones rest on is worked; answers there are of no meaning, and
    may be absent.
    """

    def __init__(self, wanted: Sequence[Node], width: int, since: int = 0) -> None:
        self._order = ordered(wanted)
        self._begins = _begins(self._order, wanted, since) if since else {}
        # numpy adds one column alone in pairs, and other pairs for other portions: it never works one alone
        self._alone = width == 1
        self._width = 2 if self._alone else width
        self._steps: dict[Node, Step] = {}
        self._seen = 0

    def advance(self, columns: Mapping[str, Floats], age: Ages) -> dict[Node, Floats]:
        """Takes the next k rows (k x N each) and answers with every node's; what rests on an absent column lacks."""
        if not self._alone:
            return self._advance(columns, age)
        twice = {name: np.repeat(matrix, 2, axis=1) for name, matrix in columns.items()}
        made = self._advance(twice, np.repeat(age, 2, axis=1))
        return {node: matrix[:, :1] for node, matrix in made.items()}

    def _advance(self, columns: Mapping[str, Floats], age: Ages) -> dict[Node, Floats]:
        unbound: Ages = np.arange(self._seen, self._seen + len(age), dtype=np.int64) + _UNBOUND
        free = np.broadcast_to(unbound[:, None], age.shape)
        self._seen += len(age)
        due = self._begins
        made: dict[Node, Floats] = {}
        with np.errstate(all="ignore"):
            for node in self._order:
                if due and self._seen <= due[node]:
                    continue
                if isinstance(node, Source):
                    if node.name in columns:
                        made[node] = columns[node.name]
                elif isinstance(node, Worked):
                    if any(one not in made for one in node.inputs):
                        # what it remembers would not be next to what may come
                        self._steps.pop(node, None)
                        continue
                    step = self._steps.get(node) or self._steps.setdefault(node, node.begin(self._width))
                    made[node] = step([made[one] for one in node.inputs], age if node.of_candles else free)
        return made


def _begins(order: Sequence[Node], wanted: Sequence[Node], since: int) -> dict[Node, int]:
    """From which row on each node is worked, so that the *wanted* ones are right from row *since* on."""
    needed = dict.fromkeys(wanted, since)
    begins: dict[Node, int] = {}
    for node in reversed(order):
        begins[node] = needed[node]
        if isinstance(node, Window):
            begins[node] -= node.length - 1
        elif isinstance(node, Recursive):
            # what it remembers goes back to where a stretch began
            begins[node] = 0
        for one in node.inputs:
            needed[one] = min(needed.get(one, since), begins[node])
    return begins


def whole(wanted: Sequence[Node], frame: Frame) -> list[Floats]:
    """The T x N matrix of each of *wanted*, NaN where there is no value; infinite ones count as none."""
    answers = [np.full(frame.age.shape, np.nan) for _ in wanted]
    graph = Graph(wanted, len(frame.assets))
    for start in range(0, len(frame), _PORTION):
        rows = slice(start, start + _PORTION)
        made = graph.advance({name: matrix[rows] for name, matrix in frame.columns.items()}, frame.age[rows])
        for node, answer in zip(wanted, answers, strict=True):
            if node in made:
                np.copyto(answer[rows], made[node], where=np.isfinite(made[node]))
    return answers
