"""The grades of one formula over one market, whole or as its days come."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

import numpy as np

from core.grades import Contribution, Explanation
from core.instant import DAY
from core.market import Floats, Instants
from strategies.grades.formula import Formula
from strategies.grades.grading import BASE, Detail, Grades, Grading, day_numbers, joined
from strategies.grades.newest import newest_grades
from strategies.grades.signals import Codes, signals, signals_from_within
from strategies.grades.universe_view import Flags
from strategies.indicators.universe.frame import BARS_A_YEAR, BENCHMARK, CANDLES, Ages, Frame, Row
from tools.desk.grading.reading import Reading, age_after, laid_out, unshown
from tools.desk.grading.universe import Universe

_PORTION = 64
_NEWEST = 64

Known = Callable[[Collection[str], Collection[str], Instants], Mapping[str, Floats]]
"""Symbols, metrics and closes -> facts: closes x symbols by metric; what nobody has is absent."""


class Seen:
    """What a formula says of each asset on each day: T x N; *detail* is of the newest day. Nothing changes it.

    *is_whole*: whether its first day is the frame's; else there are more, which were not asked for.
    """

    def __init__(
        self,
        formula: Formula,
        grades: Grades,
        codes: Codes,
        age: Ages,
        detail: Detail,
        *,
        is_whole: bool = True,
    ) -> None:
        self.formula = formula
        self.grades = grades
        self.codes = codes
        self.age = age
        self.detail = detail
        self.is_whole = is_whole

    def reaches(self, rows: int) -> bool:
        """Whether the newest *rows* days are among these, as far as there are so many."""
        return self.is_whole or rows <= len(self.age)

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


class GradeStream:
    """Goes on from the reading it was asked for last, where the next is that one and a day more.

    Else it begins anew: after a hole, a correction or a jump, and where frames begin on a later day. Either way
    the same reading gives the same grades to the last bit.
    """

    def __init__(self, formula: Formula, known: Known) -> None:
        self.formula = formula
        self._metrics = formula.metrics
        self._known = known
        self._at: tuple[Reading, Universe] | None = None
        self._grading = Grading(formula, 0)
        self._age: Ages = np.zeros(0, dtype=np.int64)
        self._bars_a_year = 0.0
        self._facts: frozenset[str] = frozenset()
        self._seen: Seen | None = None
        self._part: Reading | None = None

    def part(self, reading: Reading, universe: Universe, asked: Sequence[int], rows: int) -> Seen | None:
        """The same grades of those at the places *asked* alone, a column each, of the newest *rows* days at least.

        `None` where all are soon worked anyway. That is so where days before were worked, which this one may follow, or where it is asked of a second reading.
        """
        if self._seen is not None or self._part not in (None, reading):
            return None
        self._part = reading
        frame = self.frame(reading, universe)
        newest = self._newest_of(reading, universe, frame, asked, rows)
        if newest is not None:
            return newest
        grading = self._grading_of(frame, universe, asked)
        grades, age = self._worked(grading, reading, frame, len(asked))
        return _told(grading, grades, signals(grades.value), age[:, list(asked)])

    def at(self, reading: Reading, universe: Universe) -> Seen:
        """The grades of *reading*, in which somebody shows a candle."""
        if self._seen is not None and self._at == (reading, universe):
            return self._seen
        seen = self._pushed(reading, universe) or self._begun(reading, universe)
        self._at, self._seen = (reading, universe), seen
        return seen

    def frame(self, reading: Reading, universe: Universe) -> Frame:
        """The candles and facts that the grades of *reading* are worked from."""
        frame = laid_out(reading, universe.benchmark)
        return frame.with_facts(self._known(frame.assets, self._metrics, frame.opened_at + DAY))

    def _begun(self, reading: Reading, universe: Universe) -> Seen:
        frame = self.frame(reading, universe)
        self._facts = self._metrics & frame.columns.keys()
        self._bars_a_year = float(frame.columns[BARS_A_YEAR][0, 0])
        self._grading = self._grading_of(frame, universe)
        self._age = frame.age[-1]
        grades, age = self._worked(self._grading, reading, frame, len(frame.assets))
        return _told(self._grading, grades, signals(grades.value), age)

    def _newest_of(
        self, reading: Reading, universe: Universe, frame: Frame, asked: Sequence[int], rows: int
    ) -> Seen | None:
        """What is asked for, from the newest days alone; `None` where those do not tell it."""
        since = len(frame) - _NEWEST
        if since <= 0 or rows > _NEWEST:
            return None
        hidden = unshown(reading, frame)
        grades, detail = newest_grades(self.formula, frame, _compared(frame, universe), asked, since, hidden)
        codes, certain = signals_from_within(grades.value)
        if len(codes) - certain < rows:
            return None
        age = np.where(hidden, 0, frame.age)[since + certain :, list(asked)]
        return Seen(self.formula, grades.since(certain), codes[certain:], age, detail, is_whole=False)

    def _grading_of(self, frame: Frame, universe: Universe, asked: Sequence[int] | None = None) -> Grading:
        flags = _compared(frame, universe)
        return Grading(self.formula, len(flags), flags, asked=asked)

    def _worked(self, grading: Grading, reading: Reading, frame: Frame, width: int) -> tuple[Grades, Ages]:
        hidden, days, portions = unshown(reading, frame), day_numbers(frame), []
        for start in range(0, len(frame), _PORTION):
            rows = slice(start, start + _PORTION)
            cut = {name: matrix[rows] for name, matrix in frame.columns.items()}
            portions.append(grading.advance(cut, frame.age[rows], days[rows], hidden[rows]))
        return joined(self.formula, portions, width), np.where(hidden, 0, frame.age)

    def _pushed(self, reading: Reading, universe: Universe) -> Seen | None:
        """The same, by taking in one more day; `None` where it is not the old ones and one more."""
        if self._seen is None or self._at is None or reading.closed_at is None:
            return None
        day = reading.closed_at // DAY - 1
        before, then = self._at
        if universe != then or not reading.follows(before):
            return None
        closes = np.array([reading.closed_at], dtype=np.int64)
        facts = self._known(tuple(reading.series), self._metrics, closes)
        if facts.keys() != self._facts:
            return None
        series = list(reading.series.values())
        ages = zip(self._age.tolist(), series, strict=True)
        age = np.array([age_after(before, one, reading.closed_at) for before, one in ages], dtype=np.int64)
        columns = {name: np.array([getattr(one.bars, name)[-1] for one in series]) for name in CANDLES}
        for column in columns.values():
            column[age == 0] = np.nan
        columns[BARS_A_YEAR] = np.full(len(series), self._bars_a_year)
        if universe.benchmark is not None and universe.benchmark in reading.series:
            close = columns["close"][list(reading.series).index(universe.benchmark)]
            columns[BENCHMARK] = np.full(len(series), close)
        columns |= {name: matrix[0] for name, matrix in facts.items()}
        new = self._grading.push(Row(columns, age), day)
        self._age = age
        return _told(
            self._grading,
            joined(self.formula, [self._seen.grades, new], len(age)),
            np.concatenate((self._seen.codes, signals(new.value, self._seen.codes[-1]))),
            np.concatenate((self._seen.age, age[None])),
        )


def _compared(frame: Frame, universe: Universe) -> Flags:
    return np.array([symbol in universe.compared for symbol in frame.assets], dtype=bool)


def _told(grading: Grading, grades: Grades, codes: Codes, age: Ages) -> Seen:
    if grading.newest is None:
        raise ValueError("no day was taken in")
    return Seen(grading.formula, grades, codes, age, grading.newest)
