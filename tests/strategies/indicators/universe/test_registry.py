"""What the registry promises of every indicator."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

from core.instant import DAY
from core.market import Bars
from strategies.indicators.catalog import INDICATORS, measure
from strategies.indicators.universe.definition import Definition, Family
from strategies.indicators.universe.frame import BENCHMARK
from strategies.indicators.universe.registry import REGISTRY, measure_universe, of_family
from tests.strategies.candles import any_bars, bars_of, walk
from tests.strategies.indicators.universe.frames import one_asset, walks

UNITS = {
    "fraction", "percent", "index", "ratio", "deviations", "fraction_per_year", "bars", "log_usd", "count",
}  # fmt: skip
# they hold the newest thing of a kind: how long that takes is price's business
WAITS_FOR_A_SWING = {"swing_high_distance", "swing_low_distance", "swing_place"}
FRAME = walks(380, 21, facts=True)
MEASURED = measure_universe(FRAME)
each = pytest.mark.parametrize("one", REGISTRY.values(), ids=REGISTRY)


def test_there_are_more_than_eighty_from_candles_alone_and_every_family_has_some() -> None:
    assert sum(not one.needs for one in REGISTRY.values()) >= 80
    for family in Family:
        assert len(of_family(family)) >= 5
    assert sum(len(of_family(family)) for family in Family) == len(REGISTRY)


@each
def test_it_says_all_that_a_reader_needs(one: Definition) -> None:
    assert re.fullmatch(r"[a-z0-9_]+", one.name)
    assert one.meaning
    assert one.source
    assert one.unit in UNITS
    assert 1 <= one.warm_up <= 365


def test_names_are_unique_and_what_the_catalogue_says_stays_true() -> None:
    for indicator in INDICATORS:
        one = REGISTRY[indicator.name]
        assert (one.meaning, one.unit, one.warm_up) == (indicator.meaning, indicator.unit, indicator.warm_up)


def test_facts_are_asked_for_by_the_names_under_which_they_are_stored() -> None:
    manifest = (Path(__file__).parents[3] / "data/shared.toml").read_text()
    elsewhere = {
        BENCHMARK, "funding_rate", "open_interest", "open_interest_value", "market_cap", "fdv", "total_supply", "fees",
        "revenue", "dex_volume", "commit_count_4_weeks", "votes_up",
    }  # fmt: skip
    for one in REGISTRY.values():
        for name in one.needs - elsewhere:
            assert re.search(rf"\b{name} = ", manifest), name


@each
def test_it_is_silent_until_it_has_warmed_up_and_speaks_from_then_on(one: Definition) -> None:
    values = MEASURED[one.name]
    assert np.isnan(values[: one.warm_up - 1]).all()
    if one.name not in WAITS_FOR_A_SWING:
        assert np.isfinite(values[one.warm_up - 1]).any()
    assert np.isfinite(values[-1]).any()


@settings(max_examples=60)
@given(bars=any_bars())
def test_it_says_of_any_candles_what_the_catalogue_says(bars: Bars) -> None:
    if not len(bars):
        return
    told = measure_universe(one_asset(bars), [indicator.name for indicator in INDICATORS])
    for name, value in measure(bars).items():
        newest = float(told[name][-1, 0])
        if value is None:
            assert np.isnan(newest), name
        else:
            assert newest == pytest.approx(value, rel=1e-6, abs=1e-7), name


@pytest.mark.parametrize("price", [100.0, 0.1, 1.1e-7, 67_123.45])
def test_flat_prices_say_nothing_or_exactly_what_flat_means_never_noise(price: float) -> None:
    told = measure_universe(one_asset(bars_of([price] * 400)))
    # the value traded and where round numbers lie are about the price itself
    for name in sorted(set(told) - {"traded_value_30", "round_number_distance"}):
        value = float(told[name][-1, 0])
        plain = np.isnan(value) or any(
            abs(value - exact) < 1e-9 for exact in (0.0, 0.5, 1.0, 25.0, 50.0, 100.0)
        )
        assert plain, (name, value)


def test_without_volume_only_what_is_about_volume_is_undefined() -> None:
    bars = walk(400, width=DAY)
    still = bars_of(bars.close, highs=bars.high, lows=bars.low, volumes=[0.0] * 400)  # type: ignore[arg-type]
    moved, quiet = (measure_universe(one_asset(one)) for one in (bars, still))
    lost = {name for name in moved if np.isfinite(moved[name][-1, 0]) and np.isnan(quiet[name][-1, 0])}
    about_volume = {one.name for one in of_family(Family.VOLUME)} | {"vwma_20_distance"}
    assert lost <= about_volume
    assert {"volume_ratio_20", "obv_slope_20", "mfi_14", "amihud_30"} <= lost
    assert all(not np.isfinite(values).any() or np.isfinite(values[-1]).all() for name, values in quiet.items() if name not in about_volume)  # fmt: skip


def test_it_says_how_one_more_bar_is_worked() -> None:
    told = {
        name: (REGISTRY[name].remembers, REGISTRY[name].span)
        for name in ("rsi_14", "sma_200_distance", "mvrv")
    }
    assert told == {"rsi_14": (True, 2), "sma_200_distance": (False, 200), "mvrv": (False, 1)}
    assert max(one.span for one in REGISTRY.values()) == 365


@each
def test_rows_before_its_warm_up_have_no_say_unless_it_remembers(one: Definition) -> None:
    if one.remembers:
        return
    newest = measure_universe(FRAME.since(len(FRAME) - one.warm_up), [one.name])[one.name][-1]
    expected = MEASURED[one.name][-1]
    np.testing.assert_allclose(newest, expected, rtol=1e-9, atol=1e-12)


def test_ranks_need_a_universe_of_twenty() -> None:
    small = measure_universe(walks(120, 19))
    compared = [one.name for one in REGISTRY.values() if one.in_universe]
    assert len(compared) >= 8
    for name in compared:
        assert np.isnan(small[name]).all()
    for one in REGISTRY.values():
        if not one.in_universe and one.needs <= {BENCHMARK} and one.warm_up <= 120:
            assert np.isfinite(small[one.name][-1]).any(), one.name
    ranks = MEASURED["return_30_rank"][-1]
    assert sorted(ranks) == pytest.approx(np.arange(21) / 20)


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(KeyError, match="rsi_15"):
        measure_universe(FRAME, ["rsi_15"])
