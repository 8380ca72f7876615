"""How the stand-in trades, without any wire."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.instant import Instant
from tests.tools.exchange.stand_in.small_engine import BTC, NOW, d, engine, order
from tools.exchange.stand_in.engine.engine import Engine
from tools.exchange.stand_in.engine.orders import NewOrder, Status, TimeInForce
from tools.exchange.stand_in.engine.refusals import Refusal, Refused
from tools.exchange.stand_in.wire.limits import RateLimit


def refusal(venue: Engine, asked: NewOrder) -> Refusal:
    with pytest.raises(Refused) as caught:
        venue.place(asked, NOW)
    assert venue.orders == []
    return caught.value.refusal


def test_a_market_buy_takes_the_best_ask_and_pays_its_fee_in_what_it_bought() -> None:
    venue = engine()
    bought = venue.place(order(), NOW)
    assert (bought.status, bought.filled, bought.spent) == (Status.FILLED, d("0.1"), d("5000.001"))
    assert venue.accounts.free("USDT") == d("94999.999")
    assert venue.accounts.free("BTC") == d("1.0999")


def test_kraken_takes_its_fee_in_quote_currency_on_top() -> None:
    venue = engine("kraken")
    venue.place(order(), NOW)
    assert venue.accounts.free("BTC") == d("1.1")
    assert venue.accounts.free("USDT") == d("100000") - d("5000.001") * d("1.004")


def test_fees_are_taken_in_bnb_where_there_is_enough_of_it() -> None:
    venue = engine()
    venue.rules.discount_asset = "BNB"
    venue.deposit("BNB", d(1))
    venue.place(order(), NOW)
    assert venue.accounts.free("BTC") == d("1.1")
    assert venue.accounts.free("BNB") == d("0.98333333")


def test_fees_fall_back_to_what_was_bought_where_bnb_runs_out() -> None:
    venue = engine()
    venue.rules.discount_asset = "BNB"
    venue.place(order(), NOW)
    assert venue.trades[0].fee_asset == "BTC"


def test_a_market_order_walks_the_levels_and_the_rest_expires_where_the_book_ends() -> None:
    venue = engine(depth="0.01", most=None)
    bought = venue.place(order(quantity="0.5"), NOW)
    assert (bought.status, bought.filled, len(venue.trades)) == (Status.EXPIRED, d("0.2"), 20)
    assert venue.accounts.locked("USDT") == 0


def test_what_was_taken_stays_taken_until_the_market_moves() -> None:
    venue = engine(depth="0.1")
    assert venue.place(order(), NOW).average == d("50000.01")
    assert venue.place(order(), NOW).average == d("50000.02")
    venue.move(BTC, d(50000), NOW)
    assert venue.place(order(), NOW).average == d("50000.01")


def test_money_to_spend_buys_whole_lots() -> None:
    venue = engine()
    bought = venue.place(order(quantity=None, spend="1000"), NOW)
    assert bought.status is Status.FILLED
    assert bought.quantity == d("0.01999")
    assert bought.spent <= 1000


def test_a_limit_order_rests_locks_its_money_and_fills_at_its_own_price_as_maker() -> None:
    venue = engine()
    resting = venue.place(order(limit="49000"), NOW)
    assert (resting.status, venue.accounts.locked("USDT")) == (Status.OPEN, d(4900))
    venue.move(BTC, d("48999.99"), NOW)
    assert (resting.status, resting.average) == (Status.FILLED, d(49000))
    assert venue.trades[0].maker
    assert venue.accounts.locked("USDT") == 0


def test_a_limit_order_that_crosses_takes_the_better_price_and_gets_its_change() -> None:
    venue = engine()
    crossing = venue.place(order(limit="51000"), NOW)
    assert crossing.average == d("50000.01")
    assert venue.accounts.total("USDT") == d("94999.999")


def test_shallow_books_fill_in_parts_and_what_is_left_can_be_cancelled() -> None:
    venue = engine(depth="0.02")
    resting = venue.place(order(limit="50000"), NOW)
    venue.move(BTC, d("49999.98"), NOW)
    assert (resting.status, resting.filled) == (Status.PARTIAL, d("0.04"))
    venue.cancel(resting.number, NOW)
    assert (resting.status, resting.filled) == (Status.CANCELED, d("0.04"))
    assert venue.accounts.locked("USDT") == 0


def test_of_two_resting_orders_the_better_price_and_then_the_older_fills_first() -> None:
    venue = engine(depth="0.01")
    worse = venue.place(order(quantity="0.01", limit="49000"), NOW)
    better = venue.place(order(quantity="0.01", limit="49001"), NOW)
    younger = venue.place(order(quantity="0.01", limit="49001"), NOW)
    venue.move(BTC, d("48999.99"), NOW)
    assert [one.order for one in venue.trades] == [better.number, younger.number]
    assert worse.filled == 0


def test_an_order_that_takes_a_part_and_rests_holds_no_more_than_its_rest_needs() -> None:
    venue = engine(depth="0.02")
    resting = venue.place(order(limit="50000.02"), NOW)
    assert (resting.status, resting.filled) == (Status.PARTIAL, d("0.04"))
    assert venue.accounts.locked("USDT") == d("0.06") * d("50000.02")


def test_immediate_or_cancel_takes_what_is_there_and_never_rests() -> None:
    venue = engine(depth="0.03")
    taken = venue.place(order(limit="50000.02", time_in_force=TimeInForce.IOC), NOW)
    assert (taken.status, taken.filled) == (Status.EXPIRED, d("0.06"))
    assert venue.open == {}


def test_fill_or_kill_takes_all_or_nothing() -> None:
    venue = engine(depth="0.03")
    killed = venue.place(order(limit="50000.02", time_in_force=TimeInForce.FOK), NOW)
    assert (killed.status, killed.filled) == (Status.EXPIRED, 0)
    filled = venue.place(order(quantity="0.06", limit="50000.02", time_in_force=TimeInForce.FOK), NOW)
    assert filled.status is Status.FILLED


def test_a_post_only_order_that_would_take_is_refused() -> None:
    assert refusal(engine(), order(limit="50000.01", post_only=True)) is Refusal.WOULD_TAKE
    assert engine().place(order(limit="50000", post_only=True), NOW).is_open


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"limit": "49000.005"}, Refusal.TICK),
        ({"quantity": "0.000011"}, Refusal.LOT),
        ({"quantity": "0.000001"}, Refusal.LOT),
        ({"quantity": "9000.00001", "limit": "1"}, Refusal.LOT),
        ({"quantity": "0.0001", "limit": "49999.99"}, Refusal.NOTIONAL),
        ({"quantity": "3"}, Refusal.FUNDS),
        ({"side": "sell", "quantity": "1.00001"}, Refusal.FUNDS),
        ({"side": "buy", "stop": "49999"}, Refusal.WOULD_TRIGGER),
        ({"client_id": "not allowed!"}, Refusal.BAD_CLIENT_ID),
    ],
)
def test_an_order_that_breaks_a_rule_does_not_exist(changed: dict[str, str], why: Refusal) -> None:
    notional = {"notional": "5.00000001"} if why is Refusal.NOTIONAL else {}
    venue = engine(**notional)
    assert refusal(venue, order(**changed)) is why  # type: ignore[arg-type]  # the table mixes fields
    assert venue.accounts.locked("USDT") == venue.accounts.locked("BTC") == 0


def test_filters_hold_exactly_at_their_bounds() -> None:
    venue = engine(notional="5")
    assert venue.place(order(quantity="0.0001", limit="50000"), NOW).is_open
    assert venue.place(order(quantity="9000", side="buy", limit="0.01"), NOW).is_open


def test_a_whole_lot_below_the_smallest_quantity_is_refused() -> None:
    venue = engine(least="0.001", notional="0")
    assert refusal(venue, order(quantity="0.00099")) is Refusal.LOT
    assert venue.place(order(quantity="0.001"), NOW).status is Status.FILLED


def test_a_ban_outlasts_the_window_that_it_was_earned_in() -> None:
    limit = RateLimit(requests=1, window_ms=1000, patience=0, ban_ms=5000)
    limit.check(NOW)
    for later in (1, 2000, 5000):
        with pytest.raises(Refused, match="banned"):
            limit.check(Instant(NOW + later))
    limit.check(Instant(NOW + 5001))


def test_a_symbol_on_a_break_or_delisted_takes_no_order() -> None:
    venue = engine()
    venue.set_status(BTC, "BREAK", NOW)
    assert refusal(venue, order()) is Refusal.MARKET_CLOSED
    venue.set_status(BTC, "DELISTED", NOW)
    assert refusal(venue, order()) is Refusal.UNKNOWN_SYMBOL
    assert refusal(venue, replace(order(), symbol="DOGE/USDT")) is Refusal.UNKNOWN_SYMBOL


def test_delisting_ends_open_orders_and_gives_their_money_back() -> None:
    venue = engine()
    resting = venue.place(order(limit="49000"), NOW)
    venue.set_status(BTC, "DELISTED", NOW)
    assert (resting.status, venue.accounts.locked("USDT")) == (Status.EXPIRED, 0)


def test_a_client_id_is_unique_among_open_orders_only() -> None:
    venue = engine()
    named = order(quantity="0.01", limit="49000", client_id="one")
    first = venue.place(named, NOW)
    with pytest.raises(Refused, match="duplicate"):
        venue.place(named, NOW)
    venue.cancel(first.number, NOW)
    assert venue.place(named, NOW).is_open


def test_the_same_market_order_is_executed_twice_under_one_client_id() -> None:
    venue = engine()
    for _ in range(2):
        assert venue.place(order(quantity="0.01", client_id="one"), NOW).status is Status.FILLED


@pytest.mark.parametrize(
    "good", ["0123456789abcdef0123456789abcdef", "6d1b345e-2821-40e2-ad83-4ecb18a06876", "arb-20240509-00010"]
)
def test_kraken_takes_uuids_and_short_texts_as_client_ids(good: str) -> None:
    assert engine("kraken").place(order(client_id=good), NOW).client_id == good


def test_kraken_refuses_a_client_id_of_twenty_two_characters() -> None:
    assert refusal(engine("kraken"), order(client_id="0123456789abcdef012345")) is Refusal.BAD_CLIENT_ID


def test_filters_may_change_overnight_and_open_orders_stay() -> None:
    venue = engine()
    resting = venue.place(order(quantity="0.00011", limit="49000.01"), NOW)
    venue.set_filters(BTC, {"tick_size": d("0.5"), "lot_size": d("0.001")})
    assert resting.is_open
    with pytest.raises(Refused, match="tick"):
        venue.place(order(limit="49000.01"), NOW)
    with pytest.raises(Refused, match="lot"):
        venue.place(order(quantity="0.0011"), NOW)


def test_an_order_fills_by_hand_at_any_price_and_no_further_than_it_goes() -> None:
    venue = engine()
    resting = venue.place(order(limit="49000"), NOW)
    venue.fill(resting.number, d("0.04"), d(48000), NOW)
    assert (resting.status, resting.spent) == (Status.PARTIAL, d(1920))
    venue.fill(resting.number, d("0.06"), d(49000), NOW)
    assert resting.status is Status.FILLED
    with pytest.raises(Refused):
        venue.fill(resting.number, d("0.01"), d(49000), NOW)


def test_a_fill_that_crossed_with_the_cancel_is_booked_and_leaves_the_order_cancelled() -> None:
    venue = engine()
    resting = venue.place(order(limit="49000"), NOW)
    venue.cancel(resting.number, NOW)
    venue.fill(resting.number, d("0.04"), d(49000), NOW, late=True)
    assert (resting.status, resting.filled) == (Status.CANCELED, d("0.04"))
    assert venue.accounts.free("USDT") == d(100000) - d(1960)
    assert venue.accounts.locked("USDT") == 0


def test_proceeds_to_get_sell_whole_lots() -> None:
    venue = engine()
    sold = venue.place(order("sell", quantity=None, spend="1000"), NOW)
    assert (sold.status, sold.quantity) == (Status.FILLED, d("0.02"))


def test_fees_that_rose_while_an_order_rested_take_no_more_than_there_is() -> None:
    venue = engine("kraken", usdt="5020")
    resting = venue.place(order(limit="50000"), NOW)
    venue.rules.maker = d("0.1")
    venue.move(BTC, d(49000), NOW)
    assert (resting.status, venue.accounts.total("USDT")) == (Status.FILLED, 0)
