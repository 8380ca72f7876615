"""Positions and equity: what the books say is what happened."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvariantError
from core.ids import OrderId
from core.instant import HOUR, Instant
from core.orders import Fill, Liquidity, Side
from core.portfolio import Portfolio
from tests.builders import NOON

BUY, SELL = Side.BUY, Side.SELL
sizes = st.decimals("0.00000001", "1000", places=8)
prices = st.decimals("0.00000001", "100000", places=8)
fees = st.decimals("0", "10", places=8)


def a_fill(
    side: Side,
    quantity: str | Decimal,
    price: str | Decimal,
    fee: str | Decimal = "0",
    hour: int = 0,
    symbol: str = "BTC/USDT",
) -> Fill:
    at = Instant(NOON + hour * HOUR)
    return Fill(
        "t", OrderId("o"), symbol, side, Decimal(quantity), Decimal(price), Decimal(fee), Liquidity.TAKER, at
    )


def books(cash: str = "1000000000000") -> Portfolio:
    return Portfolio(Decimal(cash), "USDT")


def test_a_purchase_costs_its_fee_and_a_sale_realises_after_fees() -> None:
    bought = books("1000").after(a_fill(BUY, "2", "100", "0.2"))
    assert bought.cash == Decimal("799.8")
    position = bought.positions["BTC/USDT"]
    assert (position.quantity, position.cost, position.average_price) == (
        2,
        Decimal("200.2"),
        Decimal("100.1"),
    )

    half = bought.after(a_fill(SELL, "1", "120", "0.12", hour=1))
    assert half.realised == Decimal("119.88") - Decimal("100.1")
    assert (half.round_trips, half.positions["BTC/USDT"].opened_at) == (0, NOON)

    flat = half.after(a_fill(SELL, "1", "90", "0.09", hour=2))
    assert flat.positions == {}
    assert flat.realised == flat.cash - 1000 == Decimal("9.59")
    assert (flat.round_trips, flat.fills, flat.fees) == (1, 3, Decimal("0.41"))
    assert flat.last_loss_at == NOON + 2 * HOUR


def test_a_fee_in_what_is_sold_takes_of_the_rest_and_of_nothing_else() -> None:
    bought = books("1000").after(a_fill(BUY, "2", "100"))
    sold = replace(a_fill(SELL, "1", "100", "0.1"), fee_asset="BTC", fee_paid=Decimal("0.001"))
    half = bought.after(sold)
    assert (half.cash, half.quantity("BTC/USDT")) == (900, Decimal("0.999"))
    assert half.cash + half.positions["BTC/USDT"].cost == 1000 + half.realised
    everything = bought.after(replace(sold, quantity=Decimal(2)))
    assert (everything.positions, everything.round_trips) == ({}, 1)


@given(sizes, prices)
def test_buying_and_selling_back_at_the_same_price_changes_nothing(size: Decimal, price: Decimal) -> None:
    after = books().after(a_fill(BUY, size, price)).after(a_fill(SELL, size, price))
    assert (after.cash, after.positions, after.realised) == (books().cash, {}, 0)
    assert after.round_trips == 1
    assert after.last_loss_at is None


@given(st.lists(st.tuples(sizes, prices, fees, prices), min_size=1, max_size=6), prices)
def test_cash_plus_cost_is_what_came_in_plus_what_was_realised(trades: list, mark: Decimal) -> None:
    held = books()
    for size, price, fee, later in trades:
        held = held.after(a_fill(BUY, size, price, fee)).after(a_fill(SELL, size / 2, later))
    cost = sum((Fraction(position.cost) for position in held.positions.values()), Fraction(0))
    assert Fraction(held.cash) + cost == Fraction(books().cash) + Fraction(held.realised)
    quantity = held.quantity("BTC/USDT")
    assert Fraction(held.equity({"BTC/USDT": mark})) == Fraction(held.cash) + Fraction(quantity) * Fraction(
        mark
    )

    flat = held.after(a_fill(SELL, quantity, mark))
    assert flat.positions == {}
    assert Fraction(flat.realised) == Fraction(flat.cash) - Fraction(books().cash)


def test_the_last_unit_carries_whatever_cost_is_left() -> None:
    held = books("1000").after(a_fill(BUY, "3", "100", "0.1"))
    for _ in range(3):
        held = held.after(a_fill(SELL, "1", "100"))
    assert held.realised == Decimal("-0.1")


def test_symbols_are_kept_apart() -> None:
    held = books("1000").after(a_fill(BUY, "1", "100")).after(a_fill(BUY, "2", "50", symbol="ETH/USDT"))
    assert (held.quantity("BTC/USDT"), held.quantity("ETH/USDT"), held.quantity("SOL/USDT")) == (1, 2, 0)
    assert held.equity({"BTC/USDT": Decimal(110), "ETH/USDT": Decimal(40)}) == 990


def test_a_holding_without_a_mark_has_no_equity() -> None:
    with pytest.raises(KeyError):
        books("1000").after(a_fill(BUY, "1", "100")).equity({})


def test_a_purchase_may_take_the_last_of_the_cash_and_no_more() -> None:
    assert books("100.1").after(a_fill(BUY, "1", "100", "0.1")).cash == 0
    with pytest.raises(InvariantError, match=r"costs 100\.2 USDT; 100\.1 are there"):
        books("100.1").after(a_fill(BUY, "1", "100", "0.2"))


def test_a_sale_may_take_the_last_of_the_holding_and_no_more() -> None:
    held = books().after(a_fill(BUY, "1", "100"))
    with pytest.raises(InvariantError, match=r"sells 1\.1 of BTC/USDT; 1 are held"):
        held.after(a_fill(SELL, "1.1", "100"))
    with pytest.raises(InvariantError):
        books().after(a_fill(SELL, "1", "100"))


def test_the_books_before_a_fill_stay_as_they_were() -> None:
    before = books("1000").after(a_fill(BUY, "1", "100"))
    before.after(a_fill(BUY, "1", "100"))
    assert (before.quantity("BTC/USDT"), before.cash, before.fills) == (1, 900, 1)
