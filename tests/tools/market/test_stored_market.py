"""The store as a market: read on demand, the narrowest series that knows, never past now."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from core.errors import LookAheadError, NoAnswerError
from core.instant import DAY, HOUR, Instant, instant, interval
from core.market import Bars, Candle
from core.observation import Missing
from tests.tools.store.candles import D1, H1, a_store, bars, frame, put, wander
from tools.clocks import SimulatedClock
from tools.market.stored_market import StoredMarket
from tools.store.store import Store

START = instant("2024-01-01")
DAYS = 30
HOURS = wander(DAYS * 24, seed=3)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """BTC/USDT hourly for 30 days and daily for 60; ETH/USDT daily only."""
    found = a_store(tmp_path)
    put(found, tmp_path / "h.parquet", frame(bars(HOURS)))
    daily = bars(wander(60, seed=4), width=D1)
    put(found, tmp_path / "d.parquet", frame(daily), interval="1d", source="daily")
    put(found, tmp_path / "e.parquet", frame(daily), interval="1d", asset="ethereum", symbol="ETH/USDT")
    yield found
    found.close()


def market_at(store: Store, now: int) -> StoredMarket:
    return StoredMarket(store, SimulatedClock(Instant(now)), store.series(), Instant(now))


def test_nothing_is_read_before_it_is_asked_for(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, str]] = []
    read = Store.bars

    def counting(self: Store, symbol: str, width: object, *rest: object) -> object:
        asked.append((symbol, str(width)))
        return read(self, symbol, width, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(Store, "bars", counting)
    market = market_at(store, START + 10 * DAY)
    assert asked == []
    market.candle("BTC/USDT")
    market.window("BTC/USDT", H1, 5)
    assert asked == [("BTC/USDT", "1h")]


def test_the_narrowest_series_answers_and_is_resampled(store: Store) -> None:
    market = market_at(store, START + 10 * DAY)
    candle = market.candle("BTC/USDT")
    assert isinstance(candle, Candle)
    assert (candle.interval, candle.closed_at) == (H1, START + 10 * DAY)
    days = market.window("BTC/USDT", D1, 10)
    assert isinstance(days, Bars)
    assert days.close[-1] == HOURS[10 * 24 - 1]
    closes = market.column("BTC/USDT", interval("4h"), "close", 2)
    assert closes == [HOURS[10 * 24 - 5], HOURS[10 * 24 - 1]]


def test_where_the_narrow_series_ended_a_wider_one_goes_on(store: Store) -> None:
    market = market_at(store, START + 40 * DAY + 5 * HOUR)
    candle = market.candle("BTC/USDT")
    assert isinstance(candle, Candle)
    assert (candle.interval, candle.closed_at) == (D1, START + 40 * DAY)
    close = market.close("BTC/USDT")
    assert not isinstance(close, Missing)
    assert close == (candle.close, START + 40 * DAY)


def test_a_window_longer_than_the_narrow_series_comes_from_the_wider_one(store: Store) -> None:
    market = market_at(store, START + 45 * DAY)
    days = market.window("BTC/USDT", D1, 45)
    assert isinstance(days, Bars)
    assert len(days) == 45
    assert market.window("BTC/USDT", D1, 46) == Missing("BTC/USDT", "warming_up")


def test_what_is_narrower_than_anything_stored_is_missing(store: Store) -> None:
    market = market_at(store, START + 10 * DAY)
    assert market.window("ETH/USDT", H1, 1) == Missing("ETH/USDT", "no_data")
    assert market.window("BTC/USDT", interval("15m"), 1) == Missing("BTC/USDT", "no_data")


def test_a_refused_candle_is_refused_and_no_other_series_is_asked(tmp_path: Path) -> None:
    spiked = np.array(HOURS)
    spiked[24 * 10 - 1] *= 40.0
    store = a_store(tmp_path)
    put(store, tmp_path / "h.parquet", frame(bars(spiked)))
    put(
        store,
        tmp_path / "d.parquet",
        frame(bars(wander(60, seed=4), width=D1)),
        interval="1d",
        source="daily",
    )
    market = market_at(store, START + 10 * DAY)
    assert market.candle("BTC/USDT") == Missing("BTC/USDT", "gate:jump")
    assert market.window("BTC/USDT", D1, 3) == Missing("BTC/USDT", "gate:jump")
    store.close()


def test_before_the_first_candle_there_is_nothing(store: Store) -> None:
    market = market_at(store, START + HOUR - 1)
    assert market.candle("BTC/USDT") == Missing("BTC/USDT", "no_data")
    assert market.close("BTC/USDT") == Missing("BTC/USDT", "no_data")


def test_time_goes_on_for_what_was_read_and_never_past_the_clock(store: Store) -> None:
    clock = SimulatedClock(Instant(START + DAY))
    market = StoredMarket(store, clock, store.series(), Instant(START + DAY))
    market.candle("BTC/USDT")
    asyncio.run(clock.sleep_until(Instant(START + 2 * DAY)))
    asyncio.run(market.advance(Instant(START + 2 * DAY)))
    candle = market.candle("BTC/USDT")
    assert isinstance(candle, Candle)
    assert candle.closed_at == START + 2 * DAY == market.now
    with pytest.raises(LookAheadError):
        asyncio.run(market.advance(Instant(START + 3 * DAY)))


def test_a_market_opened_past_its_clock_answers_nothing(store: Store) -> None:
    market = StoredMarket(store, SimulatedClock(START), store.series(), Instant(START + DAY))
    with pytest.raises(LookAheadError):
        market.candle("BTC/USDT")


def test_a_symbol_that_is_not_stored_is_refused(store: Store) -> None:
    market = market_at(store, START + DAY)
    with pytest.raises(NoAnswerError) as caught:
        market.candle("NO/USDT")
    assert caught.value.code == "unknown_symbol"


def test_the_fingerprints_are_of_what_was_read(store: Store) -> None:
    market = market_at(store, START + DAY)
    assert market.fingerprints() == {}
    market.candle("BTC/USDT")
    assert list(market.fingerprints()) == ["BTC/USDT 1h"]


def test_a_delisting_is_told_once_it_has_happened(tmp_path: Path) -> None:
    with _delisted(tmp_path) as store:
        ended = Instant(START + 5 * DAY)
        assert market_at(store, ended).delisted_at("BTC/USDT") == ended
        assert market_at(store, ended - 1).delisted_at("BTC/USDT") is None


@contextmanager
def _delisted(home: Path) -> Iterator[Store]:
    """BTC/USDT stops after 5 days while ETH/USDT of the same source goes on."""
    store = a_store(home)
    put(store, home / "b.parquet", frame(bars(HOURS[: 5 * 24])))
    put(store, home / "e.parquet", frame(bars(HOURS)), asset="ethereum", symbol="ETH/USDT")
    yield store
    store.close()
