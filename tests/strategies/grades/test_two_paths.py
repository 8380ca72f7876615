"""Whole, row by row and in portions: the very same grades, and none that saw the future."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.instant import HOUR, Interval
from strategies.grades.alignment import frame_start
from strategies.grades.formula import Formula
from strategies.grades.grading import Grading, day_numbers, grade_frame
from strategies.grades.investor import INVESTOR
from strategies.grades.trader import TRADER
from strategies.indicators.universe.frame import Frame
from tests.strategies.grades.worlds import SMALL, assert_same, portioned, row_by_row
from tests.strategies.indicators.universe.frames import any_frames, walks

both = pytest.mark.parametrize("formula", [TRADER, INVESTOR], ids=["trader", "investor"])


@settings(max_examples=10)
@given(frame=any_frames(), data=st.data())
def test_how_any_days_are_portioned_changes_no_digit(frame: Frame, data: st.DataObject) -> None:
    cuts = data.draw(st.lists(st.integers(0, max(len(frame), 1)), max_size=6))
    assert_same(grade_frame(frame, SMALL), portioned(frame, SMALL, cuts))


@settings(max_examples=10)
@given(frame=any_frames())
def test_day_by_day_any_universe_is_graded_as_at_once(frame: Frame) -> None:
    assert_same(grade_frame(frame, SMALL), row_by_row(frame, SMALL))


@both
@pytest.mark.parametrize("assets", [1, 3, 21])
def test_so_it_is_of_every_input_once_all_have_warmed_up(formula: Formula, assets: int) -> None:
    frame = walks(380, assets, facts=True)
    whole = grade_frame(frame, formula)
    grading, days = Grading(formula, assets), day_numbers(frame)
    past = frame.until(370)
    grading.advance(past.columns, past.age, days[:370])
    for index in range(370, 380):
        told = grading.push(frame.row(index), int(days[index]))
        np.testing.assert_array_equal(told.value[0], whole.value[index])
        np.testing.assert_array_equal(told.coverage[0], whole.coverage[index])
    assert np.isfinite(whole.value[-1]).all()


@settings(max_examples=10)
@given(frame=any_frames(), share=st.floats(0, 1), seed=st.integers(0, 99))
def test_garbage_after_a_day_changes_no_digit_of_it(frame: Frame, share: float, seed: int) -> None:
    count = int(share * len(frame))
    rng = np.random.default_rng(seed)
    columns = {name: np.array(matrix) for name, matrix in frame.columns.items()}
    for matrix in columns.values():
        matrix[count:] = np.exp(rng.normal(size=matrix[count:].shape) * 9.0)
    age = np.array(frame.age)
    age[count:] = rng.integers(0, 99, size=age[count:].shape)
    early = grade_frame(frame.until(count), SMALL)
    late = grade_frame(replace(frame, columns=columns, age=age), SMALL)
    np.testing.assert_array_equal(early.value, late.value[:count])
    np.testing.assert_array_equal(early.coverage, late.coverage[:count])


@both
def test_a_later_end_changes_no_digit_of_a_real_grade(formula: Formula) -> None:
    frame = walks(300, 22, facts=True)
    np.testing.assert_array_equal(
        grade_frame(frame.until(250), formula).value, grade_frame(frame, formula).value[:250]
    )


@given(day=st.integers(1000, 40000))
def test_a_frame_begins_where_those_of_the_days_around_it_begin(day: int) -> None:
    start = frame_start(day)
    assert 768 <= day - start < 768 + 128
    assert start % 128 == 0
    assert frame_start(day + 1) in {start, start + 128}


def test_a_stretch_begins_with_no_past_of_its_own() -> None:
    frame = walks(300, 1)
    age = frame.age.copy()
    age[200:, 0] = np.arange(1, 101)
    torn = replace(frame, age=age)
    later = replace(frame.since(200), age=age[200:])
    np.testing.assert_array_equal(grade_frame(torn, TRADER).value[200:], grade_frame(later, TRADER).value)


def test_rows_that_are_not_days_are_refused() -> None:
    with pytest.raises(ValueError, match="grades are of days"):
        grade_frame(replace(walks(3, 1), interval=Interval(HOUR)), TRADER)
