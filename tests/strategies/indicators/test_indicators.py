"""Each indicator against a second way of computing it, and against the future."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from statistics import fmean, pstdev, stdev

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.instant import DAY, Interval
from core.market import Bars, Floats
from strategies.indicators.bollinger import bollinger
from strategies.indicators.extremes import rolling_high, rolling_low
from strategies.indicators.macd import macd
from strategies.indicators.moving_average import ema, sma, smoothed
from strategies.indicators.true_range import atr, average_true_range, true_range
from strategies.indicators.volatility import realised_volatility

CLOSES = (100 * np.cumprod(1 + np.random.default_rng(7).normal(0, 0.02, 120))).tolist()
columns = st.lists(st.floats(1e-6, 1e6), max_size=40)

INDICATORS: dict[str, Callable[[list[float]], Floats]] = {
    "sma": lambda values: sma(values, 5),
    "ema": lambda values: ema(values, 5),
    "macd line": lambda values: macd(values, 2, 4, 3).line,
    "macd signal": lambda values: macd(values, 2, 4, 3).signal,
    "lower band": lambda values: bollinger(values, 5).lower,
    "upper band": lambda values: bollinger(values, 5).upper,
    "true range": lambda values: true_range(values, [v / 2 for v in values], [v / 1.5 for v in values]),
    "average true range": lambda values: average_true_range(
        values, [v / 2 for v in values], [v / 1.5 for v in values], 4
    ),
    "rolling high": lambda values: rolling_high(values, 5),
    "rolling low": lambda values: rolling_low(values, 5),
    "realised volatility": lambda values: realised_volatility(values, 4),
}
WARM_UP = {
    "sma": 4,
    "ema": 4,
    "macd line": 3,
    "macd signal": 5,
    "lower band": 4,
    "upper band": 4,
    "true range": 1,
    "average true range": 4,
    "rolling high": 4,
    "rolling low": 4,
    "realised volatility": 4,
}


@pytest.mark.parametrize("name", INDICATORS)
@given(values=columns, more=columns)
def test_bars_to_come_change_no_digit_of_an_earlier_value(
    name: str, values: list[float], more: list[float]
) -> None:
    indicator = INDICATORS[name]
    assert np.array_equal(indicator(values), indicator(values + more)[: len(values)], equal_nan=True)


@pytest.mark.parametrize("name", INDICATORS)
@given(values=columns)
def test_the_warm_up_is_nan_and_nothing_else_is(name: str, values: list[float]) -> None:
    result = INDICATORS[name](values)
    assert len(result) == len(values)
    assert np.isnan(result).tolist() == [index < WARM_UP[name] for index in range(len(values))]


@pytest.mark.parametrize("name", INDICATORS)
def test_a_list_and_an_array_are_the_same_to_an_indicator_and_neither_is_changed(name: str) -> None:
    kept, array = list(CLOSES), np.array(CLOSES)
    array.setflags(write=False)
    if "range" not in name:
        assert np.array_equal(INDICATORS[name](CLOSES), INDICATORS[name](array), equal_nan=True)  # type: ignore[arg-type]
    assert kept == CLOSES


def test_the_simple_mean_is_the_mean_of_the_window() -> None:
    assert sma(CLOSES, 20)[19:] == pytest.approx([fmean(CLOSES[i - 19 : i + 1]) for i in range(19, 120)])


def test_the_exponential_mean_weighs_each_bar_a_fixed_part_less_than_the_next() -> None:
    weight = 2 / 13
    for newest in (11, 12, 80):
        past = [weight * (1 - weight) ** age * CLOSES[newest - age] for age in range(newest)]
        expected = math.fsum(past) + (1 - weight) ** newest * CLOSES[0]
        assert ema(CLOSES, 12)[newest] == pytest.approx(expected, rel=1e-12)
    assert np.array_equal(smoothed(CLOSES, 12)[11:], ema(CLOSES, 12)[11:])


def test_macd_is_the_difference_of_two_exponential_means_and_its_own_mean() -> None:
    lines = macd(CLOSES)
    assert lines.line[25:] == pytest.approx((ema(CLOSES, 12) - ema(CLOSES, 26))[25:])
    signal = 0.0
    for fast, slow in zip(smoothed(CLOSES, 12), smoothed(CLOSES, 26), strict=True):
        signal += 0.2 * (fast - slow - signal)
    assert lines.signal[-1] == pytest.approx(signal, rel=1e-12)


def test_bollinger_bands_lie_two_population_deviations_from_the_mean() -> None:
    bands = bollinger(CLOSES, 20, 2.0)
    for end in (20, 77, 120):
        window = CLOSES[end - 20 : end]
        assert bands.lower[end - 1] == pytest.approx(fmean(window) - 2 * pstdev(window))
        assert bands.middle[end - 1] == pytest.approx(fmean(window))
        assert bands.upper[end - 1] == pytest.approx(fmean(window) + 2 * pstdev(window))


@pytest.mark.parametrize(
    ("high", "low", "last_close", "expected"),
    [
        pytest.param(12.0, 10.0, 11.0, 2.0, id="inside: high - low"),
        pytest.param(15.0, 14.0, 11.0, 4.0, id="gap up: high - last close"),
        pytest.param(9.0, 8.0, 11.0, 3.0, id="gap down: last close - low"),
    ],
)
def test_true_range_counts_the_gap(high: float, low: float, last_close: float, expected: float) -> None:
    assert true_range([11.5, high], [10.5, low], [last_close, low])[1] == expected


def test_average_true_range_smooths_as_wilder_did_by_hand() -> None:
    # Ranges 1, 2, 3, 10, 1: the first average is their plain mean, then (last x 2 + range) / 3.
    high, low = [5.0, 5.5, 6.0, 6.5, 10.0, 5.5], [5.0, 4.5, 4.0, 3.5, 0.0, 4.5]
    averages = average_true_range(high, low, [5.0] * 6, period=3)
    assert averages[3:] == pytest.approx([2.0, (2.0 * 2 + 10) / 3, ((2.0 * 2 + 10) / 3 * 2 + 1) / 3])


def bars(count: int) -> Bars:
    close = np.array(CLOSES[:count])
    opened_at = np.arange(count, dtype=np.int64) * DAY
    return Bars("AAA/USDT", Interval(DAY), opened_at, close, close * 1.02, close * 0.99, close, close)


def test_atr_of_bars_is_the_newest_average_or_none_while_warming_up() -> None:
    assert atr(bars(14)) is None
    assert atr(bars(0)) is None
    full = bars(100)
    assert atr(full) == average_true_range(full.high, full.low, full.close, 14)[-1]
    assert isinstance(atr(bars(15)), float)


def test_columns_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError, match="differ in length: 2, 2, 1"):
        true_range([1.0, 2.0], [1.0, 2.0], [1.0])


def test_rolling_extremes_are_those_of_the_window() -> None:
    assert rolling_high(CLOSES, 7)[6:].tolist() == [max(CLOSES[i - 6 : i + 1]) for i in range(6, 120)]
    assert rolling_low(CLOSES, 7)[6:].tolist() == [min(CLOSES[i - 6 : i + 1]) for i in range(6, 120)]


def test_realised_volatility_is_the_sample_deviation_of_simple_returns_over_a_year_of_365_days() -> None:
    returns = [after / before - 1 for before, after in pairwise(CLOSES)]
    volatility = realised_volatility(CLOSES, 30)
    assert volatility[-1] == pytest.approx(stdev(returns[-30:]) * math.sqrt(365))
    assert volatility[30] == pytest.approx(stdev(returns[:30]) * math.sqrt(365))


@pytest.mark.parametrize(
    "call",
    [
        lambda: sma(CLOSES, 0),
        lambda: ema(CLOSES, 0),
        lambda: macd(CLOSES, 26, 12),
        lambda: macd(CLOSES, 12, 26, 0),
        lambda: bollinger(CLOSES, 1),
        lambda: average_true_range(CLOSES, CLOSES, CLOSES, 0),
        lambda: rolling_low(CLOSES, 0),
        lambda: realised_volatility(CLOSES, 1),
        lambda: sma(np.ones((2, 2)), 2),
    ],
)
def test_a_period_that_means_nothing_and_a_table_are_refused(call: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match=r"at least|below slow|one column"):
        call()
