"""What comes out of the door to the wire when something secret is in what went wrong behind it."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import ccxt
import pytest

from core.errors import KeyRefusedError, OrderError, UnreachableError
from core.instant import Instant
from tools.clocks import SimulatedClock
from tools.exchange.live.dialect import PartialAnswerError
from tools.exchange.live.gate import Gate
from tools.exchange.live.outcome import Outcome, Ruling
from tools.exchange.live.redaction import Keys, Redactor

KEY, SECRET = "canaryKEY0canaryKEY0", "canarySECRETcanarySECRET"
URL = f"GET https://api.example.com/order?symbol=BTCUSDT&timestamp=1&apiKey={KEY}&signature=0a1b2c3d"


def gate() -> Gate:
    client = SimpleNamespace(last_response_headers=None)
    return Gate("venue", client, SimulatedClock(Instant(0)), Redactor(Keys(KEY, SECRET)), 1_000)


def failing(error: Exception) -> Any:
    async def call() -> None:
        raise error

    return call


FAILURES = [
    ccxt.RequestTimeout(URL),
    ccxt.ExchangeNotAvailable(f"{URL} 502 {SECRET}"),
    ccxt.ExchangeError(f'venue {{"code":-1,"msg":"you sent {KEY}"}}'),
    ccxt.AuthenticationError(f'venue {{"code":-2015,"msg":"key {KEY} is bad"}}'),
    ccxt.DDoSProtection(f"venue 429 {URL}"),
    PartialAnswerError(f"an answer about {KEY}"),
    ValueError(SECRET),
]


@pytest.mark.parametrize("error", FAILURES, ids=lambda error: type(error).__name__)
def test_no_secret_comes_out_with_a_failure(error: Exception) -> None:
    ruling = asyncio.run(gate().attempt(failing(error)))
    assert isinstance(ruling, Ruling)
    with pytest.raises(OrderError) as raised:
        asyncio.run(gate().ask("something", failing(error)))

    assert raised.value.__context__ is None
    for text in (ruling.text, raised.value.message, raised.value.mend):
        assert not any(secret in text for secret in (KEY, SECRET, "0a1b2c3d"))


def test_a_refused_key_is_its_own_error_and_everything_else_is_no_answer() -> None:
    for error in FAILURES:
        expected = KeyRefusedError if isinstance(error, ccxt.AuthenticationError) else UnreachableError
        with pytest.raises(expected):
            asyncio.run(gate().ask("something", failing(error)))


def test_only_a_code_that_means_absent_is_absence() -> None:
    absent = frozenset({"-2013"})
    gone = ccxt.OrderNotFound('venue {"code":-2013,"msg":"Order does not exist."}')
    assert asyncio.run(gate().seek("an order", failing(gone), absent)) is None
    for other in (
        ccxt.OrderNotFound("venue: no such order"),
        ccxt.ExchangeError('venue {"code":-2010,"msg":""}'),
    ):
        with pytest.raises(UnreachableError):
            asyncio.run(gate().seek("an order", failing(other), absent))


def test_a_cancelled_call_stays_cancelled() -> None:
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(gate().attempt(failing(asyncio.CancelledError())))  # type: ignore[arg-type]


def test_a_pause_that_the_venue_names_is_kept_to_the_second() -> None:
    door = gate()

    async def call() -> None:
        door._client.last_response_headers = {"Retry-After": "17"}
        raise ccxt.DDoSProtection("venue 429")

    ruling = asyncio.run(door.attempt(call))
    assert isinstance(ruling, Ruling)
    assert ruling.outcome is Outcome.THROTTLED
    assert door.cool_until == 17_000
