"""Time: instants in UTC milliseconds, and the intervals of candles.

An `Instant` is a whole number of milliseconds since 1970-01-01T00:00:00Z, so it is UTC by
construction, compares exactly and cannot be naive. Zones and text exist at the borders only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import NewType

from core.errors import UsageError

Instant = NewType("Instant", int)

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
WEEK = 7 * DAY

_UNITS = {"s": SECOND, "m": MINUTE, "h": HOUR, "d": DAY, "w": WEEK}
_DURATION = re.compile(r"(\d{1,9})([smhdw])")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
INTERVAL_NAMES = ("1m", "15m", "1h", "4h", "1d")


def instant(text: str) -> Instant:
    """The instant that an ISO 8601 text names; without a zone it is UTC, a bare date is its 00:00.

    Raises:
        UsageError: not such a text.
    """
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise UsageError(
            f"{text!r} is not a time", "Write it as 2024-01-31T12:00:00Z or 2024-01-31."
        ) from None
    return from_datetime(moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment)


def from_datetime(moment: datetime) -> Instant:
    """The instant of an aware datetime, cut to whole milliseconds."""
    if moment.tzinfo is None:
        raise ValueError("a naive datetime names no instant")
    delta = moment - _EPOCH
    return Instant(delta.days * DAY + delta.seconds * SECOND + delta.microseconds // 1000)


def utc(moment: Instant) -> datetime:
    """The same moment as an aware datetime in UTC."""
    return datetime.fromtimestamp(moment // 1000, UTC).replace(microsecond=moment % 1000 * 1000)


def iso(moment: Instant) -> str:
    """RFC 3339 in UTC with ``Z``; milliseconds only where there are any.

    >>> iso(instant("2024-01-31T12:00:00+02:00"))
    '2024-01-31T10:00:00Z'
    """
    text = utc(moment).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{text}.{moment % 1000:03d}Z" if moment % 1000 else f"{text}Z"


def duration(text: str) -> int:
    """Milliseconds of a span such as ``12h``, ``90s``, ``7d`` or ``0d``.

    Raises:
        UsageError: not such a text.
    """
    match = _DURATION.fullmatch(text.strip())
    if not match:
        raise UsageError(f"{text!r} is not a duration", "Write it as 90s, 15m, 12h, 7d or 2w.")
    return int(match[1]) * _UNITS[match[2]]


def duration_text(milliseconds: int) -> str:
    """The shortest text that `duration` reads back as *milliseconds* (whole seconds).

    >>> duration_text(duration("48h")), duration_text(0)
    ('2d', '0s')
    """
    for unit in ("d", "h", "m"):
        if milliseconds and milliseconds % _UNITS[unit] == 0:
            return f"{milliseconds // _UNITS[unit]}{unit}"
    return f"{milliseconds // SECOND}s"


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """The width of a candle, anchored at 00:00 UTC."""

    ms: int

    def floor(self, moment: int) -> Instant:
        """The newest boundary at or before *moment*."""
        return Instant(moment - moment % self.ms)

    def ceil(self, moment: int) -> Instant:
        """The first boundary at or after *moment*."""
        return Instant(moment + -moment % self.ms)

    def __str__(self) -> str:
        return duration_text(self.ms)


@cache
def interval(text: str) -> Interval:
    """The interval named *text*: a whole part of a day or a whole number of days.

    Raises:
        UsageError: no such interval.
    """
    width = duration(text)
    if width <= 0 or (DAY % width and width % DAY):
        raise UsageError(
            f"{text!r} is not an interval",
            f"Use one of {', '.join(INTERVAL_NAMES)}; other parts and multiples of a day, such as 12h or 2d, work too.",
        )
    return Interval(width)
