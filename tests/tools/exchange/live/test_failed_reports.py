"""A report that failed is never read as empty: not as no order, no balance, no fill, no open order."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from core.errors import KeyRefusedError, UnreachableError
from tests.tools.exchange.live.rig import Rig, an_id, an_order
from tools.exchange.live.exchange import LiveExchange
from tools.exchange.stand_in import Endpoint, Fault, Wrong

pytestmark = pytest.mark.parts

Ask = Callable[[LiveExchange], Awaitable[Any]]

NEEDED: dict[str, tuple[Ask, tuple[Endpoint, ...]]] = {
    "open_orders": (lambda one: one.open_orders(), (Endpoint.OPEN_ORDERS,)),
    "balances": (lambda one: one.balances(), (Endpoint.BALANCE,)),
    "order": (
        lambda one: one.order(an_id("never")),
        (Endpoint.OPEN_ORDERS, Endpoint.ORDERS, Endpoint.MY_TRADES),
    ),
    "reports": (lambda one: one.reports(0), (Endpoint.FETCH_ORDER, Endpoint.MY_TRADES)),
    "permissions": (lambda one: one.permissions(), (Endpoint.PERMISSIONS,)),
}
FAILURES = [
    Fault.LOST_RESET, Fault.LOST_500, Fault.LOST_502, Fault.LOST_504, Fault.LOST_403, Fault.LOST_EMPTY,
    Fault.KEPT_EMPTY, Fault.KEPT_HTML, Fault.KEPT_TRUNCATED, Fault.KEPT_NULL, Fault.KEPT_OBJECT, Fault.KEPT_SHORT,
    Fault.KEPT_SAYS_UNEXPECTED, Fault.REFUSED_429,
]  # fmt: skip
CASES = [(name, endpoint) for name, (_, endpoints) in NEEDED.items() for endpoint in endpoints]


@pytest.mark.parametrize("fault", FAILURES, ids=lambda fault: fault.name)
@pytest.mark.parametrize(("name", "endpoint"), CASES)
def test_a_question_whose_report_fails_has_no_answer(
    live: Rig, name: str, endpoint: Endpoint, fault: Fault
) -> None:
    live.do(live.exchange.submit(an_order("in", symbol=live.symbol)))
    live.at.faults.plan(fault, endpoint, times=2)  # aiohttp itself repeats a GET whose connection was reset

    with pytest.raises(UnreachableError):
        live.do(NEEDED[name][0](live.exchange))


@pytest.mark.parametrize("name", ["order", "balances", "permissions"])
def test_an_empty_list_is_no_answer_to_a_question_for_one_thing(live: Rig, name: str) -> None:
    endpoint = {
        "order": Endpoint.FETCH_ORDER,
        "balances": Endpoint.BALANCE,
        "permissions": Endpoint.PERMISSIONS,
    }[name]
    endpoint = Endpoint.OPEN_ORDERS if (live.at.name, name) == ("kraken", "order") else endpoint
    live.at.faults.plan(Fault.KEPT_LIST, endpoint)

    with pytest.raises(UnreachableError):
        live.do(NEEDED[name][0](live.exchange))


@pytest.mark.parametrize("name", NEEDED)
def test_a_revoked_key_is_said_as_such_at_the_first_question(live: Rig, name: str) -> None:
    live.do(live.exchange.submit(an_order("in", symbol=live.symbol)))
    live.at.key.revoked = True

    with pytest.raises(KeyRefusedError):
        live.do(NEEDED[name][0](live.exchange))


def test_a_listing_that_hides_the_order_of_a_trade_proves_no_absence(live: Rig) -> None:
    live.do(live.exchange.submit(an_order("in", symbol=live.symbol)))
    live.at.misbehave(Wrong.FORGETS_CLOSED)

    with pytest.raises(UnreachableError, match="belongs to an order"):
        live.do(live.exchange.order(an_id("never")))


def test_a_lookup_that_shows_another_order_is_no_answer(on_binance: Rig) -> None:
    on_binance.do(on_binance.exchange.submit(an_order("one", limit="40000", ioc=False)))
    two = an_order("two", limit="40000", ioc=False)
    on_binance.do(on_binance.exchange.submit(two))
    on_binance.at.misbehave(Wrong.LOOKUP_FINDS_ANOTHER)

    with pytest.raises(UnreachableError):
        on_binance.do(on_binance.exchange.order(two.id))


def test_an_order_whose_lookup_fails_is_found_in_the_listings(live: Rig) -> None:
    order = an_order("low", limit="40000", ioc=False, symbol=live.symbol)
    state = live.do(live.exchange.submit(order))
    live.at.misbehave(Wrong.LOOKUP_FINDS_NOTHING)

    assert live.do(live.exchange.order(order.id)) == state


def test_an_accepted_order_that_is_shown_no_more_is_not_taken_for_gone(live: Rig) -> None:
    order = an_order("low", limit="40000", ioc=False, symbol=live.symbol)
    live.do(live.exchange.submit(order))
    live.at.misbehave(Wrong.FORGETS_CLOSED)
    live.at.cancel(1)
    live.log._connection.execute("UPDATE orders SET sent_at = sent_at - 31000")

    with pytest.raises(UnreachableError, match="does not show order"):
        live.do(live.exchange.reports(0))
