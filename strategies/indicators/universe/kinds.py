"""The two kinds of step that look back: over a window, and with a memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from core.market import Floats
from strategies.indicators.universe.frame import Ages
from strategies.indicators.universe.node import Function, Node, Step, Worked

_CELLS = 1 << 16


@dataclass(frozen=True, eq=False)
class Window(Worked):
    """A kernel over the newest *length* rows of each input; its axis 0 is time, oldest first.

    For one more row it is a bounded recomputation: the same kernel on the *length* rows that are kept.
    """

    kernel: Function
    length: int

    def begin(self, width: int, /) -> Step:
        """Keeps the newest *length* - 1 rows of each input."""
        tails = [_Tail(self.length, width) for _ in self.inputs]
        portion = max(1, _CELLS // (self.length * max(width, 1)))

        def step(rows: Sequence[Floats], age: Ages) -> Floats:
            views = [tail.push(row) for tail, row in zip(tails, rows, strict=True)]
            answer = np.empty(age.shape)
            # a few windows at a time, so that what the kernel makes of them stays in the cache
            for start in range(0, len(age), portion):
                part = slice(start, start + portion)
                answer[part] = self.kernel(*(view[:, part] for view in views))
            answer[age < self.warm_up] = np.nan
            return answer

        return step


@dataclass(frozen=True, eq=False)
class Recursive(Worked):
    """A memory that each row moves on: O(1) a row.

    *move(state, rows)* answers with the new state: *slots* x N, all NaN at the start of a stretch, its value
    in slot 0.
    """

    move: Callable[[Floats, Sequence[Floats]], Floats]
    slots: int

    def begin(self, width: int, /) -> Step:
        """Keeps the state and the last ages."""
        state = np.full((self.slots, width), np.nan)
        last = np.zeros(width, dtype=np.int64)

        def step(rows: Sequence[Floats], age: Ages) -> Floats:
            nonlocal state, last
            answer = np.empty(age.shape)
            # age grows by one along a stretch; anything else is a hole, a new segment or a refused past
            broken = age != np.concatenate((last[None], age[:-1])) + 1
            torn = broken.any(axis=1).tolist()
            for index in range(len(age)):
                if torn[index]:
                    state = np.where(broken[index], np.nan, state)
                state = self.move(state, [row[index] for row in rows])
                answer[index] = state[0]
            last = age[-1]
            answer[age < self.warm_up] = np.nan
            return answer

        return step


class _Tail:
    """The newest rows of one input as overlapping windows."""

    def __init__(self, length: int, width: int) -> None:
        self._length = length
        self._rows = np.full((2 * length, width), np.nan)
        self._end = length - 1

    def push(self, more: Floats) -> Floats:
        """Takes k rows; answers with length x k x N: the windows that end at each of them."""
        count, kept = len(more), self._length - 1
        if self._end + count > len(self._rows):
            whole = np.full((max(2 * self._length, kept + count), more.shape[1]), np.nan)
            whole[:kept] = self._rows[self._end - kept : self._end]
            self._rows, self._end = whole, kept
        self._rows[self._end : self._end + count] = more
        self._end += count
        newest = self._rows[self._end - count - kept : self._end]
        down, across = newest.strides
        shape = (self._length, count, newest.shape[1])
        return np.lib.stride_tricks.as_strided(newest, shape, (down, down, across), writeable=False)


def _candles(inputs: Sequence[Node]) -> bool:
    return any(one.of_candles for one in inputs)


@cache
def window(kernel: Function, length: int, *inputs: Node) -> Node:
    """*kernel* over the newest *length* values of *inputs*."""
    warm_up = max(one.warm_up for one in inputs) + length - 1
    return Window(inputs, warm_up, _candles(inputs), kernel, length)


@cache
def recursive(
    move: Callable[[Floats, Sequence[Floats]], Floats], slots: int, more: int, *inputs: Node
) -> Node:
    """A memory of *slots* numbers, the first of them its value, silent for *more* rows after its inputs speak."""
    warm_up = max(one.warm_up for one in inputs) + more
    return Recursive(inputs, warm_up, _candles(inputs), move, slots)
