"""Adds up what inputs say: parts, coverage, the grade, and each input's points."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from core.market import Floats
from strategies.grades.formula import Formula, Input
from strategies.grades.universe_view import Flags

BASE = 50.0
LEAST_COVERAGE = 0.5
OWN_SHARE = 0.75


@dataclass(frozen=True, slots=True, eq=False)
class Grades:
    """Grades of N assets on T days: 0 to 100, NaN where there is none.

    *coverage*: T x N, 0 to 1. *parts*: each part's T x N, NaN where fewer than half of its inputs (by weight) have
    a value. *covered*: each part's own coverage.
    """

    value: Floats
    coverage: Floats
    parts: Mapping[str, Floats]
    covered: Mapping[str, Floats]

    def since(self, row: int) -> Grades:
        """The days from number *row* on."""
        parts = {name: part[row:] for name, part in self.parts.items()}
        covered = {name: part[row:] for name, part in self.covered.items()}
        return Grades(self.value[row:], self.coverage[row:], parts, covered)


class Sums:
    """Running sums over inputs of k days x N assets, added in the order of the formula: the order sets last bits."""

    def __init__(self, formula: Formula, shape: tuple[int, ...]) -> None:
        self._formula = formula
        self._shape = shape
        self._up = {name: np.zeros(shape) for name in formula.parts}
        self._down = {name: np.zeros(shape) for name in formula.parts}
        self._present = {name: np.zeros(shape) for name in formula.parts}
        self._whole = dict.fromkeys(formula.parts, 0.0)
        self._pulls: list[Floats] = []
        self.there: list[Flags] = []

    def add(self, one: Input, values: Floats, own: Floats, places: Floats, ramp: Floats) -> None:
        """Adds input *one*: its own places weigh 0.75, those in the universe *ramp*."""
        there = ~np.isnan(values)
        pull = one.sign * one.weight * (OWN_SHARE * (own - BASE) + ramp * (places - BASE))
        pull[~there] = 0.0
        self._up[one.part] += pull
        self._down[one.part] += np.where(there, one.weight * (OWN_SHARE + ramp), 0.0)
        self._present[one.part] += np.where(there, one.weight, 0.0)
        self._whole[one.part] += one.weight
        self._pulls.append(pull[-1].copy())
        self.there.append(there[-1].copy())

    def finish(self) -> tuple[Grades, Floats]:
        """The grades, and every input's points on the last day (I x N)."""
        parts, covered = {}, {}
        total, coverage, told = np.zeros(self._shape), np.zeros(self._shape), np.zeros(self._shape)
        for name, share in self._formula.parts.items():
            # by what has a value, not by coverage: that moves with the universe, and a part must not go with it
            enough = self._present[name] >= LEAST_COVERAGE * self._whole[name]
            down = np.where(enough, self._down[name], 1.0)
            parts[name] = np.where(enough, BASE + self._up[name] / down, np.nan)
            covered[name] = self._down[name] / self._whole[name]
            total += np.where(enough, share * parts[name], 0.0)
            told += np.where(enough, share, 0.0)
            coverage += share * covered[name]
        given = (coverage >= LEAST_COVERAGE) & (told > 0.0)
        value = np.where(given, total / np.where(given, told, 1.0), np.nan)
        return Grades(value, coverage, parts, covered), self._points(parts, told[-1])

    def _points(self, parts: Mapping[str, Floats], told: Floats) -> Floats:
        points = []
        for one, pull in zip(self._formula.inputs, self._pulls, strict=True):
            heard = ~np.isnan(parts[one.part][-1])
            down = np.where(heard, self._down[one.part][-1] * told, 1.0)
            points.append(np.where(heard, self._formula.parts[one.part] * pull / down, 0.0))
        return np.array(points)


def joined(formula: Formula, portions: Iterable[Grades], width: int) -> Grades:
    """The days of *portions*, one after the other."""
    found = list(portions)

    def stacked(pick: list[Floats]) -> Floats:
        return np.concatenate(pick) if pick else np.empty((0, width))

    return Grades(
        stacked([one.value for one in found]),
        stacked([one.coverage for one in found]),
        {name: stacked([one.parts[name] for one in found]) for name in formula.parts},
        {name: stacked([one.covered[name] for one in found]) for name in formula.parts},
    )
