"""Works a formula over a universe, whole or as days come."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from core.grades import Contribution, Explanation
from core.instant import DAY
from core.market import Floats
from strategies.grades.formula import RANGE, Formula, Input
from strategies.grades.own_view import Past, own_places
from strategies.grades.sums import BASE, Grades, Sums, joined
from strategies.grades.universe_view import Flags, universe_places, universe_weight
from strategies.indicators.universe.candles import HIGH, LOW
from strategies.indicators.universe.elementary import LEAST_UNIVERSE
from strategies.indicators.universe.evaluate import Graph
from strategies.indicators.universe.frame import BENCHMARK, Ages, Frame, Row
from strategies.indicators.universe.registry import REGISTRY
from strategies.indicators.universe.statistic import highest, lowest

T = TypeVar("T", bound=np.generic)
STILL = highest(HIGH, 14) - lowest(LOW, 14)
_PORTION = 64

__all__ = ["BASE", "Detail", "Grades", "Grading", "Measured", "day_numbers", "grade_frame", "joined"]


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


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """Days that wait to be graded: *indicators* by name and ages, k x N.

    *shown*: where an asset counts as one that shows a candle. *silent*: where nothing is said at all. *itself*: where
    nothing is said beside the benchmark.
    """

    indicators: Mapping[str, Floats]
    age: Ages
    shown: Flags
    silent: Flags
    itself: Flags

    def of(self, places: Sequence[int]) -> Measured:
        """The same days of the assets at *places*."""
        kept = list(places)
        indicators = {name: matrix[:, kept] for name, matrix in self.indicators.items()}
        flags = (flag[:, kept] for flag in (self.shown, self.silent, self.itself))
        return Measured(indicators, self.age[:, kept], *flags)


class Grading:
    """The grades of *width* assets as their days come; how the days are portioned changes nothing.

    *compared*: the assets that are each other's universe (all unless told). *also*: more indicators to measure.
    *asked*: the places of those that are graded, where it is not all; the others are only what they are ranked among.
    *since*: the first row that is told; the rows before it are for `run_up` and `remember`.
    """

    def __init__(
        self,
        formula: Formula,
        width: int,
        compared: Flags | None = None,
        also: Iterable[str] = (),
        asked: Sequence[int] | None = None,
        since: int = 0,
    ) -> None:
        self.formula = formula
        self._compared = np.ones(width, dtype=bool) if compared is None else np.asarray(compared, dtype=bool)
        self._names = tuple(dict.fromkeys([*formula.names, *also]))
        self._graph = Graph([*(REGISTRY[name].node for name in self._names), STILL], width, since)
        self._beside = frozenset(one.indicator for one in formula.inputs if one.beside_benchmark)
        self._asked = None if asked is None else np.array(asked, dtype=np.int64)
        self._past = Past(len(formula.inputs), width if asked is None else len(asked))
        self._newest: Detail | None = None

    @property
    def newest(self) -> Detail | None:
        """The newest day in full; nothing before the first."""
        return self._newest

    def push(self, row: Row, day: int) -> Grades:
        """Takes the next day (*day*: days since 1970)."""
        columns = {name: values[None] for name, values in row.columns.items()}
        return self.advance(columns, row.age[None], np.array([day], dtype=np.int64))

    def advance(
        self, columns: Mapping[str, Floats], age: Ages, days: Ages, unshown: Flags | None = None
    ) -> Grades:
        """Takes the next k days (k x N each, oldest first; *days*: k numbers of days since 1970).

        *unshown*: where an asset's candle was not believed on its day: nobody is ranked by it, and it has no grade.
        """
        return self.grade(self.measure(columns, age, unshown), days)

    def run_up(self, columns: Mapping[str, Floats], age: Ages) -> None:
        """Takes the next k days before *since*, as far as what is told rests on them."""
        self._graph.advance(columns, age)

    def remember(self, of_asked: Measured, days: Ages) -> None:
        """Takes the next k days of those that are graded, as their past: what `grade` does, untold."""
        runs = self._past.runs(of_asked.age, days)
        for lot, chosen in enumerate(self._past.lots):
            values = np.array([self._values(one, of_asked) for one in self.formula.inputs[chosen]])
            with np.errstate(over="ignore"):
                self._past.take(lot, values.astype(np.float32), runs)

    def measure(self, columns: Mapping[str, Floats], age: Ages, unshown: Flags | None = None) -> Measured:
        """The first half of `advance`: the next days' indicators. It may run ahead of `grade`, in another thread."""
        made = self._graph.advance(columns, age)
        told = {}
        for name in self._names:
            found = made.get(REGISTRY[name].node)
            told[name] = (
                np.full(age.shape, np.nan) if found is None else np.where(np.isfinite(found), found, np.nan)
            )
        itself = np.zeros(age.shape, dtype=bool)
        if BENCHMARK in columns:
            # the benchmark beside itself: a difference that is always 0 tells nothing
            itself = columns["close"] == columns[BENCHMARK]
        # nothing is said of an asset without a candle, or of a price that rests: what is left then is rounding
        shown = age > 0 if unshown is None else (age > 0) & ~unshown
        silent = ~shown | (made[STILL] == 0.0)
        return Measured(told, age, shown, silent, silent | itself)

    def grade(self, measured: Measured, days: Ages) -> Grades:
        """The second half of `advance`: the grades of days that were measured, in the order of the days."""
        age = self._of_asked(measured.age)
        inputs, sums = self.formula.inputs, Sums(self.formula, age.shape)
        showing = (measured.shown & self._compared).sum(axis=-1).astype(np.float64)
        runs = self._past.runs(age, days)
        is_alone = bool((showing < LEAST_UNIVERSE).all())
        for lot, chosen in enumerate(self._past.lots):
            values = np.array([self._values(one, measured) for one in inputs[chosen]], dtype=np.float64)
            with np.errstate(over="ignore"):
                singles = values.astype(np.float32)
            own_values = self._of_asked(values)
            below, known = self._past.counted(lot, self._of_asked(singles), runs)
            for index, one in enumerate(inputs[chosen]):
                own = own_places(one, own_values[index], below[index], known[index])
                if is_alone:
                    # too few to rank: that view weighs nothing
                    places, ramp = np.full(own.shape, BASE), np.zeros((len(own), 1))
                else:
                    ranked, count = universe_places(singles[index], self._compared)
                    places, ramp = self._of_asked(ranked), universe_weight(count, showing)[:, None]
                sums.add(one, own_values[index], own, places, ramp)
        return self._finish(sums, measured.indicators)

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

    def _of_asked(self, matrix: NDArray[T]) -> NDArray[T]:
        return matrix if self._asked is None else np.ascontiguousarray(matrix[..., self._asked])

    def _values(self, one: Input, measured: Measured) -> Floats:
        """The input as it is compared: in ranges if so declared, NaN where it says nothing."""
        values = measured.indicators[one.indicator]
        with np.errstate(divide="ignore", invalid="ignore"):
            ranges = measured.indicators[RANGE] / 100.0
            found = values / (ranges * one.of_one) if one.in_ranges else values
        mute = measured.itself if one.indicator in self._beside else measured.silent
        return np.where(mute | ~np.isfinite(found), np.nan, found)

    def _finish(self, sums: Sums, measured: Mapping[str, Floats]) -> Grades:
        grades, points = sums.finish()
        there = np.array(sums.there)
        raw = self._of_asked(np.array([measured[one.indicator][-1] for one in self.formula.inputs]))
        self._newest = Detail(
            np.where(there, raw, np.nan),
            points,
            grades.value[-1],
            grades.coverage[-1],
            {name: part[-1] for name, part in grades.parts.items()},
            {name: part[-1] for name, part in grades.covered.items()},
            {name: rows[-1] for name, rows in measured.items()},
        )
        return grades


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
