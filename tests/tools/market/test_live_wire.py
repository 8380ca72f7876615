"""What a venue's failures mean, in words a person can act on."""

from __future__ import annotations

import asyncio

import ccxt.async_support as ccxt
import pytest

from core.errors import NoAnswerError, TokenwiseError, UnreachableError, UsageError
from core.instant import MINUTE
from tests.tools.market.fake_venue import NOON, FakeVenue, Stepping
from tools.market.live_wire import ELSEWHERE, LiveWire, open_wire


def raised(error: Exception, **headers: str) -> TokenwiseError:
    clock = Stepping()
    venue = FakeVenue(clock, failing=lambda _: error, last_response_headers=headers)
    with pytest.raises(TokenwiseError) as caught:
        asyncio.run(LiveWire("binance", venue, ccxt, clock).load())
    return caught.value


@pytest.mark.parametrize(
    "error",
    [
        ccxt.ExchangeNotAvailable("binance GET https://api.binance.com/api/v3/exchangeInfo 451  {...}"),
        ccxt.ExchangeNotAvailable(
            "binance Service unavailable from a restricted location according to 'b. '"
        ),
        ccxt.RestrictedLocation("binance"),
    ],
)
def test_a_geo_block_is_told_as_one_with_other_venues_and_is_no_passing_failure(error: Exception) -> None:
    told = raised(error)
    assert isinstance(told, NoAnswerError)
    assert told.code == "restricted_location"
    assert "451" in told.message
    assert told.candidates == ("ccxt:kraken", "ccxt:okx", "ccxt:coinbase")
    assert "ccxt:kraken" in told.mend


def test_a_failing_name_lookup_is_told_as_such() -> None:
    error = ccxt.ExchangeNotAvailable("binance GET https://api.binance.com/api/v3/time")
    error.__cause__ = OSError("Cannot connect to host api.binance.com:443 [Name or service not known]")
    told = raised(error)
    assert isinstance(told, UnreachableError)
    assert "resolved" in told.message
    assert "ccxt:kraken" in told.mend


def test_a_timeout_says_how_long_it_was_waited() -> None:
    assert raised(ccxt.RequestTimeout("x")).message == "binance did not answer within 10 s"


@pytest.mark.parametrize(
    ("headers", "wait"),
    [({"Retry-After": "120"}, 2 * MINUTE), ({}, MINUTE), ({"retry-after": "soon"}, MINUTE)],
)
def test_a_venue_that_asks_for_patience_gets_it(headers: dict[str, str], wait: int) -> None:
    told = raised(ccxt.RateLimitExceeded("429 Too Many Requests"), **headers)
    assert isinstance(told, UnreachableError)
    assert told.retry_at == NOON + wait


def test_no_question_goes_out_inside_the_pause_that_a_venue_asked_for() -> None:
    clock = Stepping()
    venue = FakeVenue(clock, failing=lambda _: ccxt.RateLimitExceeded("429"))
    wire = LiveWire("binance", venue, ccxt, clock)

    async def five_questions() -> None:
        await asyncio.gather(*(wire.time() for _ in range(5)), return_exceptions=True)

    asyncio.run(five_questions())
    assert len(venue.asked) == 1
    clock.time += MINUTE
    asyncio.run(five_questions())
    assert len(venue.asked) == 2


@pytest.mark.parametrize("error", [KeyError("symbols"), TypeError("None"), ccxt.ExchangeError("binance {}")])
def test_an_answer_in_no_known_format_is_an_unanswered_question(error: Exception) -> None:
    assert isinstance(raised(error), UnreachableError)


def test_a_venue_nobody_knows_is_refused_with_those_that_are_near() -> None:
    async def opened() -> None:
        open_wire("binanse", None, Stepping())

    with pytest.raises(UsageError) as caught:
        asyncio.run(opened())
    assert "binance" in caught.value.candidates


@pytest.mark.parametrize("venue", ELSEWHERE)
def test_every_address_of_a_venue_moves_to_what_stands_in_for_it(venue: str) -> None:
    async def moved() -> list[str]:
        wire = open_wire(venue, "http://127.0.0.1:9", Stepping())
        urls = list(wire._client.urls["api"].values())
        await wire.close()
        return urls

    assert all(url.startswith("http://127.0.0.1:9") for url in asyncio.run(moved()))
