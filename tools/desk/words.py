"""Numbers in sentences: short enough to read, near enough to stand for the evidence beside them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Context, Decimal

from core.money import plain
from tools.desk.prose import MINUS

_SIZES = ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"))
_THOUSAND = 1000


def percent(fraction: float | Decimal) -> str:
    """A change as signed per cent, to three digits.

    >>> percent(0.01234), percent(-0.5), percent(0), percent(12.345)
    ('+1.23 %', '−50 %', '0 %', '+1234 %')
    """
    value = _short(Decimal(str(fraction)) * 100)
    return f"{'+' if value > 0 else ''}{number(value)} %"


def share(fraction: float | Decimal) -> str:
    """A part of a whole, without a sign.

    >>> share(0.625)
    '62.5 %'
    """
    return f"{plain(_short(abs(Decimal(str(fraction))) * 100))} %"


def points(value: float, *, signed: bool = False) -> str:
    """Points of a grade to one decimal.

    >>> points(71.24), points(3.0, signed=True)
    ('71.2', '+3')
    """
    short = number(Decimal(f"{value:.1f}"))
    return f"+{short}" if signed and value > 0 else short


def large(value: Decimal) -> str:
    """An amount as a person says it.

    >>> large(Decimal("54123456789")), large(Decimal(45210)), large(Decimal("0.0123456"))
    ('54.12 billion', '45210', '0.01235')
    """
    for least, word in _SIZES:
        if abs(value) >= least:
            return f"{number(_short(value / least, 4))} {word}"
    return number(_short(value, 4))


def number(value: Decimal) -> str:
    """*value* in plain notation, with a real minus sign."""
    return plain(value).replace("-", MINUS)


def listed(parts: Sequence[str]) -> str:
    """``a, b and c``."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _short(value: Decimal, digits: int = 3) -> Decimal:
    """To *digits* digits, never at the cost of one before the point."""
    if abs(value) >= _THOUSAND:
        return value.quantize(Decimal(1), context=Context(prec=60, rounding=ROUND_HALF_EVEN))
    return Context(prec=digits, rounding=ROUND_HALF_EVEN).plus(value)
