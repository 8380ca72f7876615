"""The newest grades of a few assets of a long frame, for less than all of them cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from core.market import Floats, Instants
from strategies.grades.formula import Formula
from strategies.grades.grading import Detail, Grades, Grading, day_numbers
from strategies.grades.universe_view import Flags
from strategies.indicators.universe.frame import Frame

_PORTION = 64
_FEW = 16


def newest_grades(
    formula: Formula, frame: Frame, compared: Flags, asked: Sequence[int], since: int, unshown: Flags
) -> tuple[Grades, Detail]:
    """What `Grading` says of the assets at the places *asked* on the rows from *since* on, to the last bit.

    Who shows no candle there is left out: nobody is ranked beside it. The others' values before *since* are
    worked only as far as later ones rest on them; those of who is asked for are all worked, as its own past.
    """
    told: Flags = np.asarray((frame.age[since:] > 0).any(axis=0))
    told[list(asked)] = True
    kept = np.flatnonzero(told)
    places = np.searchsorted(kept, np.asarray(asked)).tolist()
    days = day_numbers(frame)
    # of a few all is worked at once: twice over the days costs more than a column
    are_few = len(kept) <= _FEW
    grading = Grading(formula, len(kept), compared[kept], asked=places, since=0 if are_few else since)
    alone = None if are_few else Grading(formula, len(places))
    for start in range(0, since, _PORTION):
        rows = slice(start, min(start + _PORTION, since))
        if alone is None:
            of_asked = grading.measure(*_cut(frame, unshown, rows, kept)).of(places)
        else:
            of_asked = alone.measure(*_cut(frame, unshown, rows, np.asarray(asked)))
            columns, age, _ = _cut(frame, unshown, rows, kept)
            grading.run_up(columns, age)
        grading.remember(of_asked, days[rows])
    columns, age, hidden = _cut(frame, unshown, slice(since, None), kept)
    grades = grading.advance(columns, age, days[since:], hidden)
    if grading.newest is None:
        raise ValueError("no day was taken in")
    measured = {name: _spread(row, kept, len(told)) for name, row in grading.newest.measured.items()}
    return grades, replace(grading.newest, measured=measured)


def _cut(
    frame: Frame, unshown: Flags, rows: slice, kept: Instants
) -> tuple[dict[str, Floats], Instants, Flags]:
    columns = {name: matrix[rows][:, kept] for name, matrix in frame.columns.items()}
    return columns, frame.age[rows][:, kept], unshown[rows][:, kept]


def _spread(row: Floats, kept: Instants, width: int) -> Floats:
    found = np.full(width, np.nan)
    found[kept] = row
    return found
