"""Numbers, money and times as a person reads them. Text only; nothing here is markup."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal
from math import floor, log10

from core.instant import DAY, HOUR, MINUTE, Instant, utc
from core.money import plain

NONE = "–"
MINUS = "\N{MINUS SIGN}"


def percent(value: float | None, *, signed: bool = False, places: int | None = None) -> str:
    """A fraction as percent, finer where it is small: 0.0413 is ``4.13 %``."""
    if value is None:
        return NONE
    scaled = value * 100
    if places is None:
        places = 0 if abs(scaled) >= 1000 else 1 if abs(scaled) >= 100 else 2
    text = f"{abs(scaled):,.{places}f}"
    sign = _sign(scaled, text) if signed or scaled < 0 else ""
    return f"{sign}{text}\N{NARROW NO-BREAK SPACE}%"


def ratio(value: float | None) -> str:
    """A statistic with two decimals."""
    if value is None:
        return NONE
    text = f"{abs(value):,.2f}"
    return f"{_sign(value, text) if value < 0 else ''}{text}"


def amount(value: Decimal | str | None, *, signed: bool = False) -> str:
    """Money to two decimals with thousands set apart; exact figures are in the JSON."""
    if value is None:
        return NONE
    number = Decimal(value)
    text = f"{abs(number).quantize(Decimal('0.01'), ROUND_HALF_EVEN):,f}"
    sign = _sign(number, text) if signed or number < 0 else ""
    return f"{sign}{text}"


def price(value: Decimal | float | str | None) -> str:
    """A price to six significant digits, whole digits never cut."""
    if value is None:
        return NONE
    number = float(value)
    if number == 0:
        return "0"
    places = max(2, 5 - floor(log10(abs(number))))
    text = f"{number:,.{min(places, 12)}f}"
    whole, _, rest = text.partition(".")
    return f"{whole}.{rest.rstrip('0').ljust(2, '0')}"


def quantity(value: Decimal | str) -> str:
    """A quantity as it is, thousands set apart."""
    return f"{Decimal(plain(Decimal(value))):,f}"


def count(number: int, one: str, many: str = "") -> str:
    """``1 order``, ``2,000 orders``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def day(moment: Instant) -> str:
    """``5 May 2022``."""
    when = utc(moment)
    return f"{when.day} {when:%b %Y}"


def clock(moment: Instant) -> str:
    """``5 May 2022, 04:00``."""
    return f"{day(moment)}, {utc(moment):%H:%M}"


def span(milliseconds: int) -> str:
    """A length of time in its natural unit: ``67 days``, ``5 hours``."""
    for unit, name in ((DAY, "day"), (HOUR, "hour"), (MINUTE, "minute")):
        if milliseconds >= unit:
            whole = round(milliseconds / unit)
            return count(whole, name)
    return count(milliseconds // 1000, "second")


def _sign(value: float | Decimal, text: str) -> str:
    if not text.strip("0.,"):
        return ""
    return "+" if value > 0 else MINUS
