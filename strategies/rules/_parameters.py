"""Reads the parameters of a rule's spec; a wrong one is refused by its key."""

from __future__ import annotations

import math
from collections.abc import Mapping

from core.errors import UsageError
from core.instant import duration

MOST_BARS = 4_000


def whole(params: Mapping[str, str], key: str, least: int, most: int = MOST_BARS) -> int:
    """The whole number under *key*.

    Raises:
        UsageError: it is no whole number from *least* to *most*.
    """
    text = params[key]
    if not (text.isascii() and text.isdecimal() and len(text) <= 20 and least <= int(text) <= most):
        raise UsageError(
            f"{key}={text} is not a whole number from {least} to {most}", f"Write it as {key}={least}."
        )
    return int(text)


def positive(params: Mapping[str, str], key: str) -> float:
    """The number above 0 under *key*.

    Raises:
        UsageError: it is none.
    """
    text = params[key]
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value < math.inf:
        raise UsageError(f"{key}={text} is not a number above 0", f"Write it as {key}=2 or {key}=2.5.")
    return value


def span(params: Mapping[str, str], key: str) -> int:
    """The milliseconds under *key*, written as 12h or 7d.

    Raises:
        UsageError: it is no duration above 0.
    """
    text = params[key]
    try:
        milliseconds = duration(text)
    except UsageError:
        milliseconds = 0
    if not milliseconds:
        raise UsageError(f"{key}={text} is not a duration above 0", f"Write it as {key}=12h or {key}=7d.")
    return milliseconds


def ordered(params: Mapping[str, str], smaller: str, larger: str, least: int) -> tuple[int, int]:
    """The whole numbers under two keys, of which the first is below the second.

    Raises:
        UsageError: one is no whole number from *least* on, or their order is wrong.
    """
    low, high = whole(params, smaller, least), whole(params, larger, least)
    if low >= high:
        raise UsageError(f"{smaller}={low} is not below {larger}={high}", f"Make {smaller} the smaller one.")
    return low, high
