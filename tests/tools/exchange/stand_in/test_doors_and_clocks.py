"""Keys, signatures, windows, deadlines, limits, visibility: what a stand-in lets through, and when."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import ccxt
import pytest

from core.instant import Instant
from tests.tools.exchange.stand_in.clients import BALANCES, QUOTE, SYMBOL, Ask, Clients, sync_client
from tools.clocks import SimulatedClock
from tools.exchange.stand_in import ApiKey, Endpoint, Fault, RateLimit, StandIn, Status, stand_in

pytestmark = pytest.mark.parts


@pytest.fixture(params=["binance", "kraken"])
def venue(request: pytest.FixtureRequest) -> Iterator[StandIn]:
    with stand_in(request.param, balances=BALANCES[request.param], late_ms=150) as running:
        yield running


@pytest.fixture
def symbol(venue: StandIn) -> str:
    return SYMBOL[venue.name]


@pytest.fixture
def ask(venue: StandIn, ccxt_clients: Clients) -> Ask:
    return ccxt_clients.ask(venue, "sync")


def window(venue: StandIn, milliseconds: int) -> dict[str, Any]:
    """Parameters that make a request void after *milliseconds*."""
    if venue.name == "binance":
        return {"recvWindow": str(milliseconds)}
    return {"deadline": (datetime.now(UTC) + timedelta(milliseconds=milliseconds)).isoformat()}


def test_a_request_signed_with_another_secret_is_refused(venue: StandIn) -> None:
    other = "b3RoZXIgc2VjcmV0IHRoYW4gdGhlIG9uZSB3ZSBoYXZl"
    with sync_client(
        venue, secret=other, options={"fetchCurrencies": False, "fetchMargins": False}
    ) as client:
        client.load_markets()
        with pytest.raises(
            (ccxt.AuthenticationError, ccxt.ExchangeError), match=re.compile("signature", re.I)
        ):
            client.fetch_balance()
    assert venue.requests(Endpoint.BALANCE)[-1].refusal == "bad_signature"


def test_an_unknown_key_is_refused_and_a_second_key_is_let_in(venue: StandIn) -> None:
    second = ApiKey("second", venue.key.secret)
    with sync_client(
        venue, apiKey=second.key, options={"fetchCurrencies": False, "fetchMargins": False}
    ) as client:
        with pytest.raises(ccxt.AuthenticationError):
            client.fetch_balance()
        venue.add_key(second)
        assert client.fetch_balance()["total"]["BTC"] == 1


def test_a_revoked_key_can_do_nothing(venue: StandIn, ask: Ask) -> None:
    venue.key.revoked = True
    with pytest.raises((ccxt.AuthenticationError, ccxt.DDoSProtection)):
        ask("fetch_balance")


def test_a_key_that_may_not_trade_may_look(venue: StandIn, symbol: str, ask: Ask) -> None:
    venue.key.trade = False
    with pytest.raises((ccxt.PermissionDenied, ccxt.AuthenticationError, ccxt.DDoSProtection)):
        ask("create_order", symbol, "market", "buy", 0.01)
    assert ask("fetch_balance")["total"]["BTC"] == 1
    assert venue.orders() == ()


def test_a_key_says_what_it_may_do(venue: StandIn, ask: Ask) -> None:
    def rights() -> tuple[bool, bool]:
        if venue.name == "binance":
            told = ask("sapi_get_account_apirestrictions")
            return told["enableSpotAndMarginTrading"], told["enableWithdrawals"]
        told = ask("private_post_getapikeyinfo")["result"]["permissions"]
        return "modify-trades" in told, "withdraw-funds" in told

    assert rights() == (True, False)
    venue.key.withdraw, venue.key.trade = True, False
    assert rights() == (False, True)


def test_a_request_is_void_after_its_window_even_if_it_came_in_time(
    venue: StandIn, symbol: str, ask: Ask
) -> None:
    venue.faults.plan(Fault.MATCHED_TOO_LATE)
    with pytest.raises((ccxt.InvalidNonce, ccxt.ExchangeError), match=r"recvWindow|Deadline"):
        ask("create_order", symbol, "limit", "buy", 0.01, 49000, window(venue, 100))
    assert venue.orders() == ()


def test_a_request_that_is_matched_late_but_in_its_window_is_executed(
    venue: StandIn, symbol: str, ask: Ask
) -> None:
    venue.faults.plan(Fault.MATCHED_LATE)
    began = venue.now()
    ask("create_order", symbol, "limit", "buy", 0.01, 49000, window(venue, 10_000))
    assert venue.orders()[0].created_at >= began + 150


def test_an_old_request_is_refused_at_the_door(venue: StandIn, symbol: str, ask: Ask) -> None:
    venue.set_skew(5000)
    with pytest.raises((ccxt.InvalidNonce, ccxt.ExchangeError), match=r"recvWindow|Deadline"):
        ask("create_order", symbol, "limit", "buy", 0.01, 49000, window(venue, 1000))
    assert venue.orders() == ()


def test_binance_refuses_a_clock_that_is_ahead_and_says_its_own_time(ccxt_clients: Clients) -> None:
    with stand_in("binance") as venue:
        ask = ccxt_clients.ask(venue, "sync")
        venue.set_skew(-1500)
        with pytest.raises(ccxt.InvalidNonce, match="ahead of the server"):
            ask("fetch_balance")
        assert abs(ask("fetch_time") - venue.now()) < 500


def test_kraken_refuses_a_nonce_that_did_not_grow(ccxt_clients: Clients) -> None:
    with stand_in("kraken") as venue, sync_client(venue) as client:
        client.load_markets()
        client.fetch_balance()
        client.incrementing_nonce = lambda: 5
        with pytest.raises(ccxt.InvalidNonce):
            client.fetch_balance()


def test_new_orders_are_out_of_sight_for_a_while_and_can_be_cancelled_all_the_same(
    venue: StandIn, symbol: str, ask: Ask
) -> None:
    venue.set_lag(60_000)
    placed = ask("create_order", symbol, "limit", "buy", 0.01, 49000)
    ask("create_order", symbol, "market", "buy", 0.01)
    assert ask("fetch_open_orders", symbol) == []
    assert ask("fetch_my_trades", symbol) == []
    with pytest.raises((ccxt.OrderNotFound, ccxt.InvalidOrder)):
        ask("fetch_order", placed["id"], symbol)
    ask("cancel_order", placed["id"], symbol)
    assert [one.status for one in venue.orders()] == [Status.CANCELED, Status.FILLED]
    venue.set_skew(61_000)
    assert [one.visible_at <= venue.now() for one in venue.orders()] == [True, True]


def test_too_many_requests_are_refused_for_a_while_and_then_banned(
    venue: StandIn, symbol: str, ask: Ask
) -> None:
    venue.set_limit(RateLimit(requests=2, window_ms=60_000, patience=1, ban_ms=120_000))
    ask("fetch_ticker", symbol)
    ask("fetch_ticker", symbol)
    for expected in ("rate_limit", "banned", "banned"):
        with pytest.raises(ccxt.DDoSProtection):
            ask("fetch_ticker", symbol)
        assert venue.requests()[-1].refusal == expected
    venue.set_skew(121_000)
    ask("fetch_ticker", symbol)


def test_binance_says_how_long_to_wait(ccxt_clients: Clients) -> None:
    with stand_in("binance") as venue, sync_client(venue) as client:
        venue.set_limit(RateLimit(requests=0, window_ms=30_000, patience=0, ban_ms=90_000))
        with pytest.raises(ccxt.DDoSProtection):
            client.fetch_time()
        assert client.last_response_headers["Retry-After"] == "90"
        assert venue.requests()[-1].status == 418


def test_a_symbol_that_takes_a_break_is_inactive_and_refuses(venue: StandIn, symbol: str, ask: Ask) -> None:
    venue.set_status(symbol, "BREAK")
    assert ask("load_markets", True)[symbol]["active"] is False
    with pytest.raises((ccxt.MarketClosed, ccxt.OnMaintenance)):
        ask("create_order", symbol, "market", "buy", 0.01)


def test_a_delisted_symbol_vanishes_and_its_orders_end(venue: StandIn, symbol: str, ask: Ask) -> None:
    ask("create_order", symbol, "limit", "buy", 0.01, 49000)
    venue.set_status(symbol, "DELISTED")
    with pytest.raises(ccxt.ExchangeError):
        ask("fetch_ticker", symbol)
    with pytest.raises(ccxt.ExchangeError):
        ask("create_order", symbol, "market", "buy", 0.01)
    assert symbol not in ask("load_markets", True)
    assert [one.status for one in venue.orders()] == [Status.EXPIRED]
    venue.set_status(symbol, "TRADING")
    ask("load_markets", True)


def test_filters_that_changed_overnight_are_told_and_enforced(venue: StandIn, symbol: str, ask: Ask) -> None:
    venue.set_filters(symbol, min_notional="1000", lot_size="0.001")
    with pytest.raises(ccxt.BaseError):
        ask("create_order", symbol, "limit", "buy", 0.01, 49000)
    market = ask("load_markets", True)[symbol]
    assert (market["limits"]["cost"]["min"], market["precision"]["amount"]) == (1000, 0.001)
    venue.set_filters(symbol, min_notional="0.5", lot_size="0.00001")
    ask("load_markets", True)


@pytest.mark.parametrize("fault", [Fault.KEPT_RESET, Fault.LOST_503])
def test_faults_also_hit_cancels(venue: StandIn, symbol: str, ask: Ask, fault: Fault) -> None:
    placed = ask("create_order", symbol, "limit", "buy", 0.01, 49000)
    venue.faults.plan(fault, Endpoint.CANCEL_ORDER)
    with pytest.raises(ccxt.NetworkError):
        ask("cancel_order", placed["id"], symbol)
    assert venue.orders()[0].is_open is not fault.arrives


def test_every_order_is_cancelled_unless_the_dead_man_s_switch_is_pressed_in_time(
    ccxt_clients: Clients,
) -> None:
    with stand_in("kraken", balances=BALANCES["kraken"]) as venue:
        ask = ccxt_clients.ask(venue, "sync")
        ask("create_order", "BTC/USD", "limit", "buy", 0.01, 49000)
        ask("cancel_all_orders_after", 60_000)
        ask("cancel_all_orders_after", 0)
        venue.set_skew(61_000)
        assert venue.orders()[0].is_open
        ask("cancel_all_orders_after", 60_000)
        venue.set_skew(122_000)
        assert venue.orders()[0].status is Status.CANCELED


def test_all_orders_are_cancelled_at_once(venue: StandIn, symbol: str, ask: Ask) -> None:
    for price in (49000, 48000):
        ask("create_order", symbol, "limit", "buy", 0.01, price)
    ask("cancel_all_orders", symbol)
    assert {one.status for one in venue.orders()} == {Status.CANCELED}


def test_the_newest_order_under_a_reused_client_id_is_found(ccxt_clients: Clients) -> None:
    with stand_in("binance", balances=BALANCES["binance"]) as venue:
        ask = ccxt_clients.ask(venue, "sync")
        for _ in range(2):
            placed = ask("create_order", "BTC/USDT", "market", "buy", 0.01, None, {"clientOrderId": "same"})
        found = ask("fetch_order", None, "BTC/USDT", {"clientOrderId": "same"})
        assert (len(venue.orders()), found["id"]) == (2, placed["id"])


def test_a_kraken_order_is_found_by_client_id_in_the_lists_only(ccxt_clients: Clients) -> None:
    with stand_in("kraken", balances=BALANCES["kraken"]) as venue:
        ask = ccxt_clients.ask(venue, "sync")
        ask("create_order", "BTC/USD", "limit", "buy", 0.01, 49000, {"clientOrderId": "mine"})
        named = {"clientOrderId": "mine"}
        (found,) = ask("fetch_open_orders", "BTC/USD", None, None, named)
        assert found["clientOrderId"] == "mine"
        with pytest.raises(ccxt.ExchangeError):
            ask("fetch_order", None, "BTC/USD", named)
        ask("cancel_order", None, "BTC/USD", named)
        assert ask("fetch_open_orders", "BTC/USD", None, None, named) == []
        (closed,) = ask("fetch_closed_orders", "BTC/USD", None, None, named)
        assert closed["status"] == "canceled"


def test_lists_come_in_pages(venue: StandIn, symbol: str, ask: Ask) -> None:
    for _ in range(60):
        venue.trade_by_hand(symbol, "buy", "0.001")
    if venue.name == "kraken":
        first = ask("private_post_tradeshistory")["result"]
        rest = ask("private_post_tradeshistory", {"ofs": 50})["result"]
        assert (first["count"], len(first["trades"]), len(rest["trades"])) == (60, 50, 10)
        assert not first["trades"].keys() & rest["trades"].keys()
    else:
        assert len(ask("fetch_my_trades", symbol, None, 20)) == 20
        newest = ask("fetch_my_trades", symbol)
        page = ask("fetch_my_trades", symbol, None, 20, {"fromId": newest[10]["id"]})
        assert [one["id"] for one in page] == [one["id"] for one in newest[10:30]]


def test_the_audit_keeps_no_signature_and_no_key(venue: StandIn, symbol: str, ask: Ask) -> None:
    ask("create_order", symbol, "limit", "buy", 0.01, 49000)
    text = repr(venue.requests())
    assert venue.key.key not in text
    assert venue.key.secret not in text
    assert "signature" not in text
    assert QUOTE[venue.name] in text or "XBT" in text


def test_binance_tells_of_the_symbols_that_were_asked_for(ccxt_clients: Clients) -> None:
    with stand_in("binance") as venue:
        ask = ccxt_clients.ask(venue, "sync")
        told = ask("public_get_exchangeinfo", {"symbols": '["BTCUSDT","ETHUSDT"]'})["symbols"]
        assert [one["symbol"] for one in told] == ["BTCUSDT", "ETHUSDT"]
        (btc,) = ask("public_get_exchangeinfo", {"symbol": "BTCUSDT"})["symbols"]
        kinds = {one["filterType"] for one in btc["filters"]}
        assert kinds == {"PRICE_FILTER", "LOT_SIZE", "NOTIONAL"}
        with pytest.raises(ccxt.BadSymbol):
            ask("public_get_exchangeinfo", {"symbol": "NOPE"})
        assert ask("public_get_ticker_price", {"symbol": "BTCUSDT"}) == {
            "symbol": "BTCUSDT",
            "price": "50000.00000000",
        }
        assert len(ask("public_get_ticker_bookticker")) == 4


def test_a_test_order_and_a_validated_one_are_looked_at_and_not_placed(
    venue: StandIn, symbol: str, ask: Ask
) -> None:
    if venue.name == "binance":
        ask("create_order", symbol, "limit", "buy", 0.01, 49000, {"test": True})
    else:
        ask("create_order", symbol, "limit", "buy", 0.01, 49000, {"validate": "true"})
    assert venue.orders() == ()


def test_a_simulated_clock_is_the_venue_s_time() -> None:
    clock = SimulatedClock(Instant(1_700_000_000_000))
    with stand_in("binance", clock=clock) as venue, sync_client(venue) as client:
        client.nonce = client.milliseconds = clock.now
        assert client.fetch_time() == 1_700_000_000_000
        venue.faults.plan(Fault.MATCHED_LATE)
        client.create_order("BTC/USDT", "limit", "buy", 0.01, 49000)
        assert clock.now() == venue.orders()[0].created_at == 1_700_000_000_200
        venue.faults.plan(Fault.MATCHED_TOO_LATE)
        with pytest.raises(ccxt.InvalidNonce):
            client.create_order("BTC/USDT", "limit", "buy", 0.01, 49000)
        assert clock.now() == 1_700_000_000_200 + 10_001


def test_fees_are_charged_as_they_are_set(venue: StandIn, symbol: str, ask: Ask) -> None:
    venue.set_fees(taker="0.01", maker="0", bnb=False)
    ask("create_order", symbol, "market", "sell", 0.1)
    fee = ask("fetch_my_trades", symbol)[0]["fee"]
    assert fee == {"currency": QUOTE[venue.name], "cost": 50}
    assert venue.listed()[symbol] == "TRADING"


def test_an_address_that_is_not_served_says_so(venue: StandIn, ask: Ask) -> None:
    with pytest.raises(ccxt.BaseError, match="is not served here"):
        ask("public_get_avgprice" if venue.name == "binance" else "public_get_spread", {"symbol": "X"})
