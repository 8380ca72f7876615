"""Amounts of more digits than Python's default context keep every one of them."""

from __future__ import annotations

from decimal import Decimal

from core.ids import OrderId
from core.instant import Instant
from core.ledger import check_balanced, deposit
from core.orders import Fill, Liquidity, Side
from core.portfolio import Portfolio

HUGE = Decimal("123456789012345678901234567890.12345678")


def test_a_deposit_of_38_digits_balances() -> None:
    check_balanced(deposit("USDT", HUGE, "opening", Instant(0)))


def test_part_of_a_huge_position_is_sold_and_every_digit_is_kept() -> None:
    books = Portfolio(HUGE, "USDT")
    for number, (side, quantity) in enumerate(((Side.BUY, HUGE), (Side.SELL, Decimal(1)))):
        fill = Fill(
            f"f{number}",
            OrderId("o" * 22),
            "AAA/USDT",
            side,
            quantity,
            Decimal(1),
            Decimal(0),
            Liquidity.TAKER,
            Instant(number),
        )
        books = books.after(fill)
    assert books.cash == 1
    assert books.positions["AAA/USDT"].cost == Decimal("123456789012345678901234567889.12345678")
