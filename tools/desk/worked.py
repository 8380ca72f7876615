"""The grades of one formula over one market, as far as its days have been taken in."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from core.grades import Contribution, Explanation
from core.market import Floats
from strategies.grades.formula import Formula
from strategies.grades.grading import BASE, Detail, Grades, Grading, day_numbers, joined
from strategies.grades.signals import Codes, signals
from strategies.indicators.universe.frame import Ages, Frame, Row

_PORTION = 64


class Worked:
    """Takes a frame whole, then day by day; after either the same rows are the same to the last bit."""

    def __init__(self, formula: Formula, frame: Frame, compared: Collection[str]) -> None:
        flags = np.array([asset in compared for asset in frame.assets], dtype=bool)
        self.formula = formula
        self._grading = Grading(formula, len(frame.assets), flags)
        days, portions = day_numbers(frame), []
        for start in range(0, len(frame), _PORTION):
            rows = slice(start, start + _PORTION)
            cut = {name: matrix[rows] for name, matrix in frame.columns.items()}
            portions.append(self._grading.advance(cut, frame.age[rows], days[rows]))
        self._grades = joined(formula, portions, len(frame.assets))
        self._codes = signals(self._grades.value)
        self._age = frame.age

    def push(self, row: Row, day: int) -> None:
        """Takes in the next day."""
        new = self._grading.push(row, day)
        self._grades = joined(self.formula, [self._grades, new], len(row.age))
        self._codes = np.concatenate((self._codes, signals(new.value, self._codes[-1])))
        self._age = np.concatenate((self._age, row.age[None]))

    def seen(self) -> Seen:
        """All of it as it stands now."""
        newest = self._grading.newest
        if newest is None:
            raise ValueError("no day was taken in")
        return Seen(self.formula, self._grades, self._codes, self._age, newest)


class Seen:
    """What a formula says of each asset on each day: T x N; *detail* is of the newest day. Nothing changes it."""

    def __init__(self, formula: Formula, grades: Grades, codes: Codes, age: Ages, detail: Detail) -> None:
        self.formula = formula
        self.grades = grades
        self.codes = codes
        self.age = age
        self.detail = detail

    def measured(self, indicator: str) -> Floats | None:
        """The newest row of *indicator*, where the formula measures it."""
        return self.detail.measured.get(indicator)

    def explain(self, column: int) -> Explanation | None:
        """The newest grade of the asset in *column* as a sum; nothing where it has none."""
        value = float(self.detail.value[column])
        if np.isnan(value):
            return None
        told = tuple(
            Contribution(one.indicator, one.part, one.family, float(raw), float(points))
            for one, raw, points in zip(
                self.formula.inputs, self.detail.raw[:, column], self.detail.points[:, column], strict=True
            )
            if not np.isnan(raw)
        )
        return Explanation(value, BASE, told)
