"""Small formulas and plain arithmetic that the tests of grades share."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.market import Floats
from strategies.grades.formula import Formula, Input
from strategies.grades.grading import Grades, Grading, day_numbers, joined
from strategies.indicators.universe.frame import BENCHMARK, Frame

SMALL = Formula(
    "trader",
    "small.1",
    {"technical": 0.8, "quant": 0.2},
    (
        Input("return_7", "technical", 1, 0.25, 0.0, 1.0, in_ranges=True),
        Input("roc_10", "technical", 1, 0.25, 0.0, 1.0, in_ranges=True),
        Input("minus_di_14", "technical", -1, 0.25, 25.0, 5.0),
        Input("excess_return_30", "technical", 1, 0.25, 0.0, 2.0, in_ranges=True),
        Input("win_rate_30", "quant", 1, 0.6, 0.5, 0.05),
        Input("gain_to_pain_30", "quant", 1, 0.4, 0.0, 0.2),
    ),
)


def portioned(frame: Frame, formula: Formula, cuts: list[int], compared: Floats | None = None) -> Grades:
    """The grades of *frame* from portions that end at *cuts*."""
    grading, days = Grading(formula, len(frame.assets), compared), day_numbers(frame)
    told, start = [], 0
    for stop in sorted({*cuts, len(frame)}):
        if stop > start:
            columns = {name: matrix[start:stop] for name, matrix in frame.columns.items()}
            told.append(grading.advance(columns, frame.age[start:stop], days[start:stop]))
            start = stop
    return joined(formula, told, len(frame.assets))


def row_by_row(frame: Frame, formula: Formula) -> Grades:
    """The grades of *frame*, each day pushed alone."""
    grading, days = Grading(formula, len(frame.assets)), day_numbers(frame)
    told = [grading.push(frame.row(index), int(days[index])) for index in range(len(frame))]
    return joined(formula, told, len(frame.assets))


def without(frame: Frame, asset: int) -> Frame:
    """*frame* as it is where the asset at place *asset* is not compared at all; the benchmark stays beside it."""
    return chosen(frame, [place for place in range(len(frame.assets)) if place != asset])


def chosen(frame: Frame, places: list[int]) -> Frame:
    """The assets at *places* alone."""
    columns = {name: matrix[:, places] for name, matrix in frame.columns.items()}
    assets = tuple(frame.assets[place] for place in places)
    return Frame(assets, frame.interval, frame.opened_at, columns, frame.age[:, places])


def listed(frame: Frame, first: Floats, last: Floats) -> Frame:
    """*frame* with asset n showing candles on rows first[n] .. last[n] - 1 only."""
    rows = np.arange(len(frame))[:, None]
    there = (rows >= first) & (rows < last)
    columns = {name: matrix for name, matrix in frame.columns.items() if name == BENCHMARK}
    columns |= {
        name: np.where(there, matrix, np.nan) for name, matrix in frame.columns.items() if name != BENCHMARK
    }
    return replace(frame, columns=columns, age=np.where(there, np.minimum(frame.age, rows - first + 1), 0))


def assert_same(one: Grades, other: Grades) -> None:
    """To the last bit."""
    np.testing.assert_array_equal(one.value, other.value)
    np.testing.assert_array_equal(one.coverage, other.coverage)
    for name in one.parts:
        np.testing.assert_array_equal(one.parts[name], other.parts[name])
        np.testing.assert_array_equal(one.covered[name], other.covered[name])
