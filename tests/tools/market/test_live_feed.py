"""A live market takes in what is new, waits for what is late, and lives through what fails."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Any

import ccxt.async_support as ccxt
import numpy as np

from core.instant import DAY, HOUR, MINUTE, SECOND
from core.market import Bars
from core.observation import Missing
from tests.tools.market.fake_venue import D1, H1, M1, NOON, Fed, fed, row

DOWN = ccxt.ExchangeNotAvailable("fake GET 503 Service Unavailable")


def opened(one: Fed | None = None) -> Fed:
    one = one or fed()
    asyncio.run(one.open())
    return one


def newest(one: Fed) -> int:
    candle = one.market.candle("AAA/USDT")
    assert not isinstance(candle, Missing)
    return candle.opened_at


def test_the_past_is_read_page_by_page_and_the_running_candle_is_not_in_it() -> None:
    one = fed(start=NOON + 10 * SECOND)
    one.venue.page = 30
    opened(one)
    assert newest(one) == NOON - MINUTE
    for width, rows in ((M1, 199), (H1, 99), (D1, 59)):
        found = one.market.window("AAA/USDT", width, rows)
        assert isinstance(found, Bars)
        assert np.all(np.diff(found.opened_at) == width.ms)
        assert found.opened_at[-1] + width.ms <= one.clock.time


def test_each_minute_brings_its_candle_five_seconds_after_it_closed() -> None:
    one = opened()
    assert asyncio.run(one.at(NOON + MINUTE + 4 * SECOND)) == []
    assert newest(one) == NOON - MINUTE
    asyncio.run(one.at(NOON + MINUTE + 5 * SECOND))
    assert newest(one) == NOON
    assert one.feed.has(NOON + MINUTE)


def test_wide_candles_are_the_venues_own_and_come_with_their_boundary() -> None:
    one = opened()
    asyncio.run(one.at(NOON + HOUR + 5 * SECOND))
    found = one.market.window("AAA/USDT", H1, 2)
    assert isinstance(found, Bars)
    assert found.opened_at.tolist() == [NOON - HOUR, NOON]
    assert found.close[-1] == row(NOON, HOUR)[4]


def test_a_wide_candle_that_is_late_is_made_of_the_grains() -> None:
    one = opened()
    one.venue.change = lambda _, width, rows: rows if width == "1m" else []
    asyncio.run(one.at(NOON + HOUR + 5 * SECOND))
    found = one.market.window("AAA/USDT", H1, 1)
    assert isinstance(found, Bars)
    assert (found.opened_at[0], found.close[0]) == (NOON, row(NOON + 59 * MINUTE, MINUTE)[4])
    assert found.volume[0] == 60 * 5000.0


def test_a_late_candle_is_waited_for_and_a_beat_does_not_wait_for_ever() -> None:
    one = opened()
    one.venue.late_ms = 9 * SECOND
    asyncio.run(one.at(NOON + MINUTE + 6 * SECOND))
    assert not one.feed.has(NOON + MINUTE)
    asyncio.run(one.at(NOON + MINUTE + 10 * SECOND))
    assert one.feed.has(NOON + MINUTE)
    one.venue.late_ms = DAY
    asyncio.run(one.at(NOON + 2 * MINUTE + 20 * SECOND))
    assert not one.feed.has(NOON + 2 * MINUTE)
    asyncio.run(one.at(NOON + 2 * MINUTE + 21 * SECOND))
    assert one.feed.has(NOON + 2 * MINUTE)


def test_a_symbol_that_has_gone_quiet_is_not_waited_for_again() -> None:
    one = opened(fed("AAA/USDT", "BBB/USDT"))
    one.venue.change = lambda symbol, _, rows: rows if symbol == "AAA/USDT" else []
    asyncio.run(one.at(NOON + MINUTE + 30 * SECOND))
    asyncio.run(one.at(NOON + 2 * MINUTE + 5 * SECOND))
    assert one.feed.has(NOON + 2 * MINUTE)
    assert one.market.candle("BBB/USDT") == Missing("BBB/USDT", "stale")


def test_an_outage_is_told_once_at_each_end_with_longer_and_longer_pauses_and_its_candles_come_in_order() -> (
    None
):
    one = opened()
    back = NOON + 10 * MINUTE
    one.venue.failing = lambda now: DOWN if NOON < now < back else None
    before = len(one.venue.asked)
    assert asyncio.run(one.at(back - SECOND)) == ["data.outage"]
    asked = [at for at, _ in one.venue.asked[before:]]
    pauses = np.diff(asked) // SECOND
    assert pauses.tolist()[:6] == [1, 2, 4, 8, 16, 32]
    assert set(pauses.tolist()[6:]) == {60}
    assert one.market.candle("AAA/USDT") == Missing("AAA/USDT", "stale")
    assert asyncio.run(one.at(back + 61 * SECOND)) == ["data.outage"]
    found = one.market.window("AAA/USDT", M1, 15)
    assert isinstance(found, Bars)
    assert np.all(np.diff(found.opened_at) == MINUTE)
    assert newest(one) == back - MINUTE


def test_one_lost_answer_is_no_outage() -> None:
    one = opened()
    one.venue.failing = lambda now: DOWN if now == NOON + MINUTE + 5 * SECOND else None
    assert asyncio.run(one.at(NOON + 2 * MINUTE)) == []
    assert newest(one) == NOON


def test_nothing_is_asked_before_the_venues_retry_after_is_over() -> None:
    one = opened()
    one.venue.last_response_headers = {"Retry-After": "300"}
    one.venue.failing = lambda now: ccxt.DDoSProtection("429") if now < NOON + 2 * MINUTE else None
    before = len(one.venue.asked)
    asyncio.run(one.at(NOON + 5 * SECOND + 299 * SECOND))
    assert len(one.venue.asked) == before + 1
    asyncio.run(one.at(NOON + 5 * SECOND + 301 * SECOND))
    assert newest(one) == NOON + 4 * MINUTE


def test_one_bad_candle_refuses_the_answer_and_is_told_once() -> None:
    one = opened()

    def spoiled(_: str, width: str, rows: list[Any]) -> list[Any]:
        return [[*one[:2], one[1] - 50, *one[3:]] for one in rows] if width == "1m" else rows

    one.venue.change = spoiled
    assert asyncio.run(one.at(NOON + 5 * MINUTE)) == ["data.refused"]
    assert one.market.candle("AAA/USDT") == Missing("AAA/USDT", "stale")
    one.venue.change = lambda _symbol, _width, rows: rows
    asyncio.run(one.at(NOON + 6 * MINUTE + 5 * SECOND))
    assert newest(one) == NOON + 5 * MINUTE


def test_a_candle_that_the_venue_corrects_reads_so_from_then_on_and_is_told() -> None:
    one = opened()
    first = asyncio.run(one.at(NOON + MINUTE + 5 * SECOND))

    def corrected(_: str, width: str, rows: list[Any]) -> list[Any]:
        return [
            [*one[:4], one[4] + 0.05, one[5]] if one[0] == NOON and width == "1m" else one for one in rows
        ]

    one.venue.change = corrected
    assert (first, asyncio.run(one.at(NOON + 2 * MINUTE + 5 * SECOND))) == ([], ["data.revised"])
    found = one.market.window("AAA/USDT", M1, 2)
    assert isinstance(found, Bars)
    assert found.close[0] == row(NOON, MINUTE)[4] + 0.05


def test_a_symbol_that_is_not_traded_any_more_is_frozen_and_told_once() -> None:
    one = opened(fed("AAA/USDT", "BBB/USDT"))

    def gone(symbol: str, _: str, rows: list[Any]) -> list[Any]:
        if symbol == "BBB/USDT":
            raise ccxt.BadSymbol("fake does not have market symbol BBB/USDT")
        return rows

    one.venue.change = gone
    assert asyncio.run(one.at(NOON + 5 * MINUTE)) == ["delisted.frozen"]
    assert one.market.candle("BBB/USDT") == Missing("BBB/USDT", "stale")
    assert newest(one) == NOON + 3 * MINUTE


def test_a_venue_whose_clock_is_behind_ours_has_its_running_candle_left_out() -> None:
    one = opened()
    one.venue.skew_ms = -10 * SECOND
    assert asyncio.run(one.at(NOON + MINUTE + 8 * SECOND)) == ["clock.skew"]
    assert newest(one) == NOON - MINUTE
    asyncio.run(one.at(NOON + MINUTE + 12 * SECOND))
    assert newest(one) == NOON


def test_memory_is_bounded_and_what_is_not_lived_through_is_never_dropped() -> None:
    one = opened()
    series = one.market.growing("AAA/USDT", M1)
    series._keep = 100
    asyncio.run(one.at(NOON + 100 * MINUTE))
    assert len(series.bars) <= 121
    one.venue.failing = lambda now: DOWN if now < NOON + 500 * MINUTE else None
    asyncio.run(one.at(NOON + 502 * MINUTE))
    assert len(series.bars) >= 400


def test_filters_that_changed_overnight_hold_from_then_on_and_are_told_once() -> None:
    one = opened()
    one.venue.listing = {"AAA/USDT": {"precision": {"price": 0.5, "amount": 0.001}}}
    assert asyncio.run(one.at(NOON + HOUR)) == []
    assert one.market.instrument("AAA/USDT").tick_size == Decimal("0.01")
    assert asyncio.run(one.at(NOON + HOUR + 5 * SECOND)) == ["filters.changed"]
    assert one.market.instrument("AAA/USDT").tick_size == Decimal("0.5")
    assert asyncio.run(one.at(NOON + 3 * HOUR)) == []


def test_a_listing_that_is_halted_is_frozen_and_comes_back() -> None:
    one = opened(fed("AAA/USDT", "BBB/USDT"))
    one.venue.listing = {"BBB/USDT": {"active": False}}
    assert asyncio.run(one.at(NOON + HOUR + 5 * SECOND)) == ["delisted.frozen"]
    asyncio.run(one.at(NOON + HOUR + 30 * MINUTE))
    assert one.market.candle("BBB/USDT") == Missing("BBB/USDT", "stale")
    one.venue.listing = {}
    assert asyncio.run(one.at(NOON + 2 * HOUR + 2 * MINUTE)) == []
    assert isinstance(one.market.window("BBB/USDT", M1, 60), Bars)
