"""What the facade has beyond the shapes that every ccxt exchange shares: the paper venue's own orders, clock and book."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import ccxt
import pytest

from core.instant import MINUTE
from core.money import plain
from core.orders import OrderType, TimeInForce
from tests.contracts.ccxt_scene import SYMBOL, Scene, paper


@pytest.fixture
def scene() -> Iterator[Scene]:
    with paper() as made:
        yield made


def order(scene: Scene, kind: str, side: str, amount: Any, price: Any = None, **params: Any) -> Any:
    return scene.ask("create_order", SYMBOL, kind, side, amount, price, params)


def kept(scene: Scene) -> Any:
    """The newest order as the venue's book has it."""
    return scene.exchange._book.orders()[-1].order


def test_a_market_order_is_open_until_its_candle_has_closed(scene: Scene) -> None:
    placed = order(scene, "market", "buy", "0.1")
    assert (placed["status"], placed["filled"], placed["remaining"]) == ("open", 0, 0.1)
    scene.ask("sleep", MINUTE)
    assert scene.ask("fetch_order", placed["id"])["status"] == "closed"
    assert scene.ask("fetch_balance")["BTC"]["total"] == 1.1


def test_a_purchase_of_a_quantity_gives_back_the_cushion_it_kept(scene: Scene) -> None:
    order(scene, "market", "buy", 0.1)
    assert scene.ask("fetch_balance")["used"]["USDT"] == pytest.approx(0.1 * 50_000 * 1.1 * 1.001, rel=0.001)
    scene.settle()
    assert scene.ask("fetch_balance")["used"]["USDT"] == 0


def test_all_the_money_buys_what_the_last_price_allows(scene: Scene) -> None:
    order(scene, "market", "buy", 0.1997)
    scene.settle()
    (filled,) = scene.ask("fetch_closed_orders", SYMBOL)
    assert filled["filled"] == 0.1997
    assert issubclass(scene.refusal("create_order", SYMBOL, "market", "buy", 0.2), ccxt.InsufficientFunds)


def test_a_pair_of_target_and_stop_is_one_order(scene: Scene) -> None:
    placed = order(scene, "market", "sell", 0.5, stopLossPrice=45_000, takeProfitPrice=55_000)
    assert (placed["price"], placed["triggerPrice"]) == (55_000, 45_000)
    assert kept(scene).type is OrderType.OCO
    assert scene.ask("fetch_balance")["BTC"] == {"free": 0.5, "used": 0.5, "total": 1.0}


@pytest.mark.parametrize(
    ("params", "trail"), [({"trailingAmount": 250.004}, "250"), ({"trailingPercent": "0.5"}, "250.01")]
)
def test_a_trailing_stop_trails_by_an_amount_or_by_a_part_of_the_last_price(
    scene: Scene, params: dict[str, Any], trail: str
) -> None:
    scene.ask("sleep", 5 * MINUTE)
    order(scene, "market", "sell", 0.5, **params)
    last = scene.exchange._feed.last_print(SYMBOL).close
    assert (kept(scene).type, last) == (OrderType.TRAILING, 50_003.0)
    assert plain(kept(scene).trail) == trail


def test_a_stop_that_is_touched_fills_and_says_its_fee(scene: Scene) -> None:
    placed = order(scene, "market", "sell", 0.5, stopLossPrice=60_000)
    scene.settle()
    filled = scene.ask("fetch_order", placed["id"])
    assert (filled["status"], filled["triggerPrice"]) == ("closed", 60_000)
    assert filled["fee"] == {"cost": pytest.approx(filled["cost"] * 0.001), "currency": "USDT"}


def test_orders_are_plain_and_their_client_id_is_the_callers(scene: Scene) -> None:
    order(scene, "limit", "buy", 0.01, 40_000, clientOrderId="mine", timeInForce="IOC")
    assert type(kept(scene)).__name__ == "Order"
    assert (kept(scene).reason, kept(scene).time_in_force) == ("mine", TimeInForce.IOC)


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"takeProfitPrice": 60_000}, ccxt.NotSupported),
        ({"postOnly": True}, ccxt.NotSupported),
        ({"timeInForce": "FOK"}, ccxt.NotSupported),
        ({"stopLossPrice": 40_000, "timeInForce": "IOC"}, ccxt.InvalidOrder),
        ({"stopLossPrice": 60_000, "takeProfitPrice": 40_000}, ccxt.InvalidOrder),
        ({"stopLossPrice": "soon"}, ccxt.InvalidOrder),
    ],
    ids=str,
)
def test_what_it_does_not_know_is_refused(scene: Scene, params: dict[str, Any], expected: type) -> None:
    assert issubclass(scene.refusal("create_order", SYMBOL, "limit", "sell", 0.1, 41_000, params), expected)


def test_a_delisted_market_is_closed(scene: Scene) -> None:
    scene.exchange._feed.ended[SYMBOL] = scene.exchange._clock.now()
    assert scene.refusal("create_order", SYMBOL, "limit", "buy", 0.1, 41_000) is ccxt.MarketClosed
    assert not scene.ask("load_markets", True)[SYMBOL]["active"]


def test_candles_finer_than_the_feeds_or_of_no_whole_number_of_them_are_refused(scene: Scene) -> None:
    assert scene.refusal("fetch_ohlcv", SYMBOL, "7m") is ccxt.BadRequest
    assert next(iter(scene.exchange.timeframes)) == "1m"


def test_the_model_book_says_that_it_is_one(scene: Scene) -> None:
    assert "model" in scene.ask("fetch_order_book", SYMBOL)["info"]
    assert "model" in scene.ask("fetch_ticker", SYMBOL)["info"]


def test_time_is_the_clocks(scene: Scene) -> None:
    now = scene.exchange._clock.now()
    assert scene.ask("fetch_time") == now == scene.ask("milliseconds")
    scene.ask("sleep", 1500)
    assert scene.ask("fetch_time") == now + 1500
