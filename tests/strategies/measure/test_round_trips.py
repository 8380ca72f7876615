"""A round trip is a position from flat to flat; its profit is exact."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.ids import OrderId
from core.instant import Instant
from core.orders import Fill, Liquidity, Side
from core.portfolio import Portfolio
from strategies.measure.round_trips import round_trips


def fill(at: int, side: Side, quantity: str, price: str, fee: str = "0", symbol: str = "A/USDT") -> Fill:
    return Fill(f"t{at}", OrderId(f"o{at}"), symbol, side, Decimal(quantity), Decimal(price), Decimal(fee), Liquidity.TAKER, Instant(at))  # fmt: skip


def test_the_profit_is_what_came_in_less_what_went_out_less_both_fees() -> None:
    (trip,) = round_trips([fill(1, Side.BUY, "2", "100", "0.2"), fill(5, Side.SELL, "2", "110", "0.22")])
    assert trip.pnl == Decimal("19.58")
    assert (trip.entered_at, trip.exited_at, trip.exit_order) == (1, 5, "o5")
    assert (trip.entry_price, trip.exit_price, trip.fees) == (100, 110, Decimal("0.42"))
    assert trip.gain == pytest.approx(19.58 / 200.2)


def test_a_position_that_lost_everything_lost_all_that_was_paid_and_no_more() -> None:
    (trip,) = round_trips([fill(1, Side.BUY, "2", "100", "0.2"), fill(5, Side.SELL, "2", "0")])
    assert trip.pnl == Decimal("-200.2")
    assert trip.gain == -1


def test_buying_more_and_selling_in_parts_is_still_one_round_trip() -> None:
    trades = [
        fill(1, Side.BUY, "1", "100"),
        fill(2, Side.BUY, "3", "120"),
        fill(3, Side.SELL, "1", "130"),
        fill(4, Side.SELL, "3", "110"),
    ]
    (trip,) = round_trips(trades)
    assert trip.entry_price == 115
    assert trip.exit_price == 115
    assert trip.pnl == 0


def test_an_open_position_is_no_round_trip_yet() -> None:
    assert round_trips([fill(1, Side.BUY, "2", "100"), fill(2, Side.SELL, "1", "100")]) == ()


def test_symbols_do_not_mix() -> None:
    trades = [
        fill(1, Side.BUY, "1", "10"),
        fill(2, Side.BUY, "1", "10", symbol="B/USDT"),
        fill(3, Side.SELL, "1", "9", symbol="B/USDT"),
        fill(4, Side.SELL, "1", "11"),
    ]
    assert [(trip.symbol, trip.pnl) for trip in round_trips(trades)] == [("B/USDT", -1), ("A/USDT", 1)]


def test_selling_more_than_was_bought_is_refused() -> None:
    with pytest.raises(ValueError, match="sells more A/USDT than is held"):
        round_trips([fill(1, Side.BUY, "1", "10"), fill(2, Side.SELL, "2", "10")])


amounts = st.decimals("0.001", "1000", places=3)


@given(st.lists(st.tuples(amounts, amounts, amounts, st.integers(0, 3)), max_size=12))
def test_round_trips_and_the_books_agree_to_the_last_digit(rounds: list[tuple[Decimal, Decimal, Decimal, int]]) -> None:  # fmt: skip
    trades = []
    for n, (quantity, bought, sold, _) in enumerate(rounds):
        trades.append(fill(2 * n, Side.BUY, str(quantity), str(bought), "0.001"))
        trades.append(fill(2 * n + 1, Side.SELL, str(quantity), str(sold), "0.002"))
    books = Portfolio(Decimal(10) ** 9, "USDT")
    for trade in trades:
        books = books.after(trade)
    trips = round_trips(trades)
    assert len(trips) == books.round_trips == len(rounds)
    assert sum((trip.pnl for trip in trips), Decimal(0)) == books.realised == books.cash - Decimal(10) ** 9
