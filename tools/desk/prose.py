"""Figures, days and lists in sentences: short enough to read, near enough to stand for the evidence beside them."""

from __future__ import annotations

from collections.abc import Sequence

from core.instant import Instant, instant, utc

MINUS = "\N{MINUS SIGN}"
DESCRIBES = (
    "The trader grade describes what has happened and does not predict: "
    "on real history, what it graded high did worse afterwards."
)
"""What a person must know who sees a trader grade, and what ``docs/results/grades.md`` allows to say of it."""
_SIZES = ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"))


def share(fraction: float) -> str:
    """A part of a whole: ``21.4 %``.

    >>> share(0.2144), share(0.00344), share(1.2416)
    ('21.4 %', '0.34 %', '124 %')
    """
    scaled = abs(fraction * 100)
    return f"{scaled:,.{0 if scaled >= 100 else 1 if scaled >= 1 else 2}f} %"


def percent(fraction: float) -> str:
    """A change, with its sign: ``+21.4 %``."""
    return f"{MINUS if fraction < 0 else '+' if fraction > 0 else ''}{share(fraction)}"


def because(why: str | None) -> str:
    """Why there is no grade, in words.

    >>> because("gate:jump"), because("no_data"), because("pegged")
    ('its newest candle is refused by the quality gate (jump)', 'no data', 'pegged')
    """
    gate, refused, code = (why or "no_data").partition("gate:")
    if refused and not gate:
        return f"its newest candle is refused by the quality gate ({code.replace('_', ' ')})"
    return (why or "no_data").replace("_", " ")


def points(value: float, *, signed: bool = False) -> str:
    """Points of a grade to one decimal: ``71.2``, or ``+3.0``."""
    sign = MINUS if value < 0 else "+" if signed and value > 0 else ""
    return f"{sign}{abs(value):.1f}"


def large(value: float) -> str:
    """An amount as a person says it.

    >>> large(2.11e9), large(45210.0)
    ('2.11 billion', '45,210')
    """
    for least, word in _SIZES:
        if abs(value) >= least:
            return f"{value / least:.2f} {word}"
    return f"{value:,.0f}"


def day(moment: Instant | str) -> str:
    """``13 May 2025``."""
    when = utc(instant(moment) if isinstance(moment, str) else moment)
    return f"{when.day} {when:%b %Y}"


def some_of(names: Sequence[str], most: int = 4) -> str:
    """``a, b and c``; after *most* of them how many more there are.

    >>> some_of(["a", "b", "c"]), some_of(["a", "b", "c"], 2)
    ('a, b and c', 'a, b and 1 more')
    """
    rest = len(names) - most
    if rest > 0:
        return f"{', '.join(names[:most])} and {rest} more"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
