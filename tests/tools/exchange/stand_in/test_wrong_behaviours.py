"""Every wrong behaviour can be seen by a client that looks, and none of them on a venue that behaves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import ccxt
import pytest

from tests.tools.exchange.stand_in.clients import BALANCES, QUOTE, SYMBOL, Ask, Clients, sync_client
from tools.exchange.stand_in import StandIn, Wrong, stand_in

pytestmark = pytest.mark.parts

Look = Callable[[StandIn, Ask], bool]


def rest(venue: StandIn, ask: Ask, client_id: str = "mine", **params: Any) -> dict[str, Any]:
    """Places a limit buy far below the market."""
    return ask(
        "create_order", SYMBOL[venue.name], "limit", "buy", 0.01, 45000, {"clientOrderId": client_id} | params
    )


def by_client_id(venue: StandIn, ask: Ask, client_id: str = "mine") -> dict[str, Any] | None:
    named = {"clientOrderId": client_id}
    if venue.name == "kraken":
        found = ask("fetch_open_orders", SYMBOL[venue.name], None, None, named)
        return found[0] if found else None
    try:
        return ask("fetch_order", None, SYMBOL[venue.name], named)
    except ccxt.OrderNotFound:
        return None


def taken_raw(venue: StandIn, ask: Ask, price: str, quantity: str) -> bool:
    """Whether the venue takes a limit order with these very texts, which ccxt would have rounded."""
    try:
        if venue.name == "kraken":
            sent = {"pair": "XBTUSD", "type": "buy", "ordertype": "limit", "price": price, "volume": quantity}
            ask("private_post_addorder", sent)
        else:
            sent = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC"}
            ask("private_post_order", sent | {"price": price, "quantity": quantity})
    except ccxt.BaseError:
        return False
    return True


def client_id_is_gone(venue: StandIn, ask: Ask) -> bool:
    rest(venue, ask)
    return ask("fetch_open_orders", SYMBOL[venue.name])[0]["clientOrderId"] != "mine"


def old_requests_are_executed(venue: StandIn, ask: Ask) -> bool:
    soon = datetime.now(UTC) + timedelta(milliseconds=1000)
    window = {"recvWindow": "1000"} if venue.name == "binance" else {"deadline": soon.isoformat()}
    venue.set_skew(5000)
    try:
        rest(venue, ask, **window)
    except ccxt.BaseError:
        return False
    return True


def lookup_misses(venue: StandIn, ask: Ask) -> bool:
    rest(venue, ask)
    return by_client_id(venue, ask) is None


def lookup_is_another(venue: StandIn, ask: Ask) -> bool:
    rest(venue, ask, "other")
    placed = rest(venue, ask)
    found = by_client_id(venue, ask)
    return found is not None and found["id"] != placed["id"]


def fill_is_beyond_the_limit(venue: StandIn, ask: Ask) -> bool:
    rest(venue, ask)
    venue.fill(1)
    return ask("fetch_my_trades", SYMBOL[venue.name])[-1]["price"] > 45000


def immediate_order_rests(venue: StandIn, ask: Ask) -> bool:
    placed = rest(venue, ask, timeInForce="IOC")
    return ask("fetch_order", placed["id"], SYMBOL[venue.name])["status"] == "open"


def cancelled_order_lives(venue: StandIn, ask: Ask) -> bool:
    placed = rest(venue, ask)
    ask("cancel_order", placed["id"], SYMBOL[venue.name])
    return bool(ask("fetch_open_orders", SYMBOL[venue.name]))


def bought(venue: StandIn, ask: Ask) -> dict[str, Any]:
    return ask("create_order", SYMBOL[venue.name], "market", "buy", 0.01)


def trades_cost_nothing(venue: StandIn, ask: Ask) -> bool:
    bought(venue, ask)
    trades = ask("fetch_my_trades", SYMBOL[venue.name])
    return bool(trades) and trades[-1]["fee"]["cost"] == 0


def trades_cannot_be_told_apart(venue: StandIn, ask: Ask) -> bool:
    for _ in range(2):
        bought(venue, ask)
    return len({one["id"] for one in ask("fetch_my_trades", SYMBOL[venue.name])} - {None}) < 2


def trades_are_missing(venue: StandIn, ask: Ask) -> bool:
    bought(venue, ask)
    return not ask("fetch_my_trades", SYMBOL[venue.name])


def balances_stand_still(venue: StandIn, ask: Ask) -> bool:
    bought(venue, ask)
    return ask("fetch_balance")["total"][QUOTE[venue.name]] == 100000


def open_orders_are_missing(venue: StandIn, ask: Ask) -> bool:
    for name in ("one", "two", "three"):
        rest(venue, ask, name)
    return len(ask("fetch_open_orders", SYMBOL[venue.name])) < 3


def closed_order_is_forgotten(venue: StandIn, ask: Ask) -> bool:
    placed = bought(venue, ask)
    try:
        ask("fetch_order", placed["id"], SYMBOL[venue.name])
    except (ccxt.OrderNotFound, ccxt.InvalidOrder):
        return True
    return False


def right_to_withdraw_is_hidden(venue: StandIn, ask: Ask) -> bool:
    venue.key.withdraw = True
    if venue.name == "kraken":
        return "withdraw-funds" not in ask("private_post_getapikeyinfo")["result"]["permissions"]
    return ask("sapi_get_account_apirestrictions")["enableWithdrawals"] is False


def time_jumps(venue: StandIn, ask: Ask) -> bool:
    told = [ask("fetch_time") for _ in range(2)]
    return abs(told[1] - told[0]) > 60_000


def post_only_takes(venue: StandIn, ask: Ask) -> bool:
    try:
        ask("create_order", SYMBOL[venue.name], "limit", "buy", 0.01, 51000, {"postOnly": True})
    except ccxt.BaseError:
        return False
    return True


def any_signature_will_do(venue: StandIn, ask: Ask) -> bool:
    quiet = {"fetchCurrencies": False, "fetchMargins": False}
    with sync_client(venue, secret="b3RoZXI=", options=quiet) as client:
        try:
            client.fetch_balance()
        except ccxt.BaseError:
            return False
    return True


def more_fills_than_was_ordered(venue: StandIn, ask: Ask) -> bool:
    placed = bought(venue, ask)
    return ask("fetch_order", placed["id"], SYMBOL[venue.name])["filled"] > 0.01


LOOKS: dict[Wrong, Look] = {
    Wrong.DROPS_CLIENT_ID: client_id_is_gone,
    Wrong.ECHOES_ANOTHER_ID: client_id_is_gone,
    Wrong.IGNORES_RECV_WINDOW: old_requests_are_executed,
    Wrong.LOOKUP_FINDS_NOTHING: lookup_misses,
    Wrong.LOOKUP_FINDS_ANOTHER: lookup_is_another,
    Wrong.FILLS_ABOVE_LIMIT: fill_is_beyond_the_limit,
    Wrong.IOC_RESTS: immediate_order_rests,
    Wrong.ROUNDS_PRICE: lambda venue, ask: taken_raw(venue, ask, "45000.001", "0.01"),
    Wrong.ROUNDS_QUANTITY: lambda venue, ask: taken_raw(venue, ask, "45000", "0.010000001"),
    Wrong.NO_MIN_NOTIONAL: lambda venue, ask: taken_raw(venue, ask, "1", "0.01"),
    Wrong.CANCEL_DOES_NOTHING: cancelled_order_lives,
    Wrong.TRADES_WITHOUT_FEES: trades_cost_nothing,
    Wrong.TRADES_WITHOUT_ID: trades_cannot_be_told_apart,
    Wrong.TRADES_LEFT_OUT: trades_are_missing,
    Wrong.BALANCES_STAND_STILL: balances_stand_still,
    Wrong.OPEN_ORDERS_CUT: open_orders_are_missing,
    Wrong.FORGETS_CLOSED: closed_order_is_forgotten,
    Wrong.WITHDRAW_HIDDEN: right_to_withdraw_is_hidden,
    Wrong.TIME_JUMPS: time_jumps,
    Wrong.POST_ONLY_TAKES: post_only_takes,
    Wrong.ANY_SIGNATURE: any_signature_will_do,
    Wrong.FILLED_TOO_MUCH: more_fills_than_was_ordered,
}


@pytest.fixture(params=["binance", "kraken"])
def venue(request: pytest.FixtureRequest) -> Iterator[StandIn]:
    with stand_in(request.param, balances=BALANCES[request.param]) as running:
        yield running


def test_every_wrong_behaviour_is_looked_for_and_says_what_it_is() -> None:
    assert set(LOOKS) == set(Wrong)
    assert len({wrong.value for wrong in Wrong}) == len(Wrong) >= 14


@pytest.mark.parametrize("wrong", Wrong, ids=lambda wrong: wrong.name)
def test_a_wrong_behaviour_shows(venue: StandIn, ccxt_clients: Clients, wrong: Wrong) -> None:
    ask = ccxt_clients.ask(venue, "sync")
    venue.misbehave(wrong)
    assert LOOKS[wrong](venue, ask)
    assert all(one.filled <= one.quantity for one in venue.orders())
    assert all(one.client_id in {"", one.wanted.client_id} for one in venue.orders())
    assert set(venue.imbalance().values()) == {0}


@pytest.mark.parametrize("wrong", Wrong, ids=lambda wrong: wrong.name)
def test_a_venue_that_behaves_shows_none(venue: StandIn, ccxt_clients: Clients, wrong: Wrong) -> None:
    assert not LOOKS[wrong](venue, ccxt_clients.ask(venue, "sync"))


@pytest.mark.parametrize("wrong", Wrong, ids=lambda wrong: wrong.name)
def test_the_audit_stays_honest(wrong: Wrong) -> None:
    venue = stand_in("binance", balances=BALANCES["binance"], wrong=[wrong])
    venue.trade_by_hand("BTC/USDT", "buy", "0.01")
    assert set(venue.imbalance().values()) == {0}
    (order,), (trade,) = venue.orders(), venue.trades()
    assert order.filled == order.quantity == trade.quantity
    assert trade.fee > 0
    assert venue.balances()["BTC"][0] == 1 + trade.quantity - trade.fee
