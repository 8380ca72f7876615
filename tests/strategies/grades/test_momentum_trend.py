"""The plain grade of momentum and trend."""

from __future__ import annotations

from dataclasses import replace
from statistics import fmean

import pytest
from hypothesis import given

from core.grades import Grade, Signal
from core.instant import HOUR
from core.market import Bars
from core.ports import Grader
from strategies.grades.momentum_trend import SCALES, MomentumTrend, Scale, signal
from strategies.indicators.catalog import INDICATORS, measure
from tests.strategies.candles import any_bars, bars_of, followed_by, walk

GRADER: Grader = MomentumTrend()


def graded(bars: Bars) -> Grade:
    return GRADER.trader("aaa", bars)


def test_its_contributions_sum_to_the_grade() -> None:
    bars = walk(250)
    measured, grade = measure(bars), graded(bars)
    for family, scales in SCALES.items():
        points = [scale.points(measured) for scale in scales]
        assert grade.parts[family] == pytest.approx(fmean(point for point in points if point is not None))
    assert grade.value == pytest.approx(fmean(grade.parts.values()), abs=1e-9)
    assert grade.coverage == 1.0
    assert grade.why is None


def test_a_steady_rise_is_a_strong_buy_and_a_steady_fall_a_strong_sell() -> None:
    up, down = graded(walk(250, drift=0.02)), graded(walk(250, drift=-0.02))
    assert up.value is not None
    assert down.value is not None
    assert (up.signal, down.signal) == (Signal.STRONG_BUY, Signal.STRONG_SELL)
    assert up.value > 90
    assert down.value < 10


def test_it_is_as_of_the_newest_close_and_known_then() -> None:
    bars = walk(250, width=4 * HOUR)
    grade = graded(bars)
    assert grade.as_of == grade.known_at == bars.opened_at[-1] + 4 * HOUR
    assert (grade.asset, grade.version) == ("aaa", "momentum_trend.1")


def test_below_half_of_its_inputs_it_says_why_and_gives_no_value() -> None:
    short = graded(walk(19))
    assert (short.value, short.signal, short.parts) == (None, None, {})
    assert short.coverage == 2 / 8
    assert short.why == "2 of 8 indicators are there; 19 bars are known"
    enough = graded(walk(20))
    assert enough.coverage == 0.5
    assert enough.value is not None
    assert enough.why is None


def test_flat_prices_have_no_grade() -> None:
    grade = graded(bars_of([5.0] * 250))
    assert (grade.value, grade.coverage) == (None, 0.0)


def test_candles_that_never_were_have_no_moment_to_grade() -> None:
    with pytest.raises(ValueError, match="aaa: a grade needs at least one bar"):
        graded(bars_of([]))


@given(bars=any_bars().filter(len))
def test_whatever_the_candles_it_stays_between_0_and_100(bars: Bars) -> None:
    grade = graded(bars)
    assert 0 <= grade.coverage <= 1
    assert (
        (grade.value is None) == (grade.coverage < 0.5) == (grade.why is not None) == (grade.signal is None)
    )
    if grade.value is not None:
        assert 0 <= grade.value <= 100
        assert all(0 <= part <= 100 for part in grade.parts.values())
        assert grade.signal is signal(grade.value)


def test_bars_to_come_change_no_digit() -> None:
    bars = walk(250)
    whole = followed_by(bars, walk(50, seed=8, swing=0.5))
    assert graded(whole.slice(0, 250)) == graded(bars) == graded(bars)


@pytest.mark.parametrize(
    "scale", [scale for scales in SCALES.values() for scale in scales], ids=lambda scale: scale.indicator
)
def test_each_input_is_in_the_catalogue_and_never_lowers_the_grade_by_rising(scale: Scale) -> None:
    assert scale.indicator in {indicator.name for indicator in INDICATORS}
    assert scale.low < scale.high
    values = [scale.low + (scale.high - scale.low) * step / 10 for step in range(-5, 16)]
    plain = replace(scale, in_ranges=False)
    told = [plain.points({scale.indicator: value}) for value in values]
    assert told == pytest.approx([min(max(10.0 * step, 0.0), 100.0) for step in range(-5, 16)])


def test_a_move_counts_in_average_true_ranges() -> None:
    scale = Scale("return_7", -3.0, 3.0, in_ranges=True)
    # 3 % in ranges of 2 % is 1.5 ranges: half of the way from the middle to the end.
    assert scale.points({"return_7": 0.03, "atr_14": 2.0}) == pytest.approx(75.0)
    assert scale.points({"return_7": 0.03, "atr_14": 4.0}) == pytest.approx(62.5)
    assert scale.points({"return_7": None, "atr_14": 4.0}) is None
    assert scale.points({"return_7": 0.03, "atr_14": None}) is None
    assert scale.points({"return_7": 0.0, "atr_14": 0.0}) is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (100.0, Signal.STRONG_BUY), (75.0, Signal.STRONG_BUY), (74.9, Signal.BUY), (60.0, Signal.BUY),
        (59.9, Signal.NEUTRAL), (40.1, Signal.NEUTRAL), (40.0, Signal.SELL), (25.1, Signal.SELL),
        (25.0, Signal.STRONG_SELL), (0.0, Signal.STRONG_SELL),
    ],
)  # fmt: skip
def test_the_borders_of_the_signals(value: float, expected: Signal) -> None:
    assert signal(value) is expected
