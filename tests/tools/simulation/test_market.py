"""The simulated market is the same on every run, endless, and shaped like a venue's data."""

from __future__ import annotations

import itertools
from dataclasses import fields
from decimal import Decimal
from functools import cache

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import UsageError
from core.instant import DAY, HOUR, Instant, instant
from core.market import Bars
from core.money import published
from core.spec import parse_spec
from tools.simulation.climate import REGIMES
from tools.simulation.market import SimulatedMarket
from tools.simulation.roster import SECTORS, tokens

START = instant("2024-01-01")
PUBLISHED = [16.3435, 16.2856, 16.1407]
COLUMNS = [field.name for field in fields(Bars)][2:]


@cache
def a_market(text: str = "sim") -> SimulatedMarket:
    return SimulatedMarket(parse_spec(text))


def after(days: int) -> Instant:
    return Instant(START + days * DAY)


def same(left: Bars, right: Bars) -> bool:
    return all(getattr(left, name).tobytes() == getattr(right, name).tobytes() for name in COLUMNS)


def test_the_canonical_spec_names_every_key_in_order() -> None:
    assert a_market().canonical == "sim?assets=12&faults=none&grain=1h&seed=7&start=2024-01-01"
    again = SimulatedMarket(parse_spec("sim?start=2024-01-01T00:00:00Z&seed=007"))
    assert again.canonical == a_market().canonical


@pytest.mark.parametrize(
    "text",
    [
        *("replay", "sim:other", "sim?sed=7", "sim?seed=-1", "sim?seed=x", "sim?seed=9223372036854775808"),
        *("sim?assets=0", "sim?assets=501", "sim?grain=2h", "sim?faults=some", "sim?start=soon"),
        *("sim?start=2024-01-01T12:00:00Z", "sim?start=1970-01-01", "sim?seed=", "sim?assets=²"),
    ],
)
def test_what_the_market_does_not_know_is_refused_with_the_mend(text: str) -> None:
    with pytest.raises(UsageError) as refused:
        a_market.__wrapped__(text)
    assert refused.value.mend


def test_the_same_seed_gives_the_same_bytes_and_another_seed_gives_others() -> None:
    left, right = (SimulatedMarket(parse_spec("sim?assets=3")).series(after(30)) for _ in range(2))
    other = SimulatedMarket(parse_spec("sim?assets=3&seed=8")).series(after(30))
    for symbol, series in left.items():
        assert series.fingerprint == right[symbol].fingerprint
        assert series.fingerprint != other[symbol].fingerprint


def test_the_bytes_of_seed_7_are_the_ones_that_were_published() -> None:
    bars = a_market("sim?assets=1").series(after(1))["NOVA/USDT"].bars
    assert [float(price) for price in bars.close[:3]] == PUBLISHED


@settings(max_examples=12, deadline=None)
@given(
    shorter=st.integers(-260, 200),
    more=st.integers(0, 200),
    hour=st.integers(0, 23),
    text=st.sampled_from(["assets=10", "assets=6&grain=4h&faults=heavy", "assets=2&grain=1d&seed=3"]),
)
def test_a_shorter_question_gets_an_exact_prefix(shorter: int, more: int, hour: int, text: str) -> None:
    early = Instant(after(shorter) + hour * HOUR)
    late = Instant(early + more * DAY)
    long_first = SimulatedMarket(parse_spec(f"sim?{text}"))
    whole = long_first.series(late)
    cut = SimulatedMarket(parse_spec(f"sim?{text}")).series(early)
    for symbol, series in cut.items():
        rows = len(series.bars)
        assert same(series.bars, whole[symbol].bars.slice(0, rows))
        assert np.array_equal(series.last_bad, whole[symbol].last_bad[:rows])
        assert np.array_equal(series.segment, whole[symbol].segment[:rows])
        assert same(series.bars, long_first.series(early)[symbol].bars)


def test_more_tokens_change_no_other_token() -> None:
    few, many = (
        SimulatedMarket(parse_spec(f"sim?assets={n}&faults=light")).series(after(30)) for n in (4, 40)
    )
    assert list(many)[:4] == list(few)
    assert all(same(few[symbol].bars, many[symbol].bars) for symbol in few)


