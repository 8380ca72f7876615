"""Prices beside the candles: used while they are fresh and make sense, missing with the reason otherwise."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Any

import ccxt.async_support as ccxt
import pytest

from core.instant import MINUTE
from core.observation import Missing
from tests.tools.market.fake_venue import FakeVenue, Fed, Stepping, fed


def quoted(**tickers: Any) -> Fed:
    one = fed()
    one.venue.tickers = tickers
    asyncio.run(one.feed.quotes.refresh())
    return one


def told(symbol: str, bid: float | None, ask: float | None, last: float | None = 1.0) -> dict[str, Any]:
    return {symbol: {"bid": bid, "ask": ask, "last": last}}


def test_the_mid_lies_half_way_between_bid_and_ask() -> None:
    assert quoted(**told("AAA/USDT", 99.9, 100.3)).feed.quotes.mid("AAA/USDT") == Decimal("100.1")


@pytest.mark.parametrize(
    ("bid", "ask", "last", "why"),
    [
        (100.2, 100.1, 1.0, "gate:crossed_book"),
        (None, 100.1, 1.0, "gate:empty_book"),
        (0.0, 100.1, 1.0, "gate:empty_book"),
        (None, None, None, "gate:empty_book"),
        (float("nan"), 100.1, 1.0, "gate:empty_book"),
        (100.1, float("inf"), 1.0, "gate:empty_book"),
        (None, None, float("nan"), "gate:empty_book"),
    ],
)
def test_a_book_that_makes_no_sense_is_missing(
    bid: float | None, ask: float | None, last: float | None, why: str
) -> None:
    found = quoted(**told("AAA/USDT", bid, ask, last)).feed.quotes.mid("AAA/USDT")
    assert isinstance(found, Missing)
    assert found.why == why


def test_a_venue_that_tells_no_book_is_taken_at_its_last_price() -> None:
    assert quoted(**told("AAA/USDT", None, None, 7.5)).feed.quotes.mid("AAA/USDT") == Decimal("7.5")


def test_a_ticker_older_than_a_minute_is_missing() -> None:
    one = quoted(**told("AAA/USDT", 1.0, 1.0))
    one.clock.time += MINUTE
    assert one.feed.quotes.mid("AAA/USDT") == Decimal(1)
    one.clock.time += 1
    assert one.feed.quotes.mid("AAA/USDT") == Missing("mid:AAA/USDT", "gate:stale_ticker")


def refreshed(one: Fed, times: int = 2) -> None:
    async def refresh() -> None:
        for _ in range(times):
            await one.feed.quotes.refresh()
            await asyncio.sleep(0)
        await one.feed.quotes.close()

    asyncio.run(refresh())


def test_the_second_price_comes_from_another_venue_and_its_silence_is_missing_not_an_error() -> None:
    other = FakeVenue(Stepping(), ("AAA/USDT", "USDT/USD"), tickers=told("AAA/USDT", 50.0, 51.0))
    one = fed(seconds=[other])
    refreshed(one)
    assert one.feed.quotes.second_price("AAA/USDT") == Decimal("50.5")
    other.failing = lambda _: ccxt.RequestTimeout("slow")
    one.clock.time += 2 * MINUTE
    refreshed(one)
    assert one.feed.quotes.second_price("AAA/USDT") == Missing("second_price:AAA/USDT", "gate:stale_ticker")
    assert isinstance(one.feed.quotes.mid("AAA/USDT"), Decimal)


def test_a_second_venue_that_is_shut_or_lacks_the_symbols_gives_way_to_the_next() -> None:
    shut = FakeVenue(Stepping(), failing=lambda _: ccxt.RestrictedLocation("451"))
    poor = FakeVenue(Stepping(), ("ZZZ/USDT",))
    good = FakeVenue(Stepping(), tickers=told("AAA/USDT", 50.0, 51.0))
    one = fed(seconds=[shut, poor, good])
    refreshed(one, times=6)
    assert one.feed.quotes.second_price("AAA/USDT") == Decimal("50.5")
    assert shut.is_closed
    assert poor.is_closed
    assert good.is_closed


def test_without_another_venue_there_is_no_second_price() -> None:
    assert fed().feed.quotes.second_price("AAA/USDT") == Missing("second_price:AAA/USDT", "no_second_venue")


@pytest.mark.parametrize(
    ("symbol", "bid", "peg"), [("USDT/USD", 0.97, Decimal("0.97")), ("USDC/USDT", 1.25, Decimal("0.8"))]
)
def test_the_quotes_worth_is_read_from_its_own_market_or_against_usdc(
    symbol: str, bid: float, peg: Decimal
) -> None:
    one = fed("AAA/USDT", symbol)
    one.venue.tickers = told(symbol, bid, bid)
    asyncio.run(one.feed.quotes.refresh())
    assert one.feed.quotes.quote_peg() == peg


def test_dollars_are_worth_a_dollar_and_euros_are_not_measured_in_them() -> None:
    assert fed("AAA/USD").feed.quotes.quote_peg() == Decimal(1)
    assert fed("AAA/EUR").feed.quotes.quote_peg() == Missing("quote_peg", "not_a_dollar")
