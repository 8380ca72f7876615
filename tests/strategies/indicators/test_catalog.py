"""What every indicator of the catalogue promises."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import given

from core.market import Bars
from strategies.indicators.catalog import INDICATORS, measure
from strategies.indicators.indicator import Indicator
from tests.strategies.candles import any_bars, bars_of, followed_by, walk

BY_NAME = {indicator.name: indicator for indicator in INDICATORS}
each = pytest.mark.parametrize("indicator", INDICATORS, ids=BY_NAME)

BOUNDS = {
    "rsi_14": (0, 100),
    "stochastic_14": (0, 100),
    "williams_r_14": (-100, 0),
    "mfi_14": (0, 100),
    "plus_di_14": (0, 100),
    "minus_di_14": (0, 100),
    "adx_14": (0, 100),
    "donchian_20_position": (0, 1),
    "drawdown_90": (-1, 0),
    "volume_ratio_20": (0, 20),
    "atr_14": (0, math.inf),
    "bollinger_bandwidth": (0, math.inf),
    "realised_volatility_30": (0, math.inf),
    "return_1": (-1, math.inf),
}
# Flat prices have no direction, no place in a range of 0 and no deviations; all else is a plain 0.
UNDEFINED_WHEN_FLAT = {
    "rsi_14", "stochastic_14", "williams_r_14", "cci_20", "mfi_14", "plus_di_14", "minus_di_14", "adx_14",
    "donchian_20_position", "z_score_50", "bollinger_percent_b",
}  # fmt: skip
UNDEFINED_WITHOUT_VOLUME = {"volume_ratio_20", "obv_slope_20", "mfi_14"}
REMEMBERS_ALL = {
    "ema_12_distance", "ema_26_distance", "macd_histogram", "rsi_14", "plus_di_14", "minus_di_14", "adx_14", "atr_14",
}  # fmt: skip


def test_there_are_some_twenty_with_names_a_prompt_may_print_and_all_that_a_reader_needs() -> None:
    assert len(INDICATORS) >= 20
    assert len(BY_NAME) == len(INDICATORS)
    for indicator in INDICATORS:
        assert re.fullmatch(r"[a-z0-9_.]+", indicator.name)
        assert re.fullmatch(r"\S+", indicator.unit)
        assert indicator.meaning
        assert indicator.source
        assert 1 < indicator.warm_up <= 250


def test_measuring_asks_each_indicator_by_name() -> None:
    bars = walk(250)
    assert measure(bars) == {indicator.name: indicator.compute(bars) for indicator in INDICATORS}
    assert None not in measure(bars).values()
    assert set(measure(bars_of([])).values()) == {None}


@each
def test_it_is_silent_until_it_has_warmed_up_and_speaks_from_then_on(indicator: Indicator) -> None:
    bars = walk(250)
    for count in range(indicator.warm_up):
        assert indicator.compute(bars.slice(0, count)) is None
    for count in range(indicator.warm_up, 251, 10):
        assert isinstance(indicator.compute(bars.slice(0, count)), float)


@each
def test_it_could_not_have_spoken_a_bar_earlier(indicator: Indicator) -> None:
    """The warm-up is what the formula needs: with one bar less it has too little or would read another window."""
    bars = walk(indicator.warm_up)

    def with_oldest_scaled(by: float) -> float | None:
        columns = [[column[0] * by, *column[1:]] for column in (bars.close, bars.high, bars.low, bars.volume)]
        close, high, low, volume = columns
        return indicator.compute(bars_of(close, highs=high, lows=low, volumes=volume, width=bars.interval.ms))

    assert {with_oldest_scaled(2.0), with_oldest_scaled(0.5)} != {indicator.compute(bars)}


@each
def test_bars_to_come_change_no_digit(indicator: Indicator) -> None:
    bars, more = walk(250), walk(40, seed=8, swing=0.3)
    whole = followed_by(bars, more)
    for count in (indicator.warm_up, 211, 250):
        assert indicator.compute(whole.slice(0, count)) == indicator.compute(bars.slice(0, count))


@each
def test_bars_older_than_its_window_change_nothing_unless_it_smooths(indicator: Indicator) -> None:
    bars = walk(250)
    value, longer = indicator.compute(bars), indicator.compute(followed_by(walk(30, seed=9), bars))
    if indicator.name in REMEMBERS_ALL:
        assert longer == pytest.approx(value, rel=1e-3, abs=1e-6)
    else:
        assert longer == value


@given(bars=any_bars())
def test_whatever_the_candles_each_answers_a_number_inside_its_bounds_or_none(bars: Bars) -> None:
    for name, value in measure(bars).items():
        if value is not None:
            low, high = BOUNDS.get(name, (-math.inf, math.inf))
            assert type(value) is float
            assert math.isfinite(value)
            assert low <= value <= high, name


@pytest.mark.parametrize("price", [100.0, 0.1, 1.1e-7, 67_123.45])
def test_flat_prices_are_undefined_or_exactly_zero_never_noise(price: float) -> None:
    told = measure(bars_of([price] * 250))
    assert {name for name, value in told.items() if value is None} == UNDEFINED_WHEN_FLAT
    near_zero = {
        name: value for name, value in told.items() if value is not None and name != "volume_ratio_20"
    }
    assert near_zero == pytest.approx(dict.fromkeys(near_zero, 0.0), abs=1e-12)
    assert told["volume_ratio_20"] == 1.0


def test_without_volume_only_what_needs_volume_is_undefined() -> None:
    bars = walk(250)
    still = bars_of(bars.close, highs=bars.high, lows=bars.low, volumes=[0.0] * 250)  # type: ignore[arg-type]
    assert {name for name, value in measure(still).items() if value is None} == UNDEFINED_WITHOUT_VOLUME


def test_candles_are_never_written_to() -> None:
    bars = walk(250)
    for column in (bars.close, bars.high, bars.low, bars.volume):
        column.setflags(write=False)
    measure(bars)


def test_a_formula_that_gives_no_number_gives_none() -> None:
    for nothing in (math.nan, math.inf, None):
        broken = Indicator("x", "x", "x", 1, "x", lambda bars, period, answer=nothing: answer, 1)  # type: ignore[misc]
        assert broken.compute(bars_of([1.0])) is None
