"""Orders that wait for a price."""

from __future__ import annotations

from tests.tools.exchange.stand_in.small_engine import BTC, NOW, d, engine, order
from tools.exchange.stand_in.engine.orders import Status, Trail


def test_a_stop_loss_sells_at_market_once_the_last_price_reaches_it() -> None:
    venue = engine()
    stop = venue.place(order("sell", stop="48000"), NOW)
    venue.move(BTC, d("48000.01"), NOW)
    assert stop.waiting
    venue.move(BTC, d("48000"), NOW)
    assert (stop.status, stop.average) == (Status.FILLED, d(48000))


def test_a_stop_limit_becomes_a_limit_order_that_can_be_left_behind() -> None:
    venue = engine()
    stop = venue.place(order("sell", stop="48000", limit="47900"), NOW)
    venue.move(BTC, d("47000"), NOW)
    assert (stop.status, stop.waiting) == (Status.OPEN, False)
    venue.move(BTC, d("47900"), NOW)
    assert (stop.status, stop.average) == (Status.FILLED, d("47900"))


def test_a_take_profit_waits_for_the_other_direction() -> None:
    venue = engine()
    taking = venue.place(order("sell", stop="52000", take_profit=True), NOW)
    venue.move(BTC, d("48000"), NOW)
    assert taking.waiting
    venue.move(BTC, d("52000"), NOW)
    assert taking.status is Status.FILLED


def test_a_stop_buy_pays_what_the_market_asks_as_far_as_the_money_goes() -> None:
    venue = engine(usdt="5100")
    stop = venue.place(order(stop="51000"), NOW)
    assert venue.accounts.locked("USDT") == 5100
    venue.move(BTC, d("60000"), NOW)
    assert (stop.status, stop.filled) == (Status.EXPIRED, d("0.08499"))
    assert venue.accounts.total("USDT") < 1


def test_a_trailing_stop_follows_upwards_and_never_down() -> None:
    venue = engine()
    trailing = venue.place(order("sell", trail=Trail(fraction=d("0.05"))), NOW)
    assert trailing.stop == d(47500)
    venue.move(BTC, d(60000), NOW)
    assert trailing.stop == d(57000)
    venue.move(BTC, d("57000.01"), NOW)
    assert (trailing.waiting, trailing.stop) == (True, d(57000))
    venue.move(BTC, d(57000), NOW)
    assert trailing.status is Status.FILLED


def test_a_trailing_stop_with_an_activation_price_starts_to_follow_there() -> None:
    venue = engine()
    trailing = venue.place(order("sell", stop="55000", trail=Trail(amount=d(1000))), NOW)
    venue.move(BTC, d(40000), NOW)
    assert (trailing.waiting, trailing.stop) == (True, None)
    venue.move(BTC, d(55000), NOW)
    assert trailing.stop == d(54000)
