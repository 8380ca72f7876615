"""Wilder's smoothing and his directional movement against closed forms and his own running sums."""

from __future__ import annotations

import math
from itertools import pairwise
from statistics import fmean

import pytest

from strategies.indicators.catalog import measure
from strategies.indicators.directional import adx, minus_di, plus_di
from strategies.indicators.wilder import wilder
from tests.strategies.candles import bars_of, walk

BARS = walk(250)
CLOSES = BARS.close.tolist()


def test_smoothing_weighs_the_newest_by_one_over_the_period() -> None:
    assert wilder([1.0, 2.0, 6.0, 9.0], 3) == [3.0, 5.0]
    assert wilder([1.0], 2) == []
    with pytest.raises(ValueError, match="at least 1"):
        wilder([1.0], 0)


def test_directional_movement_of_a_steady_rise_and_fall() -> None:
    closes = [100.0 + step for step in range(30)]
    rise = bars_of(closes, highs=[close + 1 for close in closes], lows=[close - 1 for close in closes])
    # Each bar moves up by 1 and spans 2 from the last close's edges: +DI = 1 / 2.
    assert (plus_di(rise), minus_di(rise), adx(rise)) == (pytest.approx(50.0), 0.0, pytest.approx(100.0))
    down = closes[::-1]
    fall = bars_of(down, highs=[close + 1 for close in down], lows=[close - 1 for close in down])
    assert (plus_di(fall), minus_di(fall), adx(fall)) == (0.0, pytest.approx(50.0), pytest.approx(100.0))


def test_a_rise_that_never_looks_back_is_exactly_100() -> None:
    closes = [100 * 1.013**step for step in range(60)]
    rise = bars_of(closes[1:], lows=closes[:-1])
    assert plus_di(rise) == adx(rise) == 100.0


def test_directional_movement_agrees_with_wilders_running_sums() -> None:
    def running(values: list[float]) -> list[float]:
        sums = [math.fsum(values[:14])]
        for value in values[14:]:
            sums.append(sums[-1] - sums[-1] / 14 + value)
        return sums

    rows = list(zip(BARS.high.tolist(), BARS.low.tolist(), CLOSES, strict=True))
    reach, plus, minus = [], [], []
    for (high, low, close), (new_high, new_low, _) in pairwise(rows):
        reach.append(max(new_high - new_low, abs(new_high - close), abs(new_low - close)))
        up, down = new_high - high, low - new_low
        plus.append(max(up, 0.0) if up > down else 0.0)
        minus.append(max(down, 0.0) if down > up else 0.0)
    sums = list(zip(running(reach), running(plus), running(minus), strict=True))
    index = [100 * abs(up - down) / (up + down) for _, up, down in sums]
    mean = fmean(index[:14])
    for value in index[14:]:
        mean = (mean * 13 + value) / 14
    assert plus_di(BARS) == pytest.approx(100 * sums[-1][1] / sums[-1][0])
    assert minus_di(BARS) == pytest.approx(100 * sums[-1][2] / sums[-1][0])
    assert adx(BARS) == pytest.approx(mean)


def test_a_market_that_never_leaves_its_range_has_no_trend() -> None:
    inside = bars_of([100.0] * 30, highs=[101.0] * 30, lows=[99.0] * 30)
    assert (plus_di(inside), minus_di(inside), adx(inside)) == (0.0, 0.0, 0.0)


def test_the_catalogue_tells_them_by_their_names() -> None:
    told = measure(BARS)
    assert (told["plus_di_14"], told["minus_di_14"], told["adx_14"]) == (
        plus_di(BARS),
        minus_di(BARS),
        adx(BARS),
    )
