"""Money is exact or refused; nothing in between."""

from __future__ import annotations

from decimal import Decimal, Inexact
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import UsageError
from core.money import Money, ceil_to, divide, exact, floor_to, money, multiply, plain, published

amounts = st.decimals(
    allow_nan=False, allow_infinity=False, min_value=Decimal("-1e30"), max_value=Decimal("1e30")
)
steps = st.sampled_from(
    [Decimal(10) ** -places for places in range(19)] + [Decimal("0.25"), Decimal("0.05"), Decimal(3)]
)


@pytest.mark.parametrize("value", [0.1, 1.0, float("nan"), True])
def test_a_float_or_bool_never_becomes_money(value: float) -> None:
    with pytest.raises(TypeError, match="money is never a"):
        exact(value)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", ["NaN", "sNaN", "Infinity", "-inf", Decimal("NaN"), Decimal("-Infinity")])
def test_what_is_not_finite_is_refused(value: str | Decimal) -> None:
    with pytest.raises(ValueError, match="not finite"):
        exact(value)


@pytest.mark.parametrize("value", ["", "1,5", "0x10", "1 USDT", "--1"])
def test_what_is_no_number_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="not a decimal number"):
        exact(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("-0", "0"),
        ("-0.000", "0"),
        ("1e-18", "0.000000000000000001"),
        ("1e30", "1000000000000000000000000000000"),
        ("123456789.123456789123456789", "123456789.123456789123456789"),
        ("100", "100"),
        ("1.50", "1.5"),
        ("-2.0", "-2"),
    ],
)
def test_canonical_text_is_plain_and_short(value: str, text: str) -> None:
    assert plain(exact(value)) == text


@given(amounts)
def test_canonical_text_reads_back_exactly_and_is_its_own_canonical_text(amount: Decimal) -> None:
    text = plain(amount)
    assert exact(text) == amount
    assert plain(exact(text)) == text
    assert "e" not in text.lower()


@given(amounts, amounts)
def test_equal_amounts_have_equal_text(left: Decimal, right: Decimal) -> None:
    assert (left == right) == (plain(left) == plain(right))


@given(st.floats(min_value=1e-12, max_value=1e12))
def test_a_published_float_is_the_decimal_that_was_printed(value: float) -> None:
    assert float(published(value)) == value
    assert len(published(value).as_tuple().digits) <= 17


@given(amounts, steps)
def test_rounding_goes_to_the_nearest_step_of_its_side(value: Decimal, step: Decimal) -> None:
    low, high = floor_to(value, step), ceil_to(value, step)
    assert low <= value <= high
    assert Fraction(value) - Fraction(low) < Fraction(step)
    assert Fraction(high) - Fraction(value) < Fraction(step)
    assert (Fraction(low) / Fraction(step)).denominator == (Fraction(high) / Fraction(step)).denominator == 1


def test_rounding_is_right_for_more_digits_than_a_quotient_holds() -> None:
    nearly = "0." + "9" * 70
    assert (floor_to(Decimal(nearly), Decimal(1)), ceil_to(Decimal(nearly), Decimal(1))) == (0, 1)
    assert (floor_to(Decimal(f"-{nearly}"), Decimal(1)), ceil_to(Decimal(f"-{nearly}"), Decimal(1))) == (
        -1,
        0,
    )


def test_a_product_that_would_round_raises() -> None:
    with pytest.raises(Inexact):
        multiply(Decimal("1." + "1" * 60), Decimal("1." + "1" * 60))


def test_dividing_by_zero_raises() -> None:
    with pytest.raises(ZeroDivisionError):
        divide(Decimal(1), Decimal(0))


def test_an_amount_of_money_reads_as_it_is_written() -> None:
    assert money(" 10000.50 usdt ") == Money(Decimal("10000.50"), "USDT")
    assert str(money("10000.50 USDT")) == "10000.5 USDT"


@pytest.mark.parametrize(
    "text", ["", "10000", "USDT", "0 USDT", "-1 USDT", "NaN USDT", "inf USDT", "1 US$", "1,0 USDT"]
)
def test_what_is_no_amount_of_money_is_a_usage_error(text: str) -> None:
    with pytest.raises(UsageError):
        money(text)
