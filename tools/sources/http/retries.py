"""What is asked again, and when: the one retry policy."""

from __future__ import annotations

from dataclasses import dataclass
from email.utils import parsedate_to_datetime

import httpx
import numpy as np

from core.instant import DAY, SECOND, Instant, from_datetime

STATUSES = frozenset({429, 500, 502, 503, 504})
TIMEOUTS = (httpx.ConnectTimeout, httpx.ReadTimeout)

_LONGEST_PAUSE = 31 * DAY


@dataclass(frozen=True, slots=True)
class Retries:
    """*attempts* in all; the n-th pause is uniform in half to all of ``first_ms * 2**n``, *most_ms* at most."""

    attempts: int = 4
    first_ms: int = SECOND
    most_ms: int = 20 * SECOND

    def pause(self, failures: int, chance: np.random.Generator) -> int:
        """Milliseconds to wait after so many *failures*, where nobody said how long."""
        widest = min(self.first_ms * 2 ** (failures - 1), self.most_ms)
        return int(widest * chance.uniform(0.5, 1.0))


def asked_pause(header: str | None, now: Instant) -> int | None:
    """Milliseconds that a ``Retry-After`` asks for, written as seconds or as a date; `None` where unreadable."""
    text = (header or "").strip()
    if text.isascii() and text.isdigit():
        return min(int(text[:12]) * SECOND, _LONGEST_PAUSE)
    try:
        moment = parsedate_to_datetime(text)
        if moment.tzinfo is None:
            return None
        return min(max(from_datetime(moment) - now, 0), _LONGEST_PAUSE)
    except (ValueError, OverflowError):
        return None
