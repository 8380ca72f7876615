"""No reader tells what was not known at the instant that it is asked about, whatever is stored."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.instant import DAY, HOUR, Instant, Interval, instant, iso
from core.observation import Missing
from core.ports import FactSource
from core.spec import parse_spec
from tests.tools.ask.facts_by_hand import Held, held, rows_of, spoiled
from tests.tools.store.candles import a_store
from tests.tools.store.figures_by_hand import put, put_news
from tools.clocks import SimulatedClock
from tools.facts.home import HomeFacts
from tools.facts.simulated import KINDS, SimulatedFacts
from tools.facts.stored import FUNDING, StoredFacts
from tools.simulation.market import SimulatedMarket
from tools.store.catalog import SeriesKey
from tools.store.store import Store

BEGIN = instant("2024-01-01")
TODAY = instant("2026-01-01")
METRICS = (
    "active_addresses",
    "tx_count",
    "mvrv",
    "market_cap",
    "tvl",
    "fees",
    "fear_greed",
    FUNDING,
    "nothing",
)
ASSETS = ("bitcoin", "sui", "market", "nobody")


def told(found: Any) -> Iterator[Any]:
    """Every row of an answer of any reader."""
    if found is None or isinstance(found, Missing):
        return
    if isinstance(found, tuple):
        for one in found:
            yield from told(one)
        return
    yield found


def everything(reader: Any, now: Instant) -> Iterator[Any]:
    """What every method of *reader* says at *now*."""
    for asset in ASSETS:
        for metric in METRICS:
            for count in (1, 7, 400):
                yield from told(reader.facts(asset, metric, now, count))
                if hasattr(reader, "each"):
                    yield from told(reader.each(asset, metric, now, count))
            if hasattr(reader, "at"):
                for back in (0, 7, 30):
                    yield from told(reader.at(asset, metric, now, Instant(now - back * DAY)))
            if hasattr(reader, "highest"):
                yield from told(reader.highest(asset, metric, now))
        if hasattr(reader, "funding"):
            yield from told(reader.funding(asset, now, Instant(now - 30 * DAY)))
        if hasattr(reader, "news"):
            yield from told(reader.news(asset, now, 9))


moments = st.integers(0, 100 * 24).map(lambda hours: Instant(BEGIN - 60 * DAY + hours * HOUR))


@settings(max_examples=20)
@given(now=moments, seed=st.integers(0, 2**16))
def test_the_reader_of_a_store_tells_nothing_from_after(now: Instant, seed: int) -> None:
    for one in everything(spoiled(held(), now, seed).facts(), now):
        assert one.as_of <= one.known_at <= now


@settings(max_examples=20)
@given(now=moments, seed=st.integers(0, 2**16))
def test_and_what_it_tells_is_the_same_whatever_comes_after(now: Instant, seed: int) -> None:
    clean, worse = held(), spoiled(held(), now, seed)
    assert list(everything(clean.facts(), now)) == list(everything(worse.facts(), now))
    assert all(clean.facts().metrics(a, now) == worse.facts().metrics(a, now) for a in ASSETS)


@settings(max_examples=30)
@given(
    lags=st.lists(st.integers(0, 9 * 24), min_size=1, max_size=30),
    hours=st.integers(0, 40 * 24),
    vintages=st.integers(1, 3),
)
def test_whatever_its_lags_and_vintages_a_figure_is_told_from_its_time_on_and_no_earlier(
    lags: list[int], hours: int, vintages: int
) -> None:
    now, table = Instant(BEGIN + hours * HOUR), []
    for day, lag in enumerate(lags):
        stamp = BEGIN + day * DAY
        table += [(stamp, stamp + (lag + k * 31) * HOUR, 100.0 * day + k + 1) for k in range(vintages)]
    stamps, known_at, values = (np.array(column) for column in zip(*table, strict=True))
    world = Held()
    world.put(
        SeriesKey("bitcoin", "onchain", "tx_count", "", "", Interval(0), "one"),
        rows_of(stamps, known_at, values),
    )
    found = world.facts().facts("bitcoin", "tx_count", now, 99)
    newest = {stamp: value for stamp, at, value in table if at <= now}
    assert {one.as_of: float(one.value) for one in told(found)} == newest


def test_the_simulated_market_tells_nothing_from_after() -> None:
    market = SimulatedMarket(parse_spec("sim?assets=9"))
    reader = SimulatedFacts(market.facts)
    for hours in range(0, 100 * 24, 77):
        now = Instant(market.start + hours * HOUR)
        for ref in market.assets.values():
            for metric in KINDS:
                for one in told((reader.each(ref.id, metric, now, 3), reader.highest(ref.id, metric, now))):
                    assert one.as_of <= one.known_at <= now
                assert reader.at(ref.id, metric, now, now) is None


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with figures that are revised, funding and news."""
    with closing(a_store(tmp_path, TODAY)) as store:
        fill(store, tmp_path)
    return tmp_path


