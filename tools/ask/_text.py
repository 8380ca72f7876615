"""Numbers as an answer tells them: canonical texts that a person would say."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Context, Decimal
from math import isfinite

from core.instant import Instant
from core.money import plain, published
from tools.ask._vocabulary import Evidence

DIGITS = 5
_CENT = Decimal("0.01")
_WIDE = Context(prec=100, rounding=ROUND_HALF_EVEN)


def ratio(value: float, digits: int = DIGITS) -> str:
    """A statistic to *digits* significant digits, in plain notation.

    Raises:
        ValueError: not finite; what is not known is `Missing` and never told as a number.

    >>> ratio(0.0123456), ratio(-1234567.0), ratio(63.2)
    ('0.012346', '-1234600', '63.2')
    """
    if not isfinite(value):
        raise ValueError(f"{value} cannot be told")
    return plain(Decimal(f"{value:.{digits}g}"))


def price(value: float) -> str:
    """A price with the digits that its venue published."""
    return plain(published(value))


def amount(value: Decimal) -> str:
    """An amount of money to the cent; one below 1 to 5 significant digits.

    >>> amount(Decimal("9903.5577853409")), amount(Decimal("-0.00123456")), amount(Decimal(0))
    ('9903.56', '-0.0012346', '0')
    """
    if abs(value) >= 1:
        return plain(value.quantize(_CENT, context=_WIDE))
    return quantity(value, DIGITS)


def quantity(value: Decimal, digits: int = 8) -> str:
    """A number of units to *digits* significant digits.

    >>> quantity(Decimal("1.984000001")), quantity(Decimal(1234567890))
    ('1.984', '1234567900')
    """
    return plain(Context(prec=digits, rounding=ROUND_HALF_EVEN).plus(value))


class Stamp:
    """Makes the evidence of one tool on one asset at one moment, known then or at *known_at*."""

    def __init__(
        self, tool: str, asset: str, as_of: Instant, source: str, known_at: Instant | None = None
    ) -> None:
        self._tool = tool
        self._asset = asset
        self._as_of = as_of
        self._source = source
        self._known_at = as_of if known_at is None else known_at

    def __call__(self, metric: str, value: str, unit: str) -> Evidence:
        """*value* of *metric*."""
        return Evidence(
            self._tool, self._asset, metric, value, unit, self._as_of, self._known_at, self._source
        )
