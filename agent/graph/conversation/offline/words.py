"""Evidence in words: amounts, shares, moments and ages as the analyst says them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from core.instant import DAY, HOUR, MINUTE, Instant, instant
from core.money import plain

Fact = Mapping[str, str]

REASONS = {
    "no_data": "there are no data",
    "stale": "the newest data are too old",
    "warming_up": "too little history is known",
    "gap": "there is a hole in the data",
    "not_simulated": "a simulated market has none",
    "not_entitled": "its source wants a key that is not there",
    "no_base": "there is nothing to compare with",
    "no_account": "no account has traded here",
    "unknown_asset": "I know no such asset",
    "ambiguous_asset": "the name may mean several assets",
}


def reason(why: str) -> str:
    """Why something is not known, in words."""
    if why.startswith("gate:"):
        return f"the quality gate refuses the data ({why.removeprefix('gate:')})"
    return REASONS.get(why, why.replace("_", " "))


def percent(fraction: str) -> str:
    """A fraction as signed per cent, to three digits.

    >>> percent("0.01234"), percent("-0.5"), percent("0")
    ('+1.23 %', '-50 %', '0 %')
    """
    value = _rounded(Decimal(fraction) * 100)
    return f"{'+' if value > 0 else ''}{plain(value)} %"


def share(fraction: str) -> str:
    """A fraction as per cent without a sign.

    >>> share("0.25")
    '25 %'
    """
    return f"{plain(_rounded(abs(Decimal(fraction)) * 100))} %"


def number(text: str, digits: int = 3) -> str:
    """A statistic to *digits* digits.

    >>> number("63.2481")
    '63.2'
    """
    return plain(_rounded(Decimal(text), digits))


def amount(text: str, most: int = 8) -> str:
    """An amount to at most *most* significant digits: what a person reads; the evidence has it exactly."""
    return plain(_rounded(Decimal(text), most))


def moment(text: str) -> str:
    """``2025-05-14 00:00 UTC``."""
    return f"{text[:10]} {text[11:16]} UTC"


def age(as_of: str, now: Instant) -> str:
    """How old something is.

    >>> age("2025-05-14T00:00:00Z", instant("2025-05-14T03:10:00Z"))
    '3 hours old'
    """
    old = now - instant(as_of)
    for width, name in ((DAY, "day"), (HOUR, "hour"), (MINUTE, "minute")):
        if old >= width:
            count = old // width
            return f"{count} {name}{'' if count == 1 else 's'} old"
    return "just now"


def listed(parts: list[str]) -> str:
    """``a, b and c``."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _rounded(value: Decimal, digits: int = 3) -> Decimal:
    if value == 0:
        return Decimal(0)
    whole = Decimal(1).scaleb(value.adjusted() - digits + 1)
    return value.quantize(min(whole, Decimal(1)) if digits <= 3 else whole)
