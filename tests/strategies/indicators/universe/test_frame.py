"""Candles side by side, and how old each stretch is."""

from __future__ import annotations

import numpy as np
import pytest

from core.instant import DAY
from core.observation import Missing
from strategies.indicators.universe.frame import frame_of
from strategies.indicators.universe.reading import read
from strategies.indicators.universe.registry import REGISTRY, measure_universe
from tests.strategies.candles import START, bars_of, walk
from tests.strategies.indicators.universe.frames import one_asset, series_of, walks


def test_assets_that_begin_and_end_apart_share_one_grid() -> None:
    early, late = bars_of([1.0, 2.0, 3.0]), bars_of([9.0] * 5).slice(2, 5)
    frame = frame_of([series_of("a", early), series_of("b", late)], benchmark="b")
    assert frame.opened_at.tolist() == [START + day * DAY for day in range(5)]
    assert frame.age.T.tolist() == [[1, 2, 3, 0, 0], [0, 0, 1, 2, 3]]
    np.testing.assert_array_equal(frame.columns["close"][:, 0], [1.0, 2.0, 3.0, np.nan, np.nan])
    np.testing.assert_array_equal(frame.columns["benchmark_close"][:, 0], [np.nan, np.nan, 9.0, 9.0, 9.0])


def test_no_window_spans_a_hole_a_segment_or_a_row_that_was_refused() -> None:
    bars = bars_of([float(price) for price in range(1, 11)])
    torn = frame_of([series_of("a", bars, segment=[0] * 4 + [1] * 6)])
    assert torn.age[:, 0].tolist() == [1, 2, 3, 4, 1, 2, 3, 4, 5, 6]
    refused = frame_of([series_of("a", bars, last_bad=[-1, -1, -1, 3, 3, 3, 3, 3, 3, 3])])
    assert refused.age[:, 0].tolist() == [1, 2, 3, 0, 1, 2, 3, 4, 5, 6]
    known_later = frame_of([series_of("a", bars, last_bad=[-1] * 6 + [3] * 4)])
    assert known_later.age[:, 0].tolist() == [1, 2, 3, 4, 5, 6, 3, 4, 5, 6]
    told = measure_universe(known_later, ["return_1", "ema_12_distance"])["return_1"][:, 0]
    assert np.flatnonzero(np.isnan(told)).tolist() == [0]
    holed = frame_of([series_of("a", bars.slice(0, 4)), series_of("b", bars)])
    assert holed.age[:, 0].tolist() == [1, 2, 3, 4, 0, 0, 0, 0, 0, 0]
    for frame in (torn, refused):
        told = measure_universe(frame, ["return_1"])["return_1"][:, 0]
        assert np.isnan(told[4])
        assert told[5] == pytest.approx(6.0 / 5.0 - 1)


def test_what_is_smoothed_forgets_a_past_that_was_refused() -> None:
    bars = walk(120, width=DAY)
    wild = bars_of([*bars.close[:40], bars.close[39] * 50, *bars.close[41:]])
    plain = bars_of(bars.close)  # type: ignore[arg-type]
    bad = [-1] * 45 + [40] * 75
    names = ["ema_26_distance", "rsi_14", "macd_histogram", "adx_14", "atr_14"]
    told = measure_universe(frame_of([series_of("a", wild, last_bad=bad)]), names)
    clean = measure_universe(frame_of([series_of("a", plain, last_bad=bad)]), names)
    for name in names:
        np.testing.assert_array_equal(told[name][45:], clean[name][45:], err_msg=name)
        assert np.isnan(told[name][45])


def test_frames_of_nothing_of_two_intervals_or_without_their_benchmark_are_refused() -> None:
    days, hours = series_of("a", bars_of([1.0])), series_of("b", bars_of([1.0], width=DAY // 24))
    for wrong in ([], [days, hours]):
        with pytest.raises(ValueError, match="one interval"):
            frame_of(wrong)
    with pytest.raises(ValueError, match="bitcoin is not among the 1 assets"):
        frame_of([days], benchmark="bitcoin")
    empty = frame_of([series_of("a", bars_of([]))])
    assert len(empty) == 0
    assert measure_universe(empty, ["rsi_14"])["rsi_14"].shape == (0, 1)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("funding_mean_7", "no_data: funding_rate"),
        ("beta_90", "no_data: benchmark_close"),
        ("exchange_netflow_7", "no_data: exchange_inflow, exchange_outflow, market_cap_at_close"),
        ("sma_200_distance", "warming_up: 30 of 200 bars"),
        ("return_7_rank", "universe: 1 of 20 assets"),
        ("rsi_14", "undefined"),
    ],
)
def test_what_is_not_there_says_why_and_is_never_zero(name: str, why: str) -> None:
    frame = one_asset(bars_of([5.0] * 30))
    value = float(measure_universe(frame, [name])[name][-1, 0])
    assert read(REGISTRY[name], value, frame.row(29), 0) == Missing(name, why)


def test_a_fact_is_told_where_it_is_and_a_candle_missed_where_it_is_not() -> None:
    frame = walks(30, 2, facts=True)
    told = measure_universe(frame, ["funding_mean_7", "funding_z_90", "return_1"])
    assert read(REGISTRY["funding_mean_7"], told["funding_mean_7"][-1, 0], frame.row(29), 0) == pytest.approx(
        float(frame.columns["funding_rate"][-7:, 0].mean())
    )
    early = read(REGISTRY["funding_z_90"], told["funding_z_90"][-1, 0], frame.row(29), 0)
    assert early == Missing("funding_z_90", "warming_up: 90 rows in a row are needed")
    late = frame_of([series_of("a", bars_of([1.0, 2.0])), series_of("b", bars_of([1.0, 2.0, 3.0]))])
    assert read(REGISTRY["return_1"], float("nan"), late.row(2), 0) == Missing("return_1", "no_data: candle")


@pytest.mark.parametrize(("name", "rows"), [("funding_rate", 2), ("close", 3), ("benchmark_close", 3)])
def test_facts_on_another_grid_or_called_as_a_candles_column_are_refused(name: str, rows: int) -> None:
    frame = one_asset(bars_of([1.0, 2.0, 3.0]))
    with pytest.raises(ValueError, match=f"{name} .* is no fact of a frame"):
        frame.with_facts({name: np.ones((rows, 1))})
