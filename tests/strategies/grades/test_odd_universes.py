"""Prices that rest, volume that lacks, assets that come, go and are renamed: coverage falls, nothing else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.instant import DAY
from strategies.grades.grading import Grading, day_numbers, grade_frame
from strategies.grades.investor import INVESTOR
from strategies.grades.trader import TRADER
from strategies.indicators.universe.frame import Frame, frame_of
from tests.strategies.candles import bars_of, walk
from tests.strategies.grades.worlds import chosen, listed
from tests.strategies.indicators.universe.frames import opened, series_of, walks

LONG = walks(420, 24)


def resting(frame: Frame, asset: int, since: int) -> Frame:
    """*frame* with one asset's price at rest from row *since* on."""
    columns = {name: np.array(matrix) for name, matrix in frame.columns.items()}
    price = columns["close"][since, asset]
    for name in ("open", "high", "low", "close"):
        columns[name][since:, asset] = price
    return replace(frame, columns=columns)


@pytest.mark.parametrize("since", [0, 100])
def test_a_price_that_rests_has_no_grade_instead_of_one_in_the_middle(since: int) -> None:
    told = grade_frame(resting(LONG.until(200), 4, since), TRADER)
    assert np.isnan(told.value[since + 13 :, 4]).all()
    assert (told.coverage[since + 13 :, 4] == 0.0).all()
    others = np.delete(told.value[-1], 4)
    assert np.isfinite(others).all()


def test_a_universe_at_rest_has_no_grades_and_no_warnings() -> None:
    still = frame_of([series_of(f"a{n}", bars_of([1.0] * 120)) for n in range(25)], benchmark="a0")
    assert np.isnan(grade_frame(still, TRADER).value).all()


@pytest.mark.parametrize("volume", [0.0, np.nan], ids=["zero", "not_known"])
def test_volume_that_lacks_costs_its_family_and_leaves_the_rest(volume: float) -> None:
    frame = LONG.until(240)
    columns = {name: np.array(matrix) for name, matrix in frame.columns.items()}
    columns["volume"][:, 7] = volume
    told, whole = grade_frame(replace(frame, columns=columns), TRADER), grade_frame(frame, TRADER)
    assert np.isfinite(told.value[-1, 7])
    # volume is 2 of 11 shares of the technical part, and one line of trend is weighed by it
    lost = whole.coverage[-1, 7] - told.coverage[-1, 7]
    assert 0.8 * 2 / 11 * 0.6 <= lost <= 0.8 * 2.2 / 11


@pytest.mark.parametrize("assets", [1, 4])
def test_a_universe_of_one_or_four_rests_on_its_own_past_alone(assets: int) -> None:
    told = grade_frame(chosen(LONG, list(range(1, 1 + assets))), TRADER)
    assert np.isfinite(told.value[-1]).all()
    assert told.coverage[-1] == pytest.approx(np.full(assets, 0.75), abs=0.01)


def test_an_asset_that_was_delisted_has_no_grade_and_is_not_counted() -> None:
    last = np.full(24, 420)
    last[9] = 300
    told = grade_frame(listed(LONG, np.zeros(24), last), TRADER)
    assert np.isnan(told.value[300:, 9]).all()
    assert (told.coverage[300:, 9] == 0.0).all()
    alone = grade_frame(chosen(LONG, [n for n in range(24) if n != 9]), TRADER)
    np.testing.assert_array_equal(np.delete(told.value[-1], 9), alone.value[-1])


def test_an_asset_that_comes_back_begins_anew() -> None:
    told = listed(LONG, np.zeros(24), np.full(24, 420))
    age = told.age.copy()
    age[200:210, 2] = 0
    age[210:, 2] = np.arange(1, 211)
    columns = {name: np.array(matrix) for name, matrix in told.columns.items()}
    for name in ("open", "high", "low", "close", "volume"):
        columns[name][200:210, 2] = np.nan
    grades = grade_frame(replace(told, columns=columns, age=age), TRADER)
    assert np.isnan(grades.value[200:224, 2]).all()
    assert np.isfinite(grades.value[-1, 2])


def test_a_redenomination_breaks_the_past_in_two_and_never_compares_across() -> None:
    """A thousand old coins become one: the price is a thousandfold, the segment another."""
    bars = opened(walk(300, seed=3, width=DAY))
    factor = np.where(np.arange(300) < 200, 1.0, 1000.0)
    jumped = replace(
        bars,
        **{name: getattr(bars, name) * factor for name in ("open", "high", "low", "close")},  # type: ignore[arg-type]
    )
    segment = [0] * 200 + [1] * 100
    told = grade_frame(frame_of([series_of("a", jumped, segment)]), TRADER)
    plain = grade_frame(frame_of([series_of("a", bars, segment)]), TRADER)
    assert np.isnan(told.value[200:215]).all()
    np.testing.assert_allclose(told.value[215:], plain.value[215:], atol=0.05)


def test_the_smallest_and_the_greatest_prices_are_graded_alike() -> None:
    base = chosen(LONG, [3])
    prices = ("open", "high", "low", "close")
    grades = []
    for scale in (1e-9, 1.0, 1e9):
        columns = {
            name: matrix * scale if name in prices else matrix / scale if name == "volume" else matrix
            for name, matrix in base.columns.items()
        }
        grades.append(grade_frame(replace(base, columns=columns), TRADER).value[-1, 0])
    # round numbers and single digits apart
    assert max(grades) - min(grades) < 0.5


def test_without_a_benchmark_what_is_relative_is_missing() -> None:
    columns = {name: matrix for name, matrix in LONG.columns.items() if name != "benchmark_close"}
    told = grade_frame(replace(LONG, columns=columns), TRADER)
    assert np.isfinite(told.value[-1]).all()
    assert (told.coverage[-1] < 0.87).all()


def test_without_facts_the_investor_grade_is_null() -> None:
    told = grade_frame(LONG, INVESTOR)
    assert np.isnan(told.value).all()
    assert 0.0 < told.coverage[-1].max() < 0.1


def test_no_days_at_all_are_no_grades() -> None:
    empty = LONG.until(0)
    assert grade_frame(empty, TRADER).value.shape == (0, 24)
    assert Grading(TRADER, 24).newest is None
    assert day_numbers(empty).tolist() == []
