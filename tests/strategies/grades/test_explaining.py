"""A grade is told as a sum; where there is none, why."""

from __future__ import annotations

from math import fsum

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from core.grades import Band, Grade, Lead
from core.instant import instant
from strategies.grades.divergence import divergence
from strategies.grades.formula import Formula
from strategies.grades.grading import Grading, day_numbers
from strategies.grades.investor import INVESTOR
from strategies.grades.reasons import why_null
from strategies.grades.trader import TRADER
from strategies.indicators.universe.frame import Frame
from tests.strategies.indicators.universe.frames import any_frames, walks


def graded(frame: Frame, formula: Formula) -> Grading:
    grading = Grading(formula, len(frame.assets))
    grading.advance(frame.columns, frame.age, day_numbers(frame))
    return grading


def assert_sums(grading: Grading, assets: int) -> int:
    told = 0
    newest = grading.newest
    assert newest is not None
    for asset in range(assets):
        found = grading.explain(asset)
        assert (found is None) == bool(np.isnan(newest.value[asset]))
        if found is not None:
            told += 1
            assert abs(found.base + fsum(one.points for one in found.contributions) - found.value) < 1e-9
            assert len({one.indicator for one in found.contributions}) == len(found.contributions)
            assert all(np.isfinite([one.input, one.points]).all() for one in found.contributions)
    return told


@settings(max_examples=15)
@given(frame=any_frames())
def test_contributions_sum_to_the_grade_in_any_universe(frame: Frame) -> None:
    for formula in (TRADER, INVESTOR):
        if len(frame):
            assert_sums(graded(frame, formula), len(frame.assets))


def test_every_input_of_a_full_grade_has_its_say() -> None:
    frame = walks(400, 21, facts=True)
    for formula in (TRADER, INVESTOR):
        grading = graded(frame, formula)
        assert assert_sums(grading, 21) == 21
        found = grading.explain(5)
        assert found is not None
        assert [one.indicator for one in found.contributions] == [one.indicator for one in formula.inputs]
        assert {one.part for one in found.contributions} == set(formula.parts)


def test_more_of_what_is_better_adds_points_and_more_of_what_is_worse_takes_them() -> None:
    frame = walks(400, 21)
    grading = graded(frame, TRADER)
    signs = {one.indicator: one.sign for one in TRADER.inputs}
    for name in ("return_30", "minus_di_14"):
        place = [one.indicator for one in TRADER.inputs].index(name)
        assert grading.newest is not None
        raw, points = grading.newest.raw[place], grading.newest.points[place]
        assert np.corrcoef(raw, points)[0, 1] * signs[name] > 0.7


def test_before_the_first_day_there_is_nothing_to_tell() -> None:
    grading = Grading(TRADER, 3)
    assert (grading.newest, grading.explain(0)) == (None, None)


def test_a_null_grade_says_what_lacks() -> None:
    grading = graded(walks(10, 4), TRADER)
    newest = grading.newest
    assert newest is not None
    covered = {name: float(values[0]) for name, values in newest.covered.items()}
    told = why_null(TRADER, float(newest.coverage[0]), covered, 10)
    assert told == (
        "coverage 0.00 of the 0.50 that a trader grade needs (quant 0.00, technical 0.01); "
        "10 days of candles in a row"
    )
    assert why_null(TRADER, 0.0, {}, 0) == "no_data: it shows no candle on this day"
    assert why_null(TRADER, 0.0, {}, 80) == "undefined: the price has not moved in 14 days"


@given(trader=st.floats(0, 100) | st.none(), investor=st.floats(0, 100) | st.none())
def test_two_grades_lean_apart_from_ten_points_on(trader: float | None, investor: float | None) -> None:
    found = divergence(trader, investor)
    if trader is None or investor is None:
        assert (found.direction, found.size) == (Lead.UNKNOWN, None)
    else:
        assert found.size == abs(trader - investor)
        assert (found.direction is Lead.NONE) == (found.size < 10.0)
        if found.direction is not Lead.NONE:
            assert (found.direction is Lead.TRADER) == (trader > investor)


def test_the_five_bands_are_fifths_and_a_border_belongs_to_the_better() -> None:
    now = instant("2025-01-01")
    bands = [
        Grade("a", value, None, 1.0, now, now, "v").band
        for value in (None, 0.0, 19.9, 20.0, 40.0, 60.0, 80.0, 100.0)
    ]
    assert bands == [
        None, Band.VERY_WEAK, Band.VERY_WEAK, Band.WEAK, Band.STEADY, Band.STRONG, Band.VERY_STRONG, Band.VERY_STRONG,
    ]  # fmt: skip