def fill(store: Store, folder: Path) -> None:
    days = [Instant(BEGIN + day * DAY) for day in range(60)]
    figures = ["ts,metric,value,known_at"]
    for number, day in enumerate(days):
        for late, extra in ((50, 0), (50 + 24 * (number % 9 + 1), 7)):
            figures.append(
                f"{iso(day)},active_addresses,{1000 + number + extra},{iso(Instant(day + late * HOUR))}"
            )
    put(store, folder / "a.csv", "\n".join(figures))
    rates = [f"{iso(Instant(BEGIN + k * 8 * HOUR))},{k * 1e-6:.7f},8" for k in range(150)]
    text = "\n".join(["ts,rate,interval_hours", *rates])
    put(store, folder / "f.csv", text, kind="funding", venue="binance")
    pieces = [{"published": iso(day), "title": f"Piece {number} of news"} for number, day in enumerate(days)]
    put_news(store, folder / "n.jsonl", *pieces)


@pytest.mark.parametrize("hours", [0, 49, 50, 51, 24 * 20 + 3, 24 * 70])
def test_every_way_to_read_a_home_is_bounded_and_says_the_same(home: Path, hours: int) -> None:
    now = Instant(BEGIN + hours * HOUR)
    clock = SimulatedClock(TODAY)
    with closing(Store.open(home, clock)) as store:
        stored = StoredFacts(store.series(), store.rows, store.articles)
        readers: tuple[FactSource, ...] = (store, stored, HomeFacts(home, clock))
        for metric in ("active_addresses", "nothing"):
            for count in (1, 5, 500):
                answers = [one.facts("bitcoin", metric, now, count) for one in readers]
                assert answers[0] == answers[1] == answers[2]
                assert all(one.known_at <= now for one in told(answers[0]))
        rates = readers[2].facts("bitcoin", FUNDING, now, 500)
        assert all(one.known_at <= now for one in told((rates, store.funding("bitcoin", now, 500))))
        assert store.news("bitcoin", now, 9) == stored.news("bitcoin", now, 9)
        assert all(one.known_at <= now for one in told(stored.news(None, now, 99)))


def test_what_comes_into_a_home_is_seen_within_an_hour(tmp_path: Path) -> None:
    clock = SimulatedClock(TODAY)
    reader = HomeFacts(tmp_path, clock)
    assert isinstance(reader.facts("bitcoin", "active_addresses", TODAY, 1), Missing)
    with closing(a_store(tmp_path, TODAY)) as store:
        fill(store, tmp_path)
    assert isinstance(reader.facts("bitcoin", "active_addresses", TODAY, 1), Missing)
    asyncio.run(clock.sleep_until(Instant(TODAY + HOUR)))
    assert len(list(told(reader.facts("bitcoin", "active_addresses", TODAY, 5)))) == 5


def test_a_days_mean_is_not_taken_for_a_rate_of_eight_hours(tmp_path: Path) -> None:
    with closing(a_store(tmp_path, TODAY)) as store:
        rows = [f"{iso(Instant(BEGIN + k * DAY))},0.0003" for k in range(9)]
        put(
            store,
            tmp_path / "f.csv",
            "\n".join(["ts,rate", *rows]),
            kind="funding",
            venue="binance",
            interval="1d",
        )
    reader = HomeFacts(tmp_path, SimulatedClock(TODAY))
    assert reader.facts("bitcoin", FUNDING, Instant(BEGIN + 9 * DAY), 99) == Missing(FUNDING, "no_data")
