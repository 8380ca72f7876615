"""The place of a value among its own past."""

from __future__ import annotations

import numpy as np

from core.market import Floats
from strategies.grades.formula import Input
from strategies.indicators.universe.frame import Ages

PSEUDO = 20.0
EVERY = 5
SAMPLES = 73


def reference(one: Input, values: Floats) -> Floats:
    """The declared distribution's share below *values*: 0 to 1, NaN stays."""
    scaled = (values - one.centre) / one.spread
    # beyond 500 deviations the share is 0 or 1 to the last bit, and exp would overflow
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(scaled, -500.0, 500.0))))


class OwnView:
    """The samples of every input and asset: one each fifth day, of the last 365 rows of an unbroken stretch."""

    def __init__(self, inputs: tuple[Input, ...], width: int) -> None:
        self._inputs = inputs
        self._samples = np.full((len(inputs), SAMPLES, width), np.nan)
        self._known = np.zeros((len(inputs), width))
        self._age = np.zeros(width, dtype=np.int64)

    def places(self, values: Floats, age: Ages, days: Ages) -> Floats:
        """Takes the next k days (I x k x N) and answers with each value's place, 0 to 100, NaN where it is none."""
        torn = age != np.concatenate((self._age[None], age[:-1])) + 1
        self._age = age[-1].copy()
        answer = np.empty(values.shape)
        start, count = 0, len(days)
        while start < count:
            self._forget(torn[start])
            stop = start + 1
            # the samples are the same until a fifth day is over or a stretch that has samples ends
            while stop < count and days[stop - 1] % EVERY and not self._loses(torn[stop]):
                stop += 1
            self._place(values[:, start:stop], answer[:, start:stop])
            if days[stop - 1] % EVERY == 0:
                self._keep(values[:, stop - 1], int(days[stop - 1]) // EVERY % SAMPLES)
            start = stop
        return answer

    def _loses(self, torn: np.ndarray) -> bool:
        return bool((torn & self._known.any(axis=0)).any())

    def _forget(self, torn: np.ndarray) -> None:
        if self._loses(torn):
            self._samples[:, :, torn] = np.nan
            self._known[:, torn] = 0.0

    def _keep(self, values: Floats, slot: int) -> None:
        self._samples[:, slot] = values
        self._known = np.isfinite(self._samples).sum(axis=1).astype(np.float64)

    def _place(self, values: Floats, answer: Floats) -> None:
        for one, samples, known, now, out in zip(
            self._inputs, self._samples, self._known, values, answer, strict=True
        ):
            past = samples[:, None]
            below = (past < now).view(np.uint8).sum(axis=0, dtype=np.uint8)
            up_to = (past <= now).view(np.uint8).sum(axis=0, dtype=np.uint8)
            counted = (below.astype(np.float64) + up_to) / 2.0
            out[:] = 100.0 * (PSEUDO * reference(one, now) + counted) / (PSEUDO + known)
