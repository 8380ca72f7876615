"""What the real ccxt 4.5.90 makes of every wire fault, measured; and whether the order lives, audited at the venue.

Classes are ccxt's. `no order id`: no exception at all, but an order dictionary whose id is None.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.tools.exchange.stand_in.clients import BALANCES, SYMBOL, Clients, sync_client
from tools.exchange.stand_in import Endpoint, Fault, StandIn, faults_of, stand_in
from tools.exchange.stand_in.wire.faults import Way

pytestmark = pytest.mark.parts

NOTHING = "no order id"
DOWN = "ExchangeNotAvailable"
LATE = "RequestTimeout"

# fault: (binance async, binance sync, kraken async, kraken sync)
TABLE = {
    Fault.LOST_RESET: (DOWN, "NetworkError", DOWN, "NetworkError"),
    Fault.LOST_CLOSED: (DOWN, "NetworkError", DOWN, "NetworkError"),
    Fault.LOST_SILENT: (LATE,) * 4,
    Fault.LOST_500: (DOWN,) * 4,
    Fault.LOST_502: (DOWN,) * 4,
    Fault.LOST_503: (DOWN,) * 4,
    Fault.LOST_504: (LATE,) * 4,
    Fault.LOST_403: (DOWN,) * 4,
    Fault.LOST_EMPTY: (NOTHING,) * 4,
    Fault.KEPT_RESET: (DOWN, "NetworkError", DOWN, "NetworkError"),
    Fault.KEPT_CLOSED: (DOWN, "NetworkError", DOWN, "NetworkError"),
    Fault.KEPT_500: (DOWN,) * 4,
    Fault.KEPT_502: (DOWN,) * 4,
    Fault.KEPT_503: (DOWN,) * 4,
    Fault.KEPT_504: (LATE,) * 4,
    Fault.KEPT_403: (DOWN,) * 4,
    Fault.KEPT_SILENT: (LATE,) * 4,
    Fault.KEPT_SAYS_UNEXPECTED: ("OperationFailed", "OperationFailed", DOWN, DOWN),
    Fault.KEPT_SAYS_TIMEOUT: (LATE, LATE, DOWN, DOWN),
    Fault.KEPT_SAYS_DISCONNECTED: ("OperationFailed", "OperationFailed", DOWN, DOWN),
    Fault.KEPT_EMPTY: (NOTHING,) * 4,
    Fault.KEPT_HTML: (NOTHING,) * 4,
    Fault.KEPT_TRUNCATED: (NOTHING,) * 4,
    Fault.KEPT_NULL: (NOTHING,) * 4,
    Fault.KEPT_OBJECT: (NOTHING,) * 4,
    Fault.KEPT_LIST: (NOTHING,) * 4,
    Fault.KEPT_OTHER_CLIENT_ID: ("another client id", "another client id", "", ""),
    Fault.KEPT_NO_ORDER_ID: (NOTHING,) * 4,
    Fault.KEPT_SHORT: ("ExchangeError", "NetworkError", "ExchangeError", "NetworkError"),
    Fault.KEPT_TRICKLE: (LATE, "good", LATE, "good"),  # requests measures each wait, not the whole
    Fault.KEPT_DUPLICATE: ("InvalidOrder", "InvalidOrder", "ExchangeError", "ExchangeError"),
    Fault.MATCHED_LATE: ("good",) * 4,
    Fault.MATCHED_TOO_LATE: ("InvalidNonce", "InvalidNonce", "ExchangeError", "ExchangeError"),
    Fault.REFUSED_FILTER: ("InvalidOrder",) * 4,
    Fault.REFUSED_FUNDS: ("InsufficientFunds",) * 4,
    Fault.REFUSED_DUPLICATE: ("InvalidOrder", "InvalidOrder", "ExchangeError", "ExchangeError"),
    Fault.REFUSED_CLOCK: ("InvalidNonce",) * 4,
    Fault.REFUSED_KEY: ("DDoSProtection", "DDoSProtection", "AuthenticationError", "AuthenticationError"),
    Fault.REFUSED_ORDER_RATE: ("RateLimitExceeded", "RateLimitExceeded", "DDoSProtection", "DDoSProtection"),
    Fault.REFUSED_REQUEST_RATE: (
        "RateLimitExceeded",
        "RateLimitExceeded",
        "DDoSProtection",
        "DDoSProtection",
    ),
    Fault.REFUSED_429: ("DDoSProtection",) * 4,
    Fault.REFUSED_418: ("DDoSProtection",) * 4,
}
CASES = [(name, fault) for name in ("binance", "kraken") for fault in faults_of(name)]


@pytest.fixture(scope="module")
def venues() -> Iterator[dict[str, StandIn]]:
    with (
        stand_in("binance", balances=BALANCES["binance"], slow_ms=600, late_ms=30) as binance,
        stand_in("kraken", balances=BALANCES["kraken"], slow_ms=600, late_ms=30) as kraken,
    ):
        yield {"binance": binance, "kraken": kraken}


def test_every_fault_is_in_the_table() -> None:
    assert set(TABLE) == set(Fault)
    assert sum(fault.arrives for fault in Fault) == 23
    assert all(fault.meaning for fault in Fault)


def _order(venue: StandIn, fault: Fault) -> tuple[Any, ...]:
    window = 150 if fault is Fault.MATCHED_TOO_LATE else 10_000
    params = {"clientOrderId": f"t{len(venue.requests())}"}
    if venue.name == "binance":
        params |= {"recvWindow": str(window)}
    else:
        params |= {"deadline": (datetime.now(UTC) + timedelta(milliseconds=window)).isoformat()}
    return SYMBOL[venue.name], "limit", "buy", 0.001, 49000, params


def _shown(order: dict[str, Any]) -> str:
    if order["id"] is None:
        return NOTHING
    ours = order["clientOrderId"] is None or order["clientOrderId"].startswith("t")
    return "good" if ours else "another client id"


@pytest.mark.parametrize("kind", ["async", "sync"])
@pytest.mark.parametrize(("name", "fault"), CASES, ids=[f"{name}-{fault.name}" for name, fault in CASES])
def test_ccxt_says_what_the_table_says_and_the_venue_keeps_what_it_says(
    venues: dict[str, StandIn], ccxt_clients: Clients, kind: str, name: str, fault: Fault
) -> None:
    venue = venues[name]
    patience = 250 if fault.way in {Way.SILENCE, Way.TRICKLE} else 10_000
    ccxt_clients.ask(venue, kind)("fetch_balance")
    ask = ccxt_clients.ask(venue, kind, timeout=patience)
    before = len(venue.orders())
    venue.faults.plan(fault)
    try:
        heard = _shown(ask("create_order", *_order(venue, fault)))
    except Exception as error:
        heard = type(error).__name__
    assert heard == TABLE[fault][("binance", "kraken").index(name) * 2 + (kind == "sync")]
    assert len(venue.orders()) - before == fault.arrives
    assert venue.requests(Endpoint.CREATE_ORDER)[-1].fault is fault


def test_a_revoked_key_is_an_authentication_error_only_as_long_as_nothing_has_succeeded(
    venues: dict[str, StandIn],
) -> None:
    venue = venues["binance"]
    with sync_client(venue) as client:
        venue.faults.plan(Fault.REFUSED_KEY, Endpoint.BALANCE)
        client.options["fetchCurrencies"] = False
        client.options["fetchMargins"] = False
        with pytest.raises(Exception) as first:  # noqa: PT011 - its class is what is looked at
            client.fetch_balance()
        assert type(first.value).__name__ == "AuthenticationError"
        client.fetch_balance()
        venue.faults.plan(Fault.REFUSED_KEY, Endpoint.BALANCE)
        with pytest.raises(Exception) as second:  # noqa: PT011 - its class is what is looked at
            client.fetch_balance()
        assert type(second.value).__name__ == "DDoSProtection"


def test_chance_draws_the_same_faults_from_the_same_seed() -> None:
    drawn = []
    for _ in range(2):
        venue = stand_in("binance")
        venue.faults.chance(0.55, [Fault.KEPT_RESET, Fault.LOST_500], seed=3)
        drawn.append([venue.faults.next(Endpoint.CREATE_ORDER, {}) for _ in range(200)])
    assert drawn[0] == drawn[1]
    assert 80 < sum(one is not None for one in drawn[0]) < 140
    assert venue.faults.next(Endpoint.BALANCE, {}) is None


def test_planned_faults_hit_the_requests_they_were_planned_for() -> None:
    faults = stand_in("binance").faults
    faults.plan(Fault.LOST_500, after=1, times=2, when=lambda params: params.get("side") == "SELL")
    sells = [faults.next(Endpoint.CREATE_ORDER, {"side": "SELL"}) for _ in range(4)]
    assert sells == [None, Fault.LOST_500, Fault.LOST_500, None]
    assert faults.next(Endpoint.CREATE_ORDER, {"side": "BUY"}) is None
    faults.plan(Fault.LOST_500)
    faults.clear()
    assert faults.next(Endpoint.CREATE_ORDER, {}) is None


def test_an_outage_hits_everything_until_it_is_over() -> None:
    faults = stand_in("binance").faults
    faults.always(Fault.LOST_CLOSED)
    assert {faults.next(endpoint, {}) for endpoint in Endpoint} == {Fault.LOST_CLOSED}
    faults.clear()
    assert {faults.next(endpoint, {}) for endpoint in Endpoint} == {None}
