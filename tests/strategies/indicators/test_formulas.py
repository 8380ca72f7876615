"""Each formula of the catalogue against a worked example, a closed form or a second way of computing it."""

from __future__ import annotations

import math
from statistics import fmean, pstdev, stdev

import numpy as np
import pytest

from core.instant import DAY, HOUR
from strategies.indicators.catalog import measure
from strategies.indicators.dispersion import annual_volatility, atr_percent, bandwidth, percent_b
from strategies.indicators.oscillators import commodity_channel, rsi, stochastic, williams_r, z_score
from strategies.indicators.trend import (
    channel_position,
    drawdown_from_high,
    ema_distance,
    macd_histogram,
    price_return,
    rate_of_change,
    sma_distance,
)
from strategies.indicators.volume import money_flow_index, obv_slope, volume_ratio
from tests.strategies.candles import bars_of, walk

BARS = walk(250)
CLOSES = BARS.close.tolist()


def test_returns_compare_with_the_close_so_many_bars_ago() -> None:
    bars = bars_of([50.0, 80.0, 100.0, 110.0])
    assert price_return(bars, 1) == pytest.approx(0.1)
    assert price_return(bars, 3) == pytest.approx(1.2)
    assert rate_of_change(bars, 3) == pytest.approx(120.0)


def test_distances_are_fractions_of_the_mean() -> None:
    assert sma_distance(bars_of([9.0, 80.0, 100.0, 120.0]), 3) == pytest.approx(0.2)
    assert ema_distance(bars_of([100.0, 100.0, 104.0]), 3) == pytest.approx(104 / 102 - 1)


def test_the_histogram_is_macd_minus_its_signal_over_price() -> None:
    def means(values: list[float], span: int) -> list[float]:
        out = [values[0]]
        for value in values[1:]:
            out.append(out[-1] * (1 - 2 / (span + 1)) + value * 2 / (span + 1))
        return out

    line = [fast - slow for fast, slow in zip(means(CLOSES, 12), means(CLOSES, 26), strict=True)]
    assert macd_histogram(BARS) == pytest.approx((line[-1] - means(line, 9)[-1]) / CLOSES[-1])


def test_rsi_follows_the_published_table() -> None:
    # StockCharts ChartSchool, "Relative Strength Index": QQQQ from 14 December 2009, first values 70.53 ...
    closes = [
        44.3389, 44.0902, 44.1497, 43.6124, 44.3278, 44.8264, 45.0955, 45.4245, 45.8433, 46.0826,
        45.8931, 46.0328, 45.6140, 46.2820, 46.2820, 46.0028, 46.0328, 46.4116, 46.2222, 45.6439,
    ]  # fmt: skip
    told = [rsi(bars_of(closes[:count])) for count in range(15, 21)]
    assert told == pytest.approx([70.53, 66.32, 66.55, 69.41, 66.36, 57.97], abs=0.01)


def test_rsi_of_a_one_way_market_is_at_its_end() -> None:
    assert rsi(bars_of([float(step) for step in range(1, 20)])) == 100.0
    assert rsi(bars_of([float(step) for step in range(20, 1, -1)])) == 0.0


def test_places_in_a_range() -> None:
    bars = bars_of([1.0, 12.0, 16.0], highs=[99.0, 20.0, 18.0], lows=[1.0, 11.0, 10.0])
    assert channel_position(bars, 2) == pytest.approx(0.6)
    assert stochastic(bars, 2) == pytest.approx(60.0)
    assert williams_r(bars, 2) == pytest.approx(-40.0)
    assert drawdown_from_high(bars, 2) == pytest.approx(-0.2)
    assert drawdown_from_high(bars, 3) == pytest.approx(16 / 99 - 1)


def test_commodity_channel_of_a_straight_line() -> None:
    # 1 .. 20: the newest lies 9.5 above the mean, the mean deviation is 5.
    assert commodity_channel(bars_of([float(step) for step in range(1, 21)])) == pytest.approx(9.5 / 0.075)


