"""The engine's orders: what it makes of wishes, of protective exits, of lies and of dust."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from core.observation import Missing
from core.orders import OrderType, Purpose, Side, Wish
from strategies.risk.case import NO_INPUTS
from strategies.risk.engine import review, review_exit
from strategies.risk.limits import profile
from tests.strategies.risk.cases import (
    BTC,
    NOW,
    ORDER,
    D,
    books,
    codes,
    entry,
    held,
    judged,
    protective,
    reduction,
    with_inputs,
    with_instrument,
)

NONE = profile("none")


def test_an_entry_is_a_market_order_that_carries_what_to_spend() -> None:
    order = judged(entry()).order
    assert order is not None
    assert (order.id, order.side, order.type, order.purpose) == (
        ORDER,
        Side.BUY,
        OrderType.MARKET,
        Purpose.ENTRY,
    )
    assert (order.spend, order.quantity) == (500, None)
    assert (order.created_at, order.decision_id, order.reason) == (NOW, "d" * 22, "test")


def test_a_reduction_is_a_market_order_of_a_quantity_rounded_down_to_the_lot() -> None:
    order = judged(with_instrument(reduction("499.99"), lot_size=D("0.1"))).order
    assert order is not None
    assert (order.spend, order.quantity, order.type) == (None, D("4.9"), OrderType.MARKET)


def test_all_cash_may_go_into_one_asset_under_no_limits() -> None:
    case = entry("10000", limits=NONE, inputs=NO_INPUTS)
    order = review(case, ORDER).order
    assert order is not None
    assert order.spend == 10_000


def test_a_flattening_sale_sells_the_exact_quantity() -> None:
    quantity = D("0.12345679")
    wish = Wish(BTC, Side.SELL, Purpose.REDUCTION, quantity * D("43210.12"), "flat")
    case = reduction(wish=wish, portfolio=books("1", held(BTC, str(quantity))), marks={BTC: D("43210.12")})
    order = review(replace(case, limits=NONE, inputs=NO_INPUTS), ORDER).order
    assert order is not None
    assert order.quantity == quantity


def test_no_more_is_sold_than_no_other_sale_has_claimed() -> None:
    first = judged(reduction("700")).order
    assert first is not None
    second = judged(reduction("700", pending=(replace(first, id="p"),))).order
    assert second is not None
    assert second.quantity == 3
    stop = review_exit(protective(), ORDER, stop_price=D(90)).order
    assert stop is not None
    beside = judged(reduction("700", pending=(replace(stop, id="p"),))).order
    assert beside is not None
    assert beside.quantity == 7


def test_what_is_not_held_cannot_be_sold() -> None:
    verdict = judged(reduction(portfolio=books("10000")))
    assert verdict.order is None
    assert codes(verdict) == {"quantity.min", "notional.min"}


@pytest.mark.parametrize("lie", [Purpose.REDUCTION, Purpose.EXIT])
def test_a_buy_that_calls_itself_something_else_is_judged_as_an_entry(lie: Purpose) -> None:
    case = entry("5000")
    case = replace(case, wish=replace(case.wish, purpose=lie), recent_orders=(NOW,) * 20)
    verdict = review(case, ORDER)
    assert verdict.order is None
    assert {"pace.hour", "pace.day", "exposure.order"} <= codes(verdict)


def test_a_sale_that_calls_itself_an_exit_does_not_get_past_bad_data() -> None:
    case = protective(data=Missing(BTC, "stale"))
    assert review(case, ORDER).order is None


@pytest.mark.parametrize("text", ["NaN", "sNaN", "Infinity", "-Infinity", "0", "-1", "1E+40", "1E-61"])
def test_an_amount_that_is_no_sound_number_is_refused(text: str) -> None:
    case = entry()
    verdict = review(replace(case, wish=replace(case.wish, notional=Decimal(text))), ORDER)
    assert verdict.order is None
    assert "precision" in codes(verdict)


@pytest.mark.parametrize("mark", [None, "NaN", "0", "-100", "Infinity"])
def test_without_a_price_nothing_is_bought_or_sold(mark: str | None) -> None:
    marks = {} if mark is None else {BTC: Decimal(mark)}
    for case in (entry(marks=marks), reduction(marks=marks)):
        verdict = review(replace(case, limits=NONE, inputs=NO_INPUTS), ORDER)
        assert verdict.order is None
        assert verdict.findings


def test_a_mark_below_zero_cannot_hide_what_is_held() -> None:
    case = entry(portfolio=books("5000", held("ETH/USDT", "50")), marks={BTC: D(100), "ETH/USDT": D(-100)})
    assert "input.missing:exposure.gross" in codes(judged(case))


def test_a_stop_rests_over_the_whole_position_with_its_price_rounded_up() -> None:
    order = review_exit(protective(), ORDER, stop_price=D("89.991")).order
    assert order is not None
    assert (order.type, order.side, order.purpose) == (OrderType.STOP, Side.SELL, Purpose.EXIT)
    assert (order.quantity, order.stop_price, order.limit_price) == (10, D("90.00"), None)


def test_a_stop_stays_a_stop_on_bad_data_and_says_so() -> None:
    verdict = review_exit(protective(data=Missing(BTC, "stale")), ORDER, stop_price=D(90))
    assert verdict.order is not None
    assert verdict.order.type is OrderType.STOP
    assert codes(verdict) == {"data.stale"}


def test_an_exit_now_is_a_market_order_and_with_a_price_a_limit() -> None:
    now = review_exit(protective(), ORDER).order
    assert now is not None
    assert (now.type, now.quantity) == (OrderType.MARKET, 10)
    limit = review_exit(protective(), ORDER, limit_price=D("101.001")).order
    assert limit is not None
    assert (limit.type, limit.limit_price) == (OrderType.LIMIT, D("101.01"))


def test_an_exit_needs_no_inputs() -> None:
    known = replace(NO_INPUTS, price_at=NOW)
    assert review_exit(protective(inputs=known), ORDER).findings == ()


def test_a_forced_sale_without_any_collar_still_stands_at_a_price() -> None:
    verdict = review_exit(protective(limits=NONE, data=Missing(BTC, "gate:jump")), ORDER)
    assert verdict.order is not None
    assert verdict.order.limit_price == 99


def test_an_exit_whose_price_was_never_known_is_reckoned_at_what_was_paid() -> None:
    verdict = review_exit(protective(marks={}, data=Missing(BTC, "no_data")), ORDER)
    assert verdict.order is not None
    assert verdict.order.limit_price == 99


@pytest.mark.parametrize("price", ["NaN", "0", "-1", "Infinity"])
def test_an_exit_at_no_price_is_refused(price: str) -> None:
    assert review_exit(protective(), ORDER, stop_price=Decimal(price)).order is None
    assert review_exit(protective(), ORDER, limit_price=Decimal(price)).order is None


def test_dust_stays_and_is_said() -> None:
    verdict = judged(protective(portfolio=books("9999", held(BTC, "0.05"))))
    assert verdict.order is None
    assert [finding.message for finding in verdict.findings] == [
        "order worth 5 USDT; at least 10 USDT: the 0.05 BTC held are dust and stay"
    ]


def test_satoshis_taken_for_coins_are_cut_to_the_cap() -> None:
    order = judged(entry("50000000000")).order
    assert order is not None
    assert order.spend == 1000


@pytest.mark.parametrize("factor", ["0.001", "1000", "0.00000001", "100000000"])
def test_a_price_in_the_wrong_unit_is_refused_by_the_collar(factor: str) -> None:
    wrong = {BTC: D(100) * D(factor)}
    for case in (entry(marks=wrong), reduction(marks=wrong)):
        verdict = judged(case)
        assert verdict.order is None
        assert {"collar.mid", "collar.second"} <= codes(verdict)


def test_an_order_of_this_cycle_uses_up_its_id() -> None:
    first = judged(entry()).order
    assert first is not None
    verdict = judged(with_inputs(entry(pending=(first,))))
    assert verdict.order is None
    assert codes(verdict) == {"duplicate"}
