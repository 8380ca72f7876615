"""The ccxt client of a venue: exact, asking once, at the venue's pace, and of one kind for every venue's file."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from core.errors import FaultError, UsageError
from core.registry import discover
from tests.tools.exchange.live.rig import Rigs
from tools.exchange.live.connecting import assert_sends_once, connect, venue
from tools.exchange.live.dialect import MAX_SKEW, VISIBILITY_LAG, Dialect
from tools.exchange.stand_in import StandIn

pytestmark = pytest.mark.parts

VENUES = discover("tools.exchange.venues", "VENUE")


@pytest.mark.parametrize("name", VENUES)
def test_a_venue_is_one_file_and_its_client_is_exact_patient_and_quiet(name: str) -> None:
    dialect = venue(name)
    client = connect(dialect, None)

    assert isinstance(dialect, Dialect)
    assert dialect.name == name
    assert client.enableRateLimit
    assert client.number is str
    assert client.timeout == 10_000
    assert client.options["adjustForTimeDifference"] is False
    assert client.has["fetchCurrencies"] is False
    assert not client.verbose
    assert dialect.grace_ms is None or dialect.grace_ms > MAX_SKEW + VISIBILITY_LAG


def test_krakens_pace_is_the_smallest_accounts_with_its_burst() -> None:
    bucket = connect(venue("kraken"), None).tokenBucket
    costs = connect(venue("kraken"), None).api["private"]["post"]

    assert bucket["windowSize"] / bucket["rateLimit"] == 15 * costs["QueryOrders"]["cost"]


@pytest.mark.parametrize("name", VENUES)
def test_a_listing_keeps_no_cancel_waiting_behind_it(name: str) -> None:
    client = connect(venue(name), None)
    waited = []

    async def asked() -> None:
        loop = asyncio.get_running_loop()
        client.throttler.loop = loop
        for cost in (16, 1, 1):
            begun = loop.time()
            await client.throttle(cost)
            waited.append(loop.time() - begun)

    asyncio.run(asked())
    assert max(waited) < 0.3


def test_a_stand_in_is_spoken_to_on_this_machine_only(binance: StandIn) -> None:
    for address in ("https://api.example.com", "http://10.0.0.1:80", "http://127.0.0.1.example.com"):
        with pytest.raises(UsageError, match="not on this machine"):
            connect(venue("binance"), None, base_url=address)


def test_an_unknown_venue_and_a_missing_sandbox_are_said() -> None:
    with pytest.raises(UsageError, match="no venue 'nope'"):
        venue("nope")
    with pytest.raises(UsageError, match="no sandbox"):
        connect(venue("kraken"), None, sandbox=True)


def test_a_client_that_would_repeat_requests_by_itself_is_refused(rigs: Rigs, binance: StandIn) -> None:
    client: Any = rigs.client(binance)
    for options in ({"maxRetriesOnFailure": 3}, {"createOrder": {"maxRetriesOnFailure": 1}}):
        kept = dict(client.options)
        client.options.update(options)
        with pytest.raises(FaultError, match="repeat"):
            assert_sends_once(client)
        client.options.clear()
        client.options.update(kept)


def test_the_sandbox_has_addresses_of_its_own() -> None:
    client = connect(venue("binance"), None, sandbox=True)

    assert "testnet" in client.urls["api"]["private"]
    assert "testnet" not in connect(venue("binance"), None).urls["api"]["private"]
