"""Double entry: every kind of transaction balances, and nothing else is ever booked."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvariantError
from core.ids import OrderId
from core.ledger import (
    AVAILABLE,
    FEES,
    MARKET,
    OURS,
    RESERVED,
    Ledger,
    Posting,
    Transaction,
    check_balanced,
    deposit,
    release,
    reserve,
    settle,
)
from core.orders import Fill, Liquidity, Side
from tests.builders import NOON, an_instrument

amounts = st.decimals("0.000000000000000001", "1e12", places=18)


def a_fill(side: Side, quantity: str | Decimal, price: str | Decimal, fee: str | Decimal = "0") -> Fill:
    return Fill(
        "t1",
        OrderId("o1"),
        "BTC/USDT",
        side,
        Decimal(quantity),
        Decimal(price),
        Decimal(fee),
        Liquidity.TAKER,
        NOON,
    )


@given(amounts, amounts, amounts)
def test_every_kind_of_transaction_balances_exactly(quantity: Decimal, price: Decimal, fee: Decimal) -> None:
    for side in Side:
        check_balanced(settle(a_fill(side, quantity, price, fee), an_instrument()))
        check_balanced(settle(a_fill(side, quantity, price, fee), an_instrument(), paying=AVAILABLE))
    for make in (deposit, reserve, release):
        check_balanced(make("USDT", price, "ref", NOON))


def test_a_purchase_moves_its_two_legs_and_its_fee() -> None:
    ledger = Ledger()
    ledger.apply(deposit("USDT", Decimal(1000), "opening", NOON))
    ledger.apply(reserve("USDT", Decimal(300), "o1", NOON))
    ledger.apply(settle(a_fill(Side.BUY, "2", "100", "0.2"), an_instrument()))
    ledger.apply(release("USDT", Decimal("99.8"), "o1", NOON))

    assert ledger.balance(AVAILABLE, "USDT") == Decimal("799.8")
    assert ledger.balance(RESERVED, "USDT") == 0
    assert ledger.balance(AVAILABLE, "BTC") == 2
    assert ledger.balance(FEES, "USDT") == Decimal("0.2")
    assert ledger.balance(MARKET, "BTC") == -2
    assert ledger.total("USDT") == ledger.total("BTC") == 0


def test_a_sale_pays_its_fee_out_of_what_it_raises() -> None:
    ledger = Ledger({(AVAILABLE, "BTC"): Decimal(2)})
    booked = settle(a_fill(Side.SELL, "2", "100", "0.2"), an_instrument(), paying=AVAILABLE)
    ledger.apply(booked)
    assert ledger.balance(AVAILABLE, "USDT") == Decimal("199.8")
    assert ledger.balance(AVAILABLE, "BTC") == 0


def test_what_does_not_balance_is_refused() -> None:
    off = Transaction(
        "odd", "x", NOON, (Posting(AVAILABLE, "USDT", Decimal(1)), Posting(MARKET, "USDT", Decimal(-2)))
    )
    ledger = Ledger()
    with pytest.raises(InvariantError, match="off by -1 USDT"):
        ledger.apply(off)
    assert ledger.balances() == {}


def test_assets_do_not_balance_each_other() -> None:
    mixed = Transaction(
        "odd", "x", NOON, (Posting(AVAILABLE, "USDT", Decimal(1)), Posting(MARKET, "BTC", Decimal(-1)))
    )
    with pytest.raises(InvariantError):
        check_balanced(mixed)


@pytest.mark.parametrize(
    "overdraft",
    [
        reserve("USDT", Decimal("100.01"), "o", NOON),
        release("USDT", Decimal("0.01"), "o", NOON),
        settle(a_fill(Side.BUY, "1", "100", "0.01"), an_instrument(), paying=AVAILABLE),
        settle(a_fill(Side.SELL, "1", "100"), an_instrument(), paying=AVAILABLE),
    ],
    ids=["reserve", "release", "buy", "sell"],
)
def test_an_overdraft_is_refused_whole(overdraft: Transaction) -> None:
    ledger = Ledger({(AVAILABLE, "USDT"): Decimal(100)})
    with pytest.raises(InvariantError, match="would leave -"):
        ledger.apply(overdraft)
    assert ledger.balances() == {(AVAILABLE, "USDT"): Decimal(100)}


def test_all_of_it_may_be_spent() -> None:
    ledger = Ledger({(AVAILABLE, "USDT"): Decimal(100)})
    ledger.apply(reserve("USDT", Decimal(100), "o", NOON))
    assert ledger.balance(AVAILABLE, "USDT") == 0


@given(st.lists(st.tuples(st.sampled_from([deposit, reserve, release]), amounts), max_size=30))
def test_whatever_is_booked_or_refused_every_asset_sums_to_zero(steps: list) -> None:
    ledger = Ledger()
    for make, amount in steps:
        before = ledger.balances()
        try:
            ledger.apply(make("USDT", amount, "x", NOON))
        except InvariantError:
            assert ledger.balances() == before
        assert ledger.total("USDT") == 0
        assert all(ledger.balance(role, "USDT") >= 0 for role in OURS)
