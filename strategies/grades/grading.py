"""Works a formula over a universe, whole or as days come."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from core.grades import Contribution, Explanation
from core.instant import DAY
from core.market import Floats
from strategies.grades.formula import RANGE, Formula
from strategies.grades.own_view import OwnView
from strategies.grades.universe_view import Flags, universe_places, universe_weight
from strategies.indicators.universe.evaluate import Graph
from strategies.indicators.universe.frame import Ages, Frame, Row
from strategies.indicators.universe.registry import REGISTRY

BASE = 50.0
LEAST_COVERAGE = 0.5
OWN_SHARE = 0.75
_PORTION = 64


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


@dataclass(frozen=True, slots=True, eq=False)
class Detail:
    """The newest day in full. *raw*, *points*: I x N, the inputs' values and what each adds to 50; NaN, 0 for none.

    *measured*: every measured indicator's newest row by name.
    """

    raw: Floats
    points: Floats
    value: Floats
    coverage: Floats
    parts: Mapping[str, Floats]
    covered: Mapping[str, Floats]
    measured: Mapping[str, Floats]


class Grading:
    """The grades of *width* assets as their days come; how the days are portioned changes nothing.

    *compared*: the assets that are each other's universe (all unless told). *also*: more indicators to measure.
    """

    def __init__(
        self, formula: Formula, width: int, compared: Flags | None = None, also: Iterable[str] = ()
    ) -> None:
        self.formula = formula
        self._compared = np.ones(width, dtype=bool) if compared is None else np.asarray(compared, dtype=bool)
        self._names = tuple(dict.fromkeys([*formula.names, *also]))
        self._graph = Graph([REGISTRY[name].node for name in self._names], width)
        self._own = OwnView(formula.inputs, width)
        self._newest: Detail | None = None

    @property
    def newest(self) -> Detail | None:
        """The newest day in full; nothing before the first."""
        return self._newest

    def push(self, row: Row, day: int) -> Grades:
        """Takes the next day (*day*: days since 1970)."""
        columns = {name: values[None] for name, values in row.columns.items()}
        return self.advance(columns, row.age[None], np.array([day], dtype=np.int64))

    def advance(self, columns: Mapping[str, Floats], age: Ages, days: Ages) -> Grades:
        """Takes the next k days (k x N each, oldest first; *days*: k numbers of days since 1970)."""
        made = self._graph.advance(columns, age)
        measured = {}
        for name in self._names:
            found = made.get(REGISTRY[name].node)
            measured[name] = (
                np.full(age.shape, np.nan) if found is None else np.where(np.isfinite(found), found, np.nan)
            )
        return self._graded(measured, age, days)

    def explain(self, asset: int) -> Explanation | None:
        """The newest grade of the asset at place *asset* as a sum; nothing where it has none."""
        found = self._newest
        if found is None or np.isnan(found.value[asset]):
            return None
        told = tuple(
            Contribution(one.indicator, one.part, one.family, float(raw), float(points))
            for one, raw, points in zip(
                self.formula.inputs, found.raw[:, asset], found.points[:, asset], strict=True
            )
            if not (np.isnan(raw) or np.isnan(found.parts[one.part][asset]))
        )
        return Explanation(float(found.value[asset]), BASE, told)

    def _graded(self, measured: Mapping[str, Floats], age: Ages, days: Ages) -> Grades:
        inputs, shape = self.formula.inputs, age.shape
        values = np.empty((len(inputs), *shape))
        with np.errstate(divide="ignore", invalid="ignore"):
            ranges = measured[RANGE] / 100.0
            for one, out in zip(inputs, values, strict=True):
                raw = measured[one.indicator]
                out[:] = raw / (ranges * one.of_one) if one.in_ranges else raw
        # no candle: nothing is said; a price that does not move at all: whatever a formula makes of it is noise
        silent = (age == 0) | (ranges == 0.0)
        values[:, silent] = np.nan
        values[~np.isfinite(values)] = np.nan
        own = self._own.places(values, age, days)
        places, count = universe_places(values, self._compared)
        showing = ((age > 0) & self._compared).sum(axis=-1).astype(np.float64)
        weight = universe_weight(count, showing)
        there = ~np.isnan(values)
        # sum w (view - 50), and sum w, of each part
        pulls, heard = [], []
        for index, one in enumerate(inputs):
            ramp = weight[index][:, None]
            pull = OWN_SHARE * (own[index] - BASE) + ramp * (places[index] - BASE)
            pulls.append(np.where(there[index], one.sign * one.weight * pull, 0.0))
            heard.append(np.where(there[index], one.weight * (OWN_SHARE + ramp), 0.0))
        return self._combined(measured, values, there, pulls, heard)

    def _combined(
        self,
        measured: Mapping[str, Floats],
        values: Floats,
        there: Flags,
        pulls: list[Floats],
        heard: list[Floats],
    ) -> Grades:
        shape = values.shape[1:]
        parts, covered, denominators = {}, {}, {}
        total, coverage, told = np.zeros(shape), np.zeros(shape), np.zeros(shape)
        for name, share in self.formula.parts.items():
            up, down, present, whole = np.zeros(shape), np.zeros(shape), np.zeros(shape), 0.0
            for index, one in enumerate(self.formula.inputs):
                if one.part == name:
                    up += pulls[index]
                    down += heard[index]
                    present += np.where(there[index], one.weight, 0.0)
                    whole += one.weight
            enough = present >= LEAST_COVERAGE * whole
            part = np.where(enough, BASE + up / np.where(enough, down, 1.0), np.nan)
            parts[name], covered[name], denominators[name] = part, down / whole, down
            total += np.where(enough, share * part, 0.0)
            told += np.where(enough, share, 0.0)
            coverage += share * covered[name]
        given = (coverage >= LEAST_COVERAGE) & (told > 0.0)
        value = np.where(given, total / np.where(given, told, 1.0), np.nan)
        grades = Grades(value, coverage, parts, covered)
        self._remember(measured, there, pulls, denominators, told, grades)
        return grades

    def _remember(
        self,
        measured: Mapping[str, Floats],
        there: Flags,
        pulls: list[Floats],
        denominators: Mapping[str, Floats],
        told: Floats,
        grades: Grades,
    ) -> None:
        inputs = self.formula.inputs
        raw = np.array([measured[one.indicator][-1] for one in inputs])
        raw[~there[:, -1]] = np.nan
        points = np.zeros(raw.shape)
        for index, one in enumerate(inputs):
            spoken = ~np.isnan(grades.parts[one.part][-1]) & (told[-1] > 0.0)
            down = np.where(spoken, denominators[one.part][-1] * told[-1], 1.0)
            share = self.formula.parts[one.part]
            points[index] = np.where(spoken, share * pulls[index][-1] / down, 0.0)
        self._newest = Detail(
            raw,
            points,
            grades.value[-1],
            grades.coverage[-1],
            {name: part[-1] for name, part in grades.parts.items()},
            {name: part[-1] for name, part in grades.covered.items()},
            {name: rows[-1] for name, rows in measured.items()},
        )


def day_numbers(frame: Frame) -> Ages:
    """Days since 1970 of *frame*'s rows.

    Raises:
        ValueError: its rows are not days.
    """
    if frame.interval.ms != DAY:
        raise ValueError(f"grades are of days, not of {frame.interval}")
    return np.asarray(frame.opened_at // DAY, dtype=np.int64)


def grade_frame(frame: Frame, formula: Formula, compared: Flags | None = None) -> Grades:
    """The grades of all of *frame*'s days, T x N.

    Raises:
        ValueError: its rows are not days.
    """
    days = day_numbers(frame)
    grading = Grading(formula, len(frame.assets), compared)
    portions = []
    for start in range(0, len(frame), _PORTION):
        rows = slice(start, start + _PORTION)
        cut = {name: matrix[rows] for name, matrix in frame.columns.items()}
        portions.append(grading.advance(cut, frame.age[rows], days[rows]))
    return joined(formula, portions, len(frame.assets))


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