def test_commodity_channel_reads_the_typical_price() -> None:
    bars = bars_of([10.0, 10.0, 10.0], highs=[10.0, 10.0, 16.0], lows=[10.0, 10.0, 7.0])
    # Typical prices 10, 10, 11: mean 31/3, deviations 1/3, 1/3, 2/3.
    assert commodity_channel(bars, 3) == pytest.approx((2 / 3) / (0.015 * 4 / 9))


def test_z_score_and_bands_agree_with_the_moments_of_the_window() -> None:
    window = CLOSES[-50:]
    assert z_score(BARS, 50) == pytest.approx((window[-1] - fmean(window)) / stdev(window))
    window = CLOSES[-20:]
    assert percent_b(BARS) == pytest.approx((window[-1] - fmean(window)) / pstdev(window) / 4 + 0.5)
    assert bandwidth(BARS) == pytest.approx(4 * pstdev(window) / fmean(window))


def test_closes_a_rounding_error_apart_have_no_place_between_bands() -> None:
    assert percent_b(bars_of([1.5] * 19 + [math.nextafter(1.5, 2.0)])) is None


def test_average_true_range_is_told_in_percent_of_the_close() -> None:
    bars = bars_of([50.0] * 20, highs=[51.0] * 20, lows=[49.0] * 20)
    assert atr_percent(bars) == pytest.approx(4.0)


@pytest.mark.parametrize(("width", "bars_a_year"), [(DAY, 365), (4 * HOUR, 365 * 6), (HOUR, 365 * 24)])
def test_volatility_is_annualised_by_the_bars_own_width(width: int, bars_a_year: int) -> None:
    closes = np.array(CLOSES[-31:])
    expected = np.std(closes[1:] / closes[:-1] - 1, ddof=1) * math.sqrt(bars_a_year)
    assert annual_volatility(bars_of(CLOSES, width=width)) == pytest.approx(float(expected))


def test_volume_is_compared_with_its_own_mean() -> None:
    assert volume_ratio(bars_of([1.0] * 4, volumes=[99.0, 1.0, 2.0, 6.0]), 3) == pytest.approx(2.0)


def test_the_slope_of_on_balance_volume_is_one_while_each_bar_rises_and_agrees_with_least_squares() -> None:
    up = [float(step) for step in range(1, 23)]
    assert obv_slope(bars_of(up, volumes=[7.0] * 22)) == pytest.approx(1.0)
    assert obv_slope(bars_of(up[::-1], volumes=[7.0] * 22)) == pytest.approx(-1.0)
    volumes = BARS.volume[-20:]
    balance = np.cumsum(np.sign(np.diff(BARS.close[-21:])) * volumes)
    slope = np.polyfit(np.arange(20), balance, 1)[0]
    assert obv_slope(BARS) == pytest.approx(float(slope / volumes.mean()))


def test_money_flows_in_on_rises_and_out_on_falls_and_an_unchanged_price_counts_for_neither() -> None:
    bars = bars_of([10.0, 20.0, 10.0, 10.0, 30.0], volumes=[9.0, 3.0, 2.0, 5.0, 1.0])
    # In: 20 x 3 + 30 x 1 = 90; out: 10 x 2 = 20.
    assert money_flow_index(bars, 4) == pytest.approx(100 * 90 / 110)


def test_a_name_means_what_it_says() -> None:
    told = measure(BARS)
    assert told["return_30"] == price_return(BARS, 30)
    assert told["roc_10"] == pytest.approx(100 * (CLOSES[-1] / CLOSES[-11] - 1))
    assert told["sma_200_distance"] == pytest.approx(CLOSES[-1] / fmean(CLOSES[-200:]) - 1)
    assert told["drawdown_90"] == pytest.approx(CLOSES[-1] / max(BARS.high[-90:].tolist()) - 1)
    assert told["williams_r_14"] == pytest.approx(told["stochastic_14"] - 100)  # type: ignore[operator]
