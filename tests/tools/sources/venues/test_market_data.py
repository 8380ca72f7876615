"""A venue's answers as typed outcomes, over the real ccxt: what passes is asked again, what does not is not."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any, TypeVar

import ccxt.async_support as ccxt
import pytest

from core.instant import HOUR, MINUTE, SECOND, Instant, interval
from core.market import Bars, Quote
from core.observation import NoData, NotEntitled, Ok, Throttled, Unreachable
from tests.tools.market.fake_venue import NOON, FakeVenue, Stepping
from tools.clocks import SimulatedClock
from tools.exchange.stand_in import stand_in
from tools.sources.venues import Book, MarketData, PublicWire, open_spot
from tools.sources.venues.book import book_of, quote_of

T = TypeVar("T")
H1 = interval("1h")


def asked(
    question: Callable[[MarketData], Awaitable[T]], *errors: Exception, **headers: str
) -> tuple[T, FakeVenue]:
    """What *question* comes to at a venue whose first answers are *errors*."""
    left = [*errors]
    clock = Stepping()
    venue = FakeVenue(clock, failing=lambda _: left.pop(0) if left else None, last_response_headers=headers)
    return asyncio.run(_of(question(MarketData(PublicWire("fake", venue, ccxt, clock), clock)))), venue


async def _of(one: Awaitable[T]) -> T:
    return await one


def newest(market: MarketData) -> Awaitable[Any]:
    return market.candles("AAA/USDT", H1, Instant(NOON - 5 * HOUR), Instant(NOON), 1000)


def test_closed_candles_come_as_bars_and_the_running_one_does_not() -> None:
    found, _ = asked(newest)
    assert isinstance(found, Ok)
    assert isinstance(found.value, Bars)
    assert found.value.opened_at.tolist() == [NOON - k * HOUR for k in (5, 4, 3, 2, 1)]


def test_what_passes_is_asked_again_after_growing_pauses() -> None:
    down = [ccxt.ExchangeNotAvailable("fake GET 503"), ccxt.RequestTimeout("x"), ccxt.NetworkError("reset")]
    found, venue = asked(newest, *down)
    assert isinstance(found, Ok)
    assert [at - NOON for at, _ in venue.asked] == [0, SECOND, 3 * SECOND, 7 * SECOND]


def test_a_venue_that_stays_away_is_unreachable_and_not_empty() -> None:
    found, venue = asked(newest, *[ccxt.ExchangeNotAvailable("fake GET 503")] * 9)
    assert isinstance(found, Unreachable)
    assert len(venue.asked) == 4


def test_a_block_by_location_is_asked_once_and_is_no_passing_failure_and_no_missing_symbol() -> None:
    found, venue = asked(newest, *[ccxt.ExchangeNotAvailable("fake GET https://x 451  {}")] * 9)
    assert isinstance(found, NotEntitled)
    assert "451" in found.detail
    assert len(venue.asked) == 1


def test_a_pause_that_a_venue_asks_for_is_kept_where_it_is_short_and_told_where_it_is_long() -> None:
    found, venue = asked(newest, ccxt.RateLimitExceeded("429"), **{"Retry-After": "60"})
    assert isinstance(found, Ok)
    assert [at - NOON for at, _ in venue.asked] == [0, MINUTE]
    found, venue = asked(newest, ccxt.DDoSProtection("418"), **{"Retry-After": "7200"})
    assert isinstance(found, Throttled)
    assert found.retry_after_ms == 2 * HOUR
    assert len(venue.asked) == 1


def test_a_symbol_that_is_not_traded_is_no_data() -> None:
    found, _ = asked(newest, ccxt.BadSymbol("fake does not have market symbol"))
    assert isinstance(found, NoData)


@pytest.mark.parametrize(
    "rows",
    [
        "<!doctype html>",
        [[NOON - HOUR, 1, 2, 0.5]],
        [[NOON - HOUR, 4, 3, 5, 4, 1]],
        [[NOON - HOUR, None, 3, 1, 2, 1]],
        [[NOON - 2 * HOUR + 1, 2, 3, 1, 2, 1]],
        [[NOON - HOUR, 2, 3, 1, 2, 1], [NOON - 2 * HOUR, 2, 3, 1, 2, 1]],
        [[NOON - HOUR, 2, 3, 1, 2, 1], [NOON - HOUR, 2, 3, 1, 2.5, 1]],
        [[NOON - HOUR, 2, float("inf"), 1, 2, 1]],
        [[NOON - HOUR, "2", "3", "1", "2", "1"]],
    ],
    ids=["page", "short", "crossed", "null", "misaligned", "backwards", "twice", "infinite", "texts"],
)
def test_an_answer_that_cannot_be_true_is_no_answer(rows: Any) -> None:
    clock = Stepping()
    venue = FakeVenue(clock, change=lambda *_: rows)
    found = asyncio.run(_of(newest(MarketData(PublicWire("fake", venue, ccxt, clock), clock))))
    assert isinstance(found, Unreachable)


def test_a_ticker_is_a_quote_or_says_why_not() -> None:
    found, _ = asked(lambda market: market.quotes(["AAA/USDT"]))
    quote = found["AAA/USDT"]
    assert isinstance(quote, Ok)
    assert isinstance(quote.value, Quote)
    assert quote.value.bid < quote.value.ask
    down, _ = asked(lambda market: market.quotes(["AAA/USDT"]), *[ccxt.NetworkError("reset")] * 9)
    assert isinstance(down["AAA/USDT"], Unreachable)


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        ({"bid": 2, "ask": 1}, Unreachable),
        ({"bid": None, "ask": 1}, NoData),
        ({"bid": 1, "ask": 2, "timestamp": NOON - 2 * MINUTE}, Unreachable),
        ({"bid": "1", "ask": 2}, Unreachable),
        ({"bid": float("nan"), "ask": 2}, Unreachable),
        (None, Unreachable),
    ],
)
def test_a_quote_that_contradicts_itself_is_none(raw: Any, kind: type) -> None:
    assert isinstance(quote_of(raw, "A/B", "fake", NOON), kind)


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        ({"bids": [], "asks": [[2, 1]]}, NoData),
        ({"bids": [[3, 1]], "asks": [[2, 1]]}, Unreachable),
        ({"bids": [[1, 1], [1.5, 1]], "asks": [[2, 1]]}, Unreachable),
        ({"bids": [[1, -1]], "asks": [[2, 1]]}, Unreachable),
        ({"bids": [[1]], "asks": [[2, 1]]}, Unreachable),
        ({"bids": "x", "asks": [[2, 1]]}, Unreachable),
    ],
)
def test_a_book_that_contradicts_itself_is_none(raw: Any, kind: type) -> None:
    assert isinstance(book_of(raw, "A/B", "fake", NOON), kind)


@pytest.mark.parts
@pytest.mark.parametrize("venue", ["binance", "kraken"])
def test_the_real_forms_of_ticker_book_and_candles_are_read(venue: str) -> None:
    clock = SimulatedClock(NOON)
    symbol = {"binance": "BTC/USDT", "kraken": "BTC/USD"}[venue]
    with stand_in(venue, clock=clock) as there:

        async def look() -> tuple[Any, Any, Any]:
            market = MarketData(open_spot(venue, there.url, clock), clock)
            try:
                assert isinstance(await market.load(), Ok)
                span = Instant(NOON - 10 * HOUR), NOON
                return (
                    (await market.quotes([symbol]))[symbol],
                    await market.book(symbol, 10),
                    await market.candles(symbol, H1, *span, 300),
                )
            finally:
                await market.close()

        quote, book, candles = asyncio.run(look())
    assert quote.value.source == venue
    assert isinstance(book.value, Book)
    assert book.value.bids[0] == (quote.value.bid, book.value.bids[0][1])
    assert book.value.bids[0][1] > Decimal(0)
    assert len(candles.value) == 10
