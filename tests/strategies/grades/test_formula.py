"""The formula against itself in plain arithmetic, one asset and one day at a time."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.market import Floats
from strategies.grades.grading import STILL, day_numbers, grade_frame
from strategies.grades.investor import INVESTOR
from strategies.grades.trader import TRADER
from strategies.indicators.universe.evaluate import whole
from strategies.indicators.universe.frame import BENCHMARK, Frame
from strategies.indicators.universe.registry import measure_universe
from tests.strategies.grades.worlds import SMALL, without
from tests.strategies.indicators.universe.frames import any_frames, walks


def compared_values(frame: Frame) -> list[Floats]:
    """What the formula compares of each input: in ranges where so declared, NaN where nothing is said."""
    measured = measure_universe(frame, SMALL.names)
    (still,) = whole([STILL], frame)
    told = []
    for one in SMALL.inputs:
        values = measured[one.indicator].copy()
        if one.in_ranges:
            with np.errstate(all="ignore"):
                values = values / (measured["atr_14"] / 100 * (100 if one.indicator == "roc_10" else 1))
        values[(frame.age == 0) | (still == 0)] = np.nan
        if one.indicator == "excess_return_30":
            values[frame.columns["close"] == frame.columns[BENCHMARK]] = np.nan
        values[~np.isfinite(values)] = np.nan
        told.append(values)
    return told


def plain(frame: Frame, values: list[Floats], row: int, asset: int) -> tuple[float | None, float]:
    """The grade and its coverage as docs/grades.md tells it."""
    days, age = day_numbers(frame).tolist(), frame.age
    shares: dict[str, list[float]] = {name: [0.0, 0.0, 0.0, 0.0] for name in SMALL.parts}
    for one, matrix in zip(SMALL.inputs, values, strict=True):
        x = np.float32(matrix[row, asset])
        sums = shares[one.part]
        sums[3] += one.weight
        if np.isnan(x):
            continue
        begin = max(row - 365, row - int(age[row, asset]) + 1)
        past = [np.float32(matrix[t, asset]) for t in range(begin, row) if days[t] % 5 == 0]
        past = [p for p in past if not np.isnan(p)]
        usual = 1 / (1 + math.exp(-max(-500.0, min(500.0, (matrix[row, asset] - one.centre) / one.spread))))
        below = sum(bool(p < x) for p in past) + sum(bool(p == x) for p in past) / 2
        own = 100 * (20 * usual + below) / (20 + len(past))
        others = [v for v in matrix[row].astype(np.float32) if not np.isnan(v)]
        showing, ramp, place = int((age[row] > 0).sum()), 0.0, 50.0
        if len(others) >= 20:
            ramp = 0.25 * (len(others) - 19) / (showing - 19)
            place = 100 * (sum(v < x for v in others) + sum(v == x for v in others) / 2) / len(others)
        if one.sign < 0:
            own, place = 100 - own, 100 - place
        sums[0] += one.weight * (0.75 * own + ramp * place)
        sums[1] += one.weight * (0.75 + ramp)
        sums[2] += one.weight
    coverage = sum(SMALL.parts[name] * down / all_ for name, (_, down, _, all_) in shares.items())
    there = {name: up / down for name, (up, down, heard, all_) in shares.items() if heard >= all_ / 2}
    if coverage < 0.5 or not there:
        return None, coverage
    return sum(SMALL.parts[n] * part for n, part in there.items()) / sum(
        SMALL.parts[n] for n in there
    ), coverage


@settings(max_examples=15)
@given(frame=any_frames(), data=st.data())
def test_it_is_what_plain_arithmetic_makes_of_any_universe(frame: Frame, data: st.DataObject) -> None:
    grades, values = grade_frame(frame, SMALL), compared_values(frame)
    for _ in range(8):
        row = data.draw(st.integers(0, len(frame) - 1)) if len(frame) else 0
        asset = data.draw(st.integers(0, len(frame.assets) - 1))
        if row >= len(frame):
            return
        value, coverage = plain(frame, values, row, asset)
        assert grades.coverage[row, asset] == pytest.approx(coverage)
        if abs(coverage - 0.5) > 1e-9:
            told = grades.value[row, asset]
            assert (None if np.isnan(told) else told) == (value if value is None else pytest.approx(value))


def test_so_it_is_with_a_year_of_samples_behind_it() -> None:
    frame = walks(420, 24)
    grades, values = grade_frame(frame, SMALL), compared_values(frame)
    for row in (300, 370, 415, 419):
        for asset in (0, 1, 23):
            assert grades.value[row, asset] == pytest.approx(plain(frame, values, row, asset)[0], abs=1e-9)


def test_the_trader_grade_is_four_fifths_technical_and_one_fifth_quant() -> None:
    grades = grade_frame(walks(120, 3), TRADER)
    both = 0.8 * grades.parts["technical"] + 0.2 * grades.parts["quant"]
    there = ~np.isnan(both) & ~np.isnan(grades.value)
    assert there[-1].all()
    assert (grades.value[there] == both[there]).all()


def test_a_full_grade_covers_exactly_one() -> None:
    told = grade_frame(walks(400, 30, facts=True), INVESTOR)
    assert (told.coverage[-1] == 1.0).all()
    assert not np.isnan(told.value[-1]).any()


def test_the_benchmark_is_not_measured_against_itself() -> None:
    told = grade_frame(walks(240, 30), SMALL)
    assert told.covered["technical"][-1].tolist() == pytest.approx([0.75] + [1.0 - 0.25 * 0.25 / 11] * 29)


def test_a_young_asset_in_a_universe_of_four_has_a_grade_and_one_of_ten_days_has_none() -> None:
    told = grade_frame(walks(69, 4), TRADER)
    assert (told.coverage[-1] >= 0.5).all()
    assert np.isfinite(told.value[-1]).all()
    assert np.isnan(told.value[9]).all()
    assert (told.coverage[9] < 0.5).all()


def test_tokens_that_are_not_compared_are_placed_among_those_that_are_and_move_none_of_them() -> None:
    frame = walks(60, 25)
    apart = np.ones(25, dtype=bool)
    apart[24] = False
    told, alone = grade_frame(frame, SMALL, apart), grade_frame(frame, SMALL)
    np.testing.assert_array_equal(told.value[:, :24], grade_frame(without(frame, 24), SMALL).value)
    assert np.isfinite(told.value[-1, 24])
    assert not np.array_equal(told.value[-1], alone.value[-1])
