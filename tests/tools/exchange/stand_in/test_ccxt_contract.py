"""The real ccxt, synchronous and asynchronous, works on both stand-ins: only its URLs were moved."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest

from tests.tools.exchange.stand_in.clients import BALANCES, QUOTE, SYMBOL, Ask, Clients, sync_client
from tools.exchange.stand_in import StandIn, stand_in

pytestmark = pytest.mark.parts


@pytest.fixture(params=["binance", "kraken"])
def venue(request: pytest.FixtureRequest) -> Iterator[StandIn]:
    with stand_in(request.param, balances=BALANCES[request.param]) as running:
        yield running


@pytest.fixture
def symbol(venue: StandIn) -> str:
    return SYMBOL[venue.name]


@pytest.fixture(params=["async", "sync"])
def ask(request: pytest.FixtureRequest, venue: StandIn, ccxt_clients: Clients) -> Ask:
    return ccxt_clients.ask(venue, request.param)


def test_markets_say_the_filters_of_the_venue(venue: StandIn, symbol: str, ask: Ask) -> None:
    market = (ask("load_markets", True))[symbol]
    assert (market["active"], market["spot"], market["symbol"]) == (True, True, symbol)
    tick, lot, notional = (0.01, 0.00001, 5) if venue.name == "binance" else (0.1, 1e-8, 0.5)
    assert (market["precision"]["price"], market["precision"]["amount"]) == (tick, lot)
    assert market["limits"]["cost"]["min"] == notional
    assert market["limits"]["amount"]["min"] == (0.00001 if venue.name == "binance" else 0.0001)


def test_prices_are_where_the_market_was_moved(venue: StandIn, symbol: str, ask: Ask) -> None:
    venue.move(symbol, "49000", ask="49001")

    ticker = ask("fetch_ticker", symbol)
    assert (ticker["bid"], ticker["ask"], ticker["last"]) == (49000, 49001, 49000)
    assert set(ask("fetch_tickers")) >= {symbol}
    book = ask("fetch_order_book", symbol, 5)
    assert (book["bids"][0][:2], book["asks"][0][:2]) == ([49000, 1000], [49001, 1000])
    assert len(book["bids"]) == len(book["asks"]) == 5
    assert abs((ask("fetch_time")) - venue.now()) < 2000


def test_candles_line_up_and_the_last_one_is_not_closed(venue: StandIn, symbol: str, ask: Ask) -> None:
    venue.move(symbol, "51234.5")

    hour = 3_600_000
    rows = ask("fetch_ohlcv", symbol, "1h", None, 100)
    assert len(rows) == 100
    assert all(after[0] - before[0] == hour for before, after in pairwise(rows))
    assert rows[-1][0] <= venue.now() < rows[-1][0] + hour
    assert rows[-1][4] == 51234.5
    assert all(low <= min(o, c) <= max(o, c) <= high for _, o, high, low, c, _ in rows)
    since = rows[50][0]
    again = ask("fetch_ohlcv", symbol, "1h", since, 10)
    assert again == rows[50:60]


def test_a_limit_order_lives_is_found_and_is_cancelled(venue: StandIn, symbol: str, ask: Ask) -> None:
    placed = ask("create_order", symbol, "limit", "buy", 0.1, 49000, {"clientOrderId": "mine"})
    found = ask("fetch_order", placed["id"], symbol)
    listed = (ask("fetch_open_orders", symbol))[0]
    for order in (found, listed):
        assert (order["id"], order["clientOrderId"], order["status"]) == (placed["id"], "mine", "open")
        assert (order["price"], order["amount"], order["filled"]) == (49000, 0.1, 0)
        assert (order["type"], order["side"], order["symbol"]) == ("limit", "buy", symbol)
    ask("cancel_order", placed["id"], symbol)
    assert (ask("fetch_order", placed["id"], symbol))["status"] == "canceled"
    assert ask("fetch_open_orders", symbol) == []


def test_a_market_order_fills_and_its_trades_and_balances_agree(
    venue: StandIn, symbol: str, ask: Ask
) -> None:
    quote = QUOTE[venue.name]

    placed = ask("create_order", symbol, "market", "buy", 0.1)
    order = ask("fetch_order", placed["id"], symbol)
    ask_price = 50000.01 if venue.name == "binance" else 50000.1
    assert (order["status"], order["filled"], order["average"]) == ("closed", 0.1, ask_price)
    (trade,) = ask("fetch_my_trades", symbol)
    assert (trade["order"], trade["amount"], trade["price"]) == (placed["id"], 0.1, ask_price)
    assert (trade["side"], trade["takerOrMaker"]) == ("buy", "taker")
    assert trade["id"]
    balance = ask("fetch_balance")
    if venue.name == "binance":
        assert trade["fee"] == {"currency": "BTC", "cost": 0.0001}
        assert balance["total"] == {"USDT": 94999.999, "BTC": 1.0999}
    else:
        assert trade["fee"] == {"currency": "USD", "cost": 20.00004}
        assert balance["total"] == {"USD": 94979.98996, "BTC": 1.1}
    assert balance["used"][quote] == 0


def test_balances_show_what_open_orders_hold(venue: StandIn, symbol: str, ask: Ask) -> None:
    quote = QUOTE[venue.name]

    ask("create_order", symbol, "limit", "buy", 0.1, 40000)
    balance = ask("fetch_balance")
    held = 4000 if venue.name == "binance" else 4016
    assert (balance["used"][quote], balance["total"][quote]) == (held, 100000)


def test_stop_orders_wait_and_fill_when_the_market_comes(venue: StandIn, symbol: str, ask: Ask) -> None:
    stop = ask("create_order", symbol, "market", "sell", 0.1, None, {"stopLossPrice": 48000})
    limit = ask("create_order", symbol, "limit", "sell", 0.1, 47900, {"stopLossPrice": 47950})
    waiting = ask("fetch_open_orders", symbol)
    assert sorted(one["id"] for one in waiting) == sorted([stop["id"], limit["id"]])
    venue.move(symbol, 48000)
    assert (ask("fetch_order", stop["id"], symbol))["status"] == "closed"
    assert (ask("fetch_order", limit["id"], symbol))["status"] == "open"
    venue.move(symbol, 47950)
    done = ask("fetch_order", limit["id"], symbol)
    assert (done["status"], done["average"]) == ("closed", 47950)


def test_a_trailing_stop_follows_the_market(venue: StandIn, symbol: str, ask: Ask) -> None:
    extra = {"stopLossOrTakeProfit": "stopLoss"} if venue.name == "binance" else {}
    placed = ask("create_order", symbol, "market", "sell", 0.1, None, {"trailingPercent": "5"} | extra)
    venue.move(symbol, 60000)
    venue.move(symbol, 57001)
    assert (ask("fetch_order", placed["id"], symbol))["status"] == "open"
    venue.move(symbol, 57000)
    assert (ask("fetch_order", placed["id"], symbol))["status"] == "closed"


def test_post_only_and_immediate_or_cancel_do_what_they_say(venue: StandIn, symbol: str, ask: Ask) -> None:
    venue.deepen(symbol, "0.01")

    resting = ask("create_order", symbol, "limit", "buy", 0.01, 49000, {"postOnly": True})
    assert (ask("fetch_order", resting["id"], symbol))["postOnly"]
    before = len(venue.orders())
    with pytest.raises(Exception, match=r"Post only|immediately"):
        ask("create_order", symbol, "limit", "buy", 0.01, 51000, {"postOnly": True})
    assert len(venue.orders()) == before
    placed = ask("create_order", symbol, "limit", "buy", 0.05, 50000.1, {"timeInForce": "IOC"})
    order = ask("fetch_order", placed["id"], symbol)
    taken = 0.05 if venue.name == "binance" else 0.01
    assert (order["filled"], order["status"] == "open") == (taken, False)


def test_parts_of_an_order_fill_as_the_market_allows(venue: StandIn, symbol: str, ask: Ask) -> None:
    placed = ask("create_order", symbol, "limit", "buy", 0.1, 49000)
    venue.fill(1, "0.03")
    order = ask("fetch_order", placed["id"], symbol)
    assert (order["status"], order["filled"], order["remaining"]) == ("open", 0.03, 0.07)
    venue.fill(1, "0.07", "48000")
    order = ask("fetch_order", placed["id"], symbol)
    assert (order["status"], order["average"]) == ("closed", 48300)
    assert [one["amount"] for one in ask("fetch_my_trades", symbol)] == [0.03, 0.07]


def test_what_is_done_by_hand_shows_up(venue: StandIn, symbol: str, ask: Ask) -> None:
    venue.trade_by_hand(symbol, "sell", "0.5")
    venue.trade_by_hand(symbol, "buy", "0.1", "40000")
    venue.deposit(QUOTE[venue.name], "77")

    assert [one["side"] for one in ask("fetch_my_trades", symbol)] == ["sell"]
    (open_order,) = ask("fetch_open_orders", symbol)
    venue.cancel(2)
    assert (ask("fetch_order", open_order["id"], symbol))["status"] == "canceled"


def test_candles_may_come_from_elsewhere_and_prices_may_walk() -> None:
    from tools.exchange.stand_in.tape import Row

    with (
        stand_in("binance", candles=lambda *_: [Row(3_600_000, 1, 2, 0.5, 1.5, 10)]) as venue,
        sync_client(venue) as client,
    ):
        assert client.fetch_ohlcv("BTC/USDT", "1h", 1) == [[3_600_000, 1, 2, 0.5, 1.5, 10]]
    with stand_in("binance", walks=True) as venue, sync_client(venue, apiKey="", secret="") as client:
        venue.set_skew(3_600_000)
        moved = client.fetch_ticker("BTC/USDT")["last"]
        assert moved != 50000
        assert client.fetch_ohlcv("BTC/USDT", "1m", limit=2)[-1][4] == moved
