"""Exact money: every amount, price and quantity is a finite `Decimal`; a float never becomes one unasked.

Products and sums run in `EXACT`, which raises instead of rounding. Rounding happens once, in the
open, at an instrument's step (`floor_to`, `ceil_to`) or in `divide`.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import (
    ROUND_HALF_EVEN,
    Context,
    Decimal,
    DivisionByZero,
    FloatOperation,
    Inexact,
    InvalidOperation,
    Overflow,
)

from core.errors import UsageError

ZERO = Decimal(0)
ONE = Decimal(1)

_TRAPS = [InvalidOperation, DivisionByZero, Overflow, FloatOperation]
EXACT = Context(prec=100, rounding=ROUND_HALF_EVEN, traps=[*_TRAPS, Inexact])
_WIDE = Context(prec=50, rounding=ROUND_HALF_EVEN, traps=_TRAPS)

add = EXACT.add
subtract = EXACT.subtract
multiply = EXACT.multiply


def divide(amount: Decimal, by: Decimal) -> Decimal:
    """*amount* / *by* to 50 significant digits: for shares and prices, never for a booking."""
    return _WIDE.divide(amount, by)


def exact(value: str | int | Decimal) -> Decimal:
    """*value* as a finite decimal.

    Raises:
        TypeError: a float or bool, which has already lost the digits that were meant.
        ValueError: not a number, or not finite.
    """
    if isinstance(value, bool | float):
        raise TypeError(f"money is never a {type(value).__name__}: send {value!r} as text")
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise ValueError(f"{value!r} is not a decimal number") from None
    if not number.is_finite():
        raise ValueError(f"{value!r} is not finite")
    return number


def published(value: float) -> Decimal:
    """The shortest decimal that reads back as *value*: the digits that the venue published.

    The one door from the float zone (stored candles) into money.

    >>> published(0.1)
    Decimal('0.1')
    """
    return exact(repr(float(value)))


def plain(value: Decimal) -> str:
    """Canonical text: plain notation, no trailing zeros, no negative zero.

    >>> plain(Decimal("1E+3")), plain(Decimal("0.10")), plain(Decimal("-0.0"))
    ('1000', '0.1', '0')
    """
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def floor_to(value: Decimal, step: Decimal) -> Decimal:
    """The largest multiple of *step* that is not above *value*."""
    low = multiply(EXACT.divide_int(value, step), step)
    return low if low <= value else subtract(low, step)


def ceil_to(value: Decimal, step: Decimal) -> Decimal:
    """The smallest multiple of *step* that is not below *value*."""
    high = multiply(EXACT.divide_int(value, step), step)
    return high if high >= value else add(high, step)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount of one asset, named by its venue ticker (``USDT``)."""

    amount: Decimal
    asset: str

    def __str__(self) -> str:
        return f"{plain(self.amount)} {self.asset}"


def money(text: str) -> Money:
    """Reads ``10000 USDT``.

    Raises:
        UsageError: not an amount and an asset, or not above zero.
    """
    amount, _, asset = text.strip().partition(" ")
    try:
        number = exact(amount)
    except ValueError:
        number = ZERO
    if number <= 0 or not asset.strip().isalnum():
        raise UsageError(f"{text!r} is not an amount of money", "Write it as '10000 USDT'.")
    return Money(number, asset.strip().upper())
