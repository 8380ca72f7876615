"""The facade is a ccxt exchange: what ccxt's own object on a stand-in answers, it answers, in the same shapes.

Where a real venue fills a market order at once, the paper venue fills it as the next candle closes.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import ccxt
import pytest

from tests.contracts.ccxt_scene import SYMBOL, Binance, Scene, paper

NUMBER, TEXT = (int, float), str
NO = type(None)
FEE = {"cost": NUMBER, "currency": TEXT}

ORDER: dict[str, Any] = {
    "id": TEXT, "clientOrderId": TEXT, "timestamp": int, "datetime": TEXT, "lastTradeTimestamp": (int, NO),
    "lastUpdateTimestamp": (int, NO), "symbol": TEXT, "type": TEXT, "timeInForce": TEXT, "postOnly": bool,
    "reduceOnly": (bool, NO), "side": TEXT, "price": (*NUMBER, NO), "triggerPrice": (*NUMBER, NO),
    "stopPrice": (*NUMBER, NO), "takeProfitPrice": (*NUMBER, NO), "stopLossPrice": (*NUMBER, NO),
    "amount": (*NUMBER, NO), "cost": NUMBER, "average": (*NUMBER, NO), "filled": NUMBER,
    "remaining": (*NUMBER, NO), "status": TEXT, "fee": (dict, NO), "fees": list, "trades": list, "info": dict,
}  # fmt: skip
TRADE: dict[str, Any] = {
    "id": TEXT, "order": TEXT, "timestamp": int, "datetime": TEXT, "symbol": TEXT, "type": (str, NO), "side": TEXT,
    "takerOrMaker": TEXT, "price": NUMBER, "amount": NUMBER, "cost": NUMBER, "fee": dict, "fees": list, "info": dict,
}  # fmt: skip
TICKER: dict[str, Any] = {
    "symbol": TEXT, "timestamp": int, "datetime": TEXT, "high": NUMBER, "low": NUMBER, "bid": NUMBER, "ask": NUMBER,
    "bidVolume": (*NUMBER, NO), "askVolume": (*NUMBER, NO), "vwap": NUMBER, "open": NUMBER, "close": NUMBER,
    "last": NUMBER, "previousClose": (*NUMBER, NO), "change": NUMBER, "percentage": NUMBER, "average": NUMBER,
    "baseVolume": NUMBER, "quoteVolume": NUMBER, "markPrice": NO, "indexPrice": NO, "info": (dict, list),
}  # fmt: skip
MARKET: dict[str, Any] = {
    "id": TEXT, "lowercaseId": TEXT, "symbol": TEXT, "base": TEXT, "quote": TEXT, "settle": NO, "baseId": TEXT,
    "quoteId": TEXT, "settleId": NO, "type": TEXT, "spot": bool, "margin": bool, "swap": bool, "future": bool,
    "option": bool, "index": bool, "active": bool, "contract": bool, "linear": NO, "inverse": NO, "subType": NO,
    "taker": NUMBER, "maker": NUMBER, "contractSize": NO, "expiry": NO, "expiryDatetime": NO, "strike": NO,
    "optionType": NO, "precision": dict, "limits": dict, "marginModes": dict, "created": (int, NO), "info": dict,
    "tierBased": bool, "percentage": bool, "feeSide": TEXT,
}  # fmt: skip


def of_shape(answer: dict[str, Any], shape: dict[str, Any], *, beside: frozenset[str] = frozenset()) -> None:
    assert set(answer) - beside == set(shape)
    wrong = {key: answer[key] for key, kind in shape.items() if not isinstance(answer[key], kind)}
    assert wrong == {}


@pytest.fixture(scope="module")
def of_binance() -> Iterator[Binance]:
    made = Binance()
    yield made
    made.close()


@pytest.fixture(params=["paper", pytest.param("binance", marks=pytest.mark.parts)])
def scene(request: pytest.FixtureRequest, of_binance: Binance) -> Iterator[Scene]:
    with paper() if request.param == "paper" else of_binance.scene() as made:
        yield made


def order(
    scene: Scene, kind: str, side: str, amount: float, price: float | None = None, **params: Any
) -> Any:
    return scene.ask("create_order", SYMBOL, kind, side, amount, price, params)


def test_markets(scene: Scene) -> None:
    market = scene.ask("load_markets")[SYMBOL]
    of_shape(market, MARKET, beside=frozenset({"stock"}))
    assert (market["symbol"], market["type"], market["spot"], market["active"]) == (
        SYMBOL,
        "spot",
        True,
        True,
    )
    assert market["precision"] == {"amount": 1e-05, "price": 0.01, "base": 1e-08, "quote": 1e-08}
    assert set(market["limits"]) == {"leverage", "amount", "price", "cost"}
    assert (market["limits"]["amount"]["min"], market["limits"]["cost"]["min"]) == (1e-05, 5)
    assert SYMBOL in scene.exchange.symbols
    assert scene.exchange.market(SYMBOL) == market == scene.exchange.markets[SYMBOL]
    assert any(one["symbol"] == SYMBOL for one in scene.ask("fetch_markets"))


def test_amounts_are_cut_and_prices_rounded_as_text(scene: Scene) -> None:
    assert scene.ask("amount_to_precision", SYMBOL, 0.123456789) == "0.12345"
    assert scene.ask("price_to_precision", SYMBOL, 50000.019) == "50000.02"


def test_it_says_what_it_has(scene: Scene) -> None:
    has = scene.exchange.has
    names = (
        "fetchOHLCV fetchTicker fetchTickers fetchOrderBook createOrder cancelOrder cancelAllOrders fetchOrder "
        "fetchOrders fetchOpenOrders fetchClosedOrders fetchMyTrades fetchBalance createMarketBuyOrderWithCost"
    )
    assert [name for name in names.split() if not has[name]] == []
    assert isinstance(scene.exchange.id, str)
    assert "1h" in scene.exchange.timeframes


def test_tickers(scene: Scene) -> None:
    ticker = scene.ask("fetch_ticker", SYMBOL)
    of_shape(ticker, TICKER)
    assert ticker["low"] <= ticker["last"] <= ticker["high"]
    assert ticker["bid"] < ticker["ask"]
    of_shape(scene.ask("fetch_tickers", [SYMBOL])[SYMBOL], TICKER)


def test_candles(scene: Scene) -> None:
    rows = scene.ask("fetch_ohlcv", SYMBOL, "5m", None, 20)
    assert len(rows) == 20
    assert all(after[0] - before[0] == 300_000 for before, after in pairwise(rows))
    assert all(low <= min(o, c) <= max(o, c) <= high for _, o, high, low, c, _ in rows)
    assert all(isinstance(row[0], int) and isinstance(row[5], float) for row in rows)
    assert scene.ask("fetch_ohlcv", SYMBOL, "5m", rows[5][0], 3) == rows[5:8]


def test_an_order_book_is_sorted_around_the_price(scene: Scene) -> None:
    book = scene.ask("fetch_order_book", SYMBOL, 5)
    assert set(book) - {"info"} == {"symbol", "bids", "asks", "timestamp", "datetime", "nonce"}
    assert (len(book["bids"]), len(book["asks"])) == (5, 5)
    bids, asks = [row[0] for row in book["bids"]], [row[0] for row in book["asks"]]
    assert bids == sorted(bids, reverse=True)
    assert asks == sorted(asks)
    assert bids[0] < asks[0]
    assert all(len(row) == 2 and row[1] > 0 for row in book["bids"] + book["asks"])


def test_a_market_purchase_fills_and_is_a_trade(scene: Scene) -> None:
    placed = order(scene, "market", "buy", 0.01)
    of_shape(placed, ORDER)
    scene.settle()
    filled = scene.ask("fetch_order", placed["id"], SYMBOL)
    of_shape(filled, ORDER)
    assert (filled["status"], filled["amount"], filled["filled"], filled["remaining"]) == (
        "closed",
        0.01,
        0.01,
        0,
    )
    assert (filled["type"], filled["side"], filled["symbol"]) == ("market", "buy", SYMBOL)
    assert filled["average"] == pytest.approx(50_000, rel=0.001)
    (trade,) = scene.ask("fetch_my_trades", SYMBOL)
    of_shape(trade, TRADE)
    of_shape(trade["fee"], FEE)
    assert (trade["order"], trade["amount"], trade["takerOrMaker"]) == (placed["id"], 0.01, "taker")
    assert filled["cost"] == pytest.approx(trade["cost"])
    assert [one["id"] for one in scene.ask("fetch_closed_orders", SYMBOL)] == [placed["id"]]


def test_a_purchase_by_cost_spends_it(scene: Scene) -> None:
    placed = scene.ask("create_market_buy_order_with_cost", SYMBOL, 100)
    scene.settle()
    filled = scene.ask("fetch_order", placed["id"], SYMBOL)
    of_shape(filled, ORDER)
    assert filled["status"] == "closed"
    assert 99 < filled["cost"] <= 100
    assert filled["amount"] == filled["filled"]


def test_a_limit_order_is_open_until_it_is_cancelled(scene: Scene) -> None:
    placed = order(scene, "limit", "buy", 0.01, 40_000.019, clientOrderId="mine")
    of_shape(placed, ORDER)
    assert (placed["status"], placed["price"], placed["clientOrderId"]) == ("open", 40_000.02, "mine")
    assert (placed["filled"], placed["remaining"], placed["triggerPrice"]) == (0, 0.01, None)
    (listed,) = scene.ask("fetch_open_orders", SYMBOL)
    of_shape(listed, ORDER)
    assert listed["id"] == placed["id"]
    assert scene.ask("fetch_order", None, SYMBOL, {"clientOrderId": "mine"})["id"] == placed["id"]
    ended = scene.ask("cancel_order", placed["id"], SYMBOL)
    of_shape(ended, ORDER)
    assert ended["status"] == "canceled"
    assert scene.ask("fetch_open_orders", SYMBOL) == []
    assert [one["status"] for one in scene.ask("fetch_orders", SYMBOL)] == ["canceled"]


@pytest.mark.parametrize("name", ["stopLossPrice", "triggerPrice", "stopPrice"])
@pytest.mark.parametrize(("kind", "price"), [("market", None), ("limit", 29_000)])
def test_a_stop_says_its_trigger(scene: Scene, name: str, kind: str, price: float | None) -> None:
    placed = order(scene, kind, "sell", 0.01, price, **{name: 30_000})
    of_shape(placed, ORDER)
    assert (placed["type"], placed["triggerPrice"], placed["stopPrice"]) == (kind, 30_000, 30_000)
    assert (placed["status"], placed["price"]) == ("open", price)


def test_a_trailing_stop_is_taken(scene: Scene) -> None:
    placed = order(scene, "market", "sell", 0.01, trailingPercent=1, stopLossOrTakeProfit="stopLoss")
    of_shape(placed, ORDER)
    assert (placed["status"], placed["type"]) == ("open", "market")


def test_an_ioc_order_away_from_the_market_expires(scene: Scene) -> None:
    placed = order(scene, "limit", "buy", 0.01, 40_000, timeInForce="IOC")
    scene.settle()
    ended = scene.ask("fetch_order", placed["id"], SYMBOL)
    assert (ended["status"], ended["filled"], ended["timeInForce"]) == ("expired", 0, "IOC")


def test_all_orders_of_a_symbol_are_cancelled(scene: Scene) -> None:
    for price in (40_000, 41_000):
        order(scene, "limit", "buy", 0.01, price)
    ended = scene.ask("cancel_all_orders", SYMBOL)
    assert [one["status"] for one in ended] == ["canceled", "canceled"]
    of_shape(ended[0], ORDER)
    assert scene.ask("fetch_open_orders", SYMBOL) == []


def test_balances_say_what_is_free_and_what_is_not(scene: Scene) -> None:
    order(scene, "limit", "sell", 0.25, 60_000)
    balance = scene.ask("fetch_balance")
    assert {"info", "timestamp", "datetime", "free", "used", "total", "USDT", "BTC"} <= set(balance)
    assert balance["BTC"] == {"free": 0.75, "used": 0.25, "total": 1.0}
    assert (balance["free"]["USDT"], balance["used"]["BTC"], balance["total"]["BTC"]) == (10_000.0, 0.25, 1.0)


def test_since_and_limit_are_obeyed(scene: Scene) -> None:
    placed = [order(scene, "limit", "buy", 0.001, 40_000 + step)["id"] for step in range(3)]
    assert [one["id"] for one in scene.ask("fetch_orders", SYMBOL, None, 2)] in (placed[:2], placed[1:])
    late = scene.ask("milliseconds") + 60_000
    assert scene.ask("fetch_orders", SYMBOL, late) == []


REFUSALS = [
    ("create_order", (SYMBOL, "limit", "buy", 1, 40_000), ccxt.InsufficientFunds),
    ("create_order", (SYMBOL, "limit", "sell", 2, 40_000), ccxt.InsufficientFunds),
    ("create_order", (SYMBOL, "limit", "buy", 0.00001, 40_000), ccxt.BadRequest),
    ("create_order", (SYMBOL, "limit", "buy", 0.000001, 40_000), ccxt.InvalidOrder),
    ("create_order", (SYMBOL, "limit", "buy", 0.01), ccxt.InvalidOrder),
    ("create_order", (SYMBOL, "strange", "buy", 0.01), ccxt.InvalidOrder),
    ("create_order", ("NO/USDT", "limit", "buy", 0.01, 1), ccxt.BadSymbol),
    ("fetch_ticker", ("NO/USDT",), ccxt.BadSymbol),
    ("fetch_order", ("424242", SYMBOL), ccxt.OrderNotFound),
    ("cancel_order", ("424242", SYMBOL), ccxt.OrderNotFound),
]


@pytest.mark.parametrize(("method", "arguments", "expected"), REFUSALS)
def test_a_refusal_is_the_exception_that_ccxt_has_for_it(
    scene: Scene, method: str, arguments: tuple[Any, ...], expected: type[Exception]
) -> None:
    assert issubclass(scene.refusal(method, *arguments), expected)


def test_a_client_id_of_an_open_order_is_taken(scene: Scene) -> None:
    order(scene, "limit", "buy", 0.01, 40_000, clientOrderId="mine")
    raised = scene.refusal("create_order", SYMBOL, "limit", "buy", 0.01, 40_000, {"clientOrderId": "mine"})
    assert issubclass(raised, ccxt.InvalidOrder)


def test_what_was_cancelled_cannot_be_cancelled_again(scene: Scene) -> None:
    placed = order(scene, "limit", "buy", 0.01, 40_000)
    scene.ask("cancel_order", placed["id"], SYMBOL)
    assert issubclass(scene.refusal("cancel_order", placed["id"], SYMBOL), ccxt.OrderNotFound)
