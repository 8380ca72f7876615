"""Buy and hold: equal shares, bought once, fees paid."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from core.errors import UsageError
from core.instant import HOUR, Instant, Interval, instant
from core.market import NO_COSTS, Bars, Costs
from core.money import multiply
from strategies.measure.benchmark import hold_fills

START = instant("2024-01-01")


def bars(symbol: str, opened: list[float], first: int = 0) -> Bars:
    at = START + (np.arange(len(opened), dtype=np.int64) + first) * HOUR
    price = np.array(opened)
    return Bars(symbol, Interval(HOUR), at, price, price, price, price, price)


def test_each_symbol_gets_the_same_share_at_the_first_open() -> None:
    fills = hold_fills(
        {"A/USDT": bars("A/USDT", [10, 99]), "B/USDT": bars("B/USDT", [4, 99])},
        Decimal(1000),
        START,
        NO_COSTS,
    )
    assert [(fill.symbol, fill.quantity, fill.price, fill.at) for fill in fills] == [
        ("A/USDT", 50, 10, START),
        ("B/USDT", 125, 4, START),
    ]


def test_fee_and_slippage_never_spend_more_than_the_share() -> None:
    costs = Costs(slippage_bps=Decimal(5), latency_ms=1)
    (fill,) = hold_fills({"A/USDT": bars("A/USDT", [10, 7.3])}, Decimal(1000), START, costs)
    assert fill.at == START + HOUR
    assert fill.price == Decimal("7.303650")
    spent = multiply(fill.quantity, fill.price) + fill.fee
    assert Decimal("999.99") < spent <= 1000


def test_a_symbol_that_is_not_traded_yet_leaves_its_share_in_cash() -> None:
    dead = bars("B/USDT", [1.0], first=-5)
    fills = hold_fills(
        {"A/USDT": bars("A/USDT", [10]), "B/USDT": dead}, Decimal(100), Instant(START), NO_COSTS
    )
    assert [(fill.symbol, fill.quantity) for fill in fills] == [("A/USDT", 5)]


def test_holding_nothing_is_no_benchmark() -> None:
    with pytest.raises(UsageError, match="nothing to buy and hold"):
        hold_fills({}, Decimal(100), START, NO_COSTS)