@pytest.mark.parametrize("grain", ["1m", "15m", "1h", "4h", "1d"])
def test_candles_of_every_grain_are_consistent_and_on_the_venues_steps(grain: str) -> None:
    market = SimulatedMarket(parse_spec(f"sim?assets=3&grain={grain}"))
    for symbol, series in market.series(Instant(START - 200 * DAY)).items():
        bars, venue = series.bars, market.instruments[symbol]
        assert np.all(np.diff(bars.opened_at) == market.grain.ms)
        assert bars.opened_at[0] == START - 250 * DAY
        assert bars.opened_at[-1] + market.grain.ms == START - 200 * DAY
        assert np.all(bars.high >= np.maximum(bars.open, bars.close))
        assert np.all(bars.low <= np.minimum(bars.open, bars.close))
        assert np.all(bars.low > 0)
        assert np.all(bars.volume > 0)
        for name in ("open", "high", "low", "close"):
            assert all(published(x) % venue.tick_size == 0 for x in getattr(bars, name)[:300])
        assert all(published(x) % venue.lot_size == 0 for x in bars.volume[:300])
        step = np.abs(np.log(bars.open[1:] / bars.close[:-1]))
        assert np.mean(step == 0) > 0.5
        assert step.max() < 0.003
        assert venue.min_notional == Decimal(5)
        assert venue.lot_size * published(bars.close[0]) < Decimal("0.2")


def test_the_grains_of_one_seed_tell_the_same_story() -> None:
    until = Instant(START - 180 * DAY)
    hours = a_market("sim?assets=2").series(until)
    for grain, wide in (("4h", 4), ("1d", 24)):
        for symbol, series in a_market(f"sim?assets=2&grain={grain}").series(until).items():
            fine = hours[symbol].bars
            assert np.array_equal(series.bars.open, fine.open[::wide])
            assert np.array_equal(series.bars.close, fine.close[wide - 1 :: wide])
            assert np.array_equal(series.bars.high, fine.high.reshape(-1, wide).max(axis=1))
            assert np.array_equal(series.bars.low, fine.low.reshape(-1, wide).min(axis=1))
    for symbol, series in a_market("sim?assets=2&grain=15m").series(until).items():
        assert np.array_equal(series.bars.close[3::4], hours[symbol].bars.close)


def test_volume_rises_with_the_size_of_the_move() -> None:
    for series in a_market().series(after(200)).values():
        bars = series.bars
        move = np.abs(np.log(bars.close / bars.open))
        assert np.corrcoef(np.log(bars.volume), move)[0, 1] > 0.3


def test_one_token_is_listed_late_and_one_is_delisted_after_a_decay() -> None:
    market = a_market()
    series = market.series(after(365))
    began = {symbol: one.bars.opened_at[0] for symbol, one in series.items()}
    late = [symbol for symbol in market.symbols if began[symbol] > START]
    gone = [symbol for symbol in market.symbols if series[symbol].delisted_at is not None]
    assert (late, gone) == (["VEXLO/USDT"], ["RUNDE/USDT"])
    dead = series["RUNDE/USDT"]
    assert dead.delisted_at is not None
    assert dead.bars.opened_at[-1] + HOUR == dead.delisted_at
    early = market.series(Instant(dead.delisted_at - HOUR))
    assert early["RUNDE/USDT"].delisted_at is None
    assert len(market.series(after(0))["VEXLO/USDT"].bars) == 0


@pytest.mark.parametrize("seed", range(8))
def test_a_delisted_token_has_lost_most_of_its_price_before_it_goes(seed: int) -> None:
    market = a_market(f"sim?seed={seed}")
    bars = market.series(after(365))["RUNDE/USDT"].bars
    assert bars.close[-1] < 0.45 * bars.close[-90 * 24]


@pytest.mark.parametrize("seed", range(4))
def test_no_price_leaves_the_plausible_within_two_years(seed: int) -> None:
    for series in a_market(f"sim?seed={seed}&assets=12&grain=1d").series(after(730)).values():
        assert series.bars.low.min() > 1e-4
        assert series.bars.high.max() < 1e6
        assert series.bars.high.max() / series.bars.low.min() < 500


def test_names_are_invented_unique_and_none_trades_on_a_real_venue(shared_data: object) -> None:
    real = {
        symbol.removesuffix("USDT")
        for path in (shared_data / "panel").glob("*.parquet")  # type: ignore[operator]
        for symbol in pl.read_parquet(path, columns=["symbol"])["symbol"].unique()
    }
    everyone = tokens(7, 500, START)
    names = {token.name.upper() for token in everyone}
    assert len(names) == len({token.asset for token in everyone}) == 500
    assert not names & real
    assert {token.sector for token in everyone} == set(SECTORS)


def test_every_regime_comes_and_lasts() -> None:
    regimes = a_market().regimes(after(6 * 365))
    changes = sum(one != two for one, two in itertools.pairwise(regimes))
    assert set(regimes) == set(REGIMES)
    assert len(regimes) / changes > 10


def test_series_are_read_only() -> None:
    bars = a_market().series(after(1))["NOVA/USDT"].bars
    with pytest.raises(ValueError, match="read-only"):
        bars.close[0] = 1.0
