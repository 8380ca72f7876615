"""Scalars as strangers send them, read strictly: a value, nothing, or not in the form that was expected."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import Any

from core.errors import UsageError
from core.instant import DAY, SECOND, Instant, instant
from core.money import exact

_LARGEST = 40
_FIRST = instant("2009-01-01")
_LAST = instant("2100-01-01")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_FRACTION = re.compile(r"(\.\d{6})\d+")


class MalformedError(ValueError):
    """Not in the form that was expected; names the field, and quotes nothing of it."""


def number(value: object, what: str) -> Decimal | None:
    """A finite decimal; `None` for null and for an empty text.

    Raises:
        MalformedError: anything else, ``"NaN"``, a truth value and numbers beyond 1e±40 included.
    """
    if value is None:
        return None
    if isinstance(value, str):
        text = value.strip()
        if not text:
            return None
        if len(text) > 100 or not _NUMBER.fullmatch(text):
            raise MalformedError(f"{what} is a text that is no number")
        value = exact(text)
    elif isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise MalformedError(f"{what} is no number but {_kind(value)}")
    found = Decimal(value)
    if not found.is_finite() or (found and abs(found.adjusted()) > _LARGEST):
        raise MalformedError(f"{what} is beyond any number that can be meant")
    return found


def needed(value: object, what: str) -> Decimal:
    """As `number`, but it has to be there."""
    found = number(value, what)
    if found is None:
        raise MalformedError(f"{what} is not there")
    return found


def text(value: object, what: str, longest: int = 300) -> str | None:
    """One line of plain text, bounded, without control and direction characters; `None` where there is none."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise MalformedError(f"{what} is no text but {_kind(value)}")
    return plain_text(value, longest) or None


def plain_text(value: str, longest: int) -> str:
    """*value* on one line, without what steers a terminal or a reader's eye, cut to *longest* characters."""
    shown = (" " if unicodedata.category(c)[0] in "CZ" else c for c in value[: longest * 8])
    line = " ".join("".join(shown).split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


def identifier(value: object, what: str) -> str:
    """An id: a text or a whole number.

    Raises:
        MalformedError: neither, or empty.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    found = text(value, what, 200)
    if not found:
        raise MalformedError(f"{what} is not there")
    return found


def fields(value: object, what: str) -> dict[str, Any]:
    """A JSON object."""
    if not isinstance(value, dict):
        raise MalformedError(f"{what} is no object but {_kind(value)}")
    return value


def items(value: object, what: str) -> list[Any]:
    """A JSON array."""
    if not isinstance(value, list):
        raise MalformedError(f"{what} is no list but {_kind(value)}")
    return value


def pair(value: object, what: str) -> tuple[Any, Any]:
    """A JSON array of two."""
    found = items(value, what)
    if len(found) != 2:
        raise MalformedError(f"{what} holds {len(found)} values, not 2")
    return found[0], found[1]


def from_seconds(value: object, what: str) -> Instant:
    """The instant of an epoch in seconds, a number or a text of one."""
    return _plausible(int(needed(value, what) * SECOND), what)


def from_milliseconds(value: object, what: str) -> Instant:
    """The instant of an epoch in milliseconds."""
    return _plausible(int(needed(value, what)), what)


def from_iso(value: object, what: str) -> Instant:
    """The instant of an ISO 8601 text; digits beyond microseconds are cut."""
    found = text(value, what, 40)
    if not found:
        raise MalformedError(f"{what} is not there")
    try:
        return _plausible(instant(_FRACTION.sub(r"\1", found)), what)
    except (UsageError, OverflowError):
        raise MalformedError(f"{what} is no time") from None


def is_midnight(moment: Instant) -> bool:
    """Whether *moment* begins a UTC day."""
    return moment % DAY == 0


def _plausible(moment: int, what: str) -> Instant:
    if not _FIRST <= moment < _LAST:
        raise MalformedError(f"{what} is no time between 2009 and 2100")
    return Instant(moment)


def _kind(value: object) -> str:
    names = {dict: "an object", list: "a list", str: "a text", bool: "a truth value", type(None): "null"}
    return names.get(type(value), "a number")
