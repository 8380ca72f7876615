"""Golden requests: exactly these fields go out, and what is journalled beforehand says the same."""

from __future__ import annotations

import pytest

from core.instant import instant
from core.orders import ApprovedOrder, Side
from tests.tools.exchange.live.rig import Rig, an_order
from tools.exchange.live.connecting import venue
from tools.exchange.stand_in import Endpoint

pytestmark = pytest.mark.parts

GOLDEN = {
    "binance": (
        {
            "symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "IOC", "quantity": "0.01",
            "price": "50100", "newOrderRespType": "FULL", "recvWindow": "5000",
        },
        {
            "symbol": "BTCUSDT", "side": "SELL", "type": "STOP_LOSS_LIMIT", "timeInForce": "GTC", "quantity": "0.01",
            "price": "44000", "stopPrice": "45000", "newOrderRespType": "FULL", "recvWindow": "5000",
        },
    ),
    "kraken": (
        {
            "pair": "XXBTZUSD", "type": "buy", "ordertype": "limit", "timeinforce": "IOC", "volume": "0.01",
            "price": "50100", "oflags": "fciq",
        },
        {
            "pair": "XXBTZUSD", "type": "sell", "ordertype": "stop-loss-limit", "timeinforce": "GTC",
            "volume": "0.01", "price": "45000", "price2": "44000", "oflags": "fciq",
        },
    ),
}  # fmt: skip
OF_THE_MOMENT = {"timestamp", "nonce", "deadline", "newClientOrderId", "cl_ord_id"}


def sent(live: Rig, order: ApprovedOrder) -> dict[str, str]:
    live.do(live.exchange.submit(order))
    return dict(live.at.requests(Endpoint.CREATE_ORDER)[-1].params)


def orders(live: Rig) -> tuple[ApprovedOrder, ApprovedOrder]:
    return (
        an_order("in", symbol=live.symbol),
        an_order("stop", Side.SELL, limit="44000", stop="45000", symbol=live.symbol),
    )


def test_nothing_else_goes_out_than_what_is_written_here(live: Rig) -> None:
    for order, golden in zip(orders(live), GOLDEN[live.at.name], strict=True):
        request = sent(live, order)
        assert {name: text for name, text in request.items() if name not in OF_THE_MOMENT} == golden
        client_id = request.get("newClientOrderId") or request["cl_ord_id"]
        assert client_id == venue(live.at.name).client_id(order.id)
        assert venue(live.at.name).order_id(client_id) == order.id


def test_what_is_journalled_first_says_what_is_sent_then(live: Rig) -> None:
    for order in orders(live):
        wire = live.exchange.wire(order)
        request = sent(live, order)
        params = wire["params"]

        assert wire["venue"] == live.at.name
        assert wire["amount"] in request.values()
        assert wire["price"] in request.values()
        assert params["clientOrderId"] in request.values()
        for name in ("recvWindow", "deadline"):
            assert str(params.get(name)) == str(request.get(name))


def test_an_order_says_until_when_the_venue_may_execute_it(live: Rig) -> None:
    before = live.clock.now()
    request = sent(live, an_order("in", symbol=live.symbol))
    if live.at.name == "binance":
        until = int(request["timestamp"]) + int(request["recvWindow"])
    else:
        until = instant(request["deadline"])

    assert before + 4_000 < until < live.clock.now() + 6_000
    assert live.exchange.grace_ms == 5_000 + 1_000 + 30_000


def test_a_kraken_id_is_32_hex_digits_and_a_foreign_one_is_not_taken_for_ours() -> None:
    kraken = venue("kraken")
    order = an_order("one")

    assert len(kraken.client_id(order.id)) == 32
    assert int(kraken.client_id(order.id), 16)
    assert kraken.order_id("6d1b345e-2821-40e2-ad83-4ecb18a06876") is None
    assert kraken.order_id(order.id) is None
    assert venue("binance").order_id("web_0a1b2c3d4e5f60718293a4") is None
