"""The place of a value among its own past."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.market import Floats
from strategies.grades.formula import Input
from strategies.grades.universe_view import Flags, Singles
from strategies.indicators.universe.frame import Ages

PSEUDO = 20.0
EVERY = 5
SAMPLES = 73
_TOGETHER = 8
_FAR = 500.0


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """Days *start* .. *stop* of a portion on which the samples are the same.

    *forget*: assets whose stretch ended just before. *slot*: where the last day's values are kept, if they are.
    """

    start: int
    stop: int
    forget: Flags
    slot: int | None


class Past:
    """The samples of every input and asset: one each fifth day, of the last 365 rows of an unbroken stretch.

    Inputs are held in lots of eight, so that what is worked together stays in the cache.
    """

    def __init__(self, count: int, width: int) -> None:
        self._lots = [slice(first, min(first + _TOGETHER, count)) for first in range(0, count, _TOGETHER)]
        shapes = [(lot.stop - lot.start, width) for lot in self._lots]
        self._samples = [np.full((SAMPLES, *shape), np.nan, dtype=np.float32) for shape in shapes]
        self._known = [np.zeros(shape) for shape in shapes]
        self._age = np.zeros(width, dtype=np.int64)
        self._sampled = np.zeros(width, dtype=bool)

    @property
    def lots(self) -> list[slice]:
        """Which inputs are worked together."""
        return self._lots

    def runs(self, age: Ages, days: Ages) -> list[Run]:
        """Cuts the next k days where samples change: after a fifth day, and where a stretch that has some ends."""
        torn = (age != np.concatenate((self._age[None], age[:-1])) + 1).tolist()
        broken = [any(row) for row in torn]
        self._age = age[-1].copy()
        found, start = [], 0
        while start < len(days):
            forget = np.array(torn[start]) & self._sampled
            self._sampled &= ~forget
            stop = start + 1
            while stop < len(days) and days[stop - 1] % EVERY:
                if broken[stop] and (np.array(torn[stop]) & self._sampled).any():
                    break
                stop += 1
            slot = int(days[stop - 1]) // EVERY % SAMPLES if days[stop - 1] % EVERY == 0 else None
            if slot is not None:
                self._sampled |= age[stop - 1] > 0
            found.append(Run(start, stop, forget, slot))
            start = stop
        return found

    def counted(self, lot: int, values: Singles, runs: list[Run]) -> tuple[Floats, Floats]:
        """Takes the next days' values of a lot (I x k x N).

        Returns:
            How many samples lie below each value, equal ones as half; and how many there are. Both I x k x N.
        """
        samples, known = self._samples[lot], self._known[lot]
        below, there = np.empty(values.shape), np.empty(values.shape)
        for run in runs:
            self._forget(lot, run)
            for index in range(run.start, run.stop):
                now = np.ascontiguousarray(values[:, index])
                below[:, index] = _share(samples, now)
                there[:, index] = known
            self._keep(lot, run, values)
        return below, there

    def take(self, lot: int, values: Singles, runs: list[Run]) -> None:
        """Takes the next days' values of a lot (I x k x N) where nobody asks for their places."""
        for run in runs:
            self._forget(lot, run)
            self._keep(lot, run, values)

    def _forget(self, lot: int, run: Run) -> None:
        if run.forget.any():
            self._samples[lot][:, :, run.forget] = np.nan
            self._known[lot][:, run.forget] = 0.0

    def _keep(self, lot: int, run: Run, values: Singles) -> None:
        if run.slot is None:
            return
        samples, known = self._samples[lot], self._known[lot]
        now = values[:, run.stop - 1]
        known += ~np.isnan(now)
        known -= ~np.isnan(samples[run.slot])
        samples[run.slot] = now


def _share(samples: Singles, now: Singles) -> NDArray[np.float64]:
    past, row = samples.reshape(SAMPLES, -1), now.reshape(1, -1)
    below = np.add.reduce((past < row).view(np.uint8), axis=0, dtype=np.uint8)
    up_to = np.add.reduce((past <= row).view(np.uint8), axis=0, dtype=np.uint8)
    return np.asarray((below.astype(np.float64) + up_to) / 2.0).reshape(now.shape)


def reference(one: Input, values: Floats) -> Floats:
    """The declared distribution's share below *values*: 0 to 1, NaN stays."""
    # beyond 500 spreads the share is 0 or 1 to the last bit, and exp would overflow
    scaled = np.clip((values - one.centre) / one.spread, -_FAR, _FAR)
    return np.asarray(1.0 / (1.0 + np.exp(-scaled)))


def own_places(one: Input, values: Floats, below: Floats, known: Floats) -> Floats:
    """Places 0 to 100: the samples counted, blended with 20 pseudo-values of the declared distribution."""
    return np.asarray(100.0 * (PSEUDO * reference(one, values) + below) / (PSEUDO + known))
