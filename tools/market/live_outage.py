"""When a venue stops answering: longer and longer pauses, and one alert at each end of the outage."""

from __future__ import annotations

from core.errors import TokenwiseError, UnreachableError
from core.events import Alert
from core.instant import SECOND, Instant, duration_text, iso
from core.ports import Clock

LONGEST_PAUSE_MS = 60 * SECOND
_FAILURES = 2  # a single lost answer is no outage


class Outage:
    """Counts failures in a row. *next_try*: nothing may be asked before it."""

    def __init__(self, venue: str, clock: Clock) -> None:
        self.next_try = Instant(0)
        self.began: Instant | None = None
        self._venue = venue
        self._clock = clock
        self._failures = 0
        self._first = Instant(0)

    def failed(self, error: TokenwiseError) -> tuple[Alert, ...]:
        """One more question without an answer; the alert that an outage began, where this begins one."""
        now = self._clock.now()
        if not self._failures:
            self._first = now
        self.next_try = Instant(now + min(SECOND << min(self._failures, 10), LONGEST_PAUSE_MS))
        if isinstance(error, UnreachableError) and error.retry_at is not None:
            self.next_try = Instant(max(self.next_try, error.retry_at))
        self._failures += 1
        if self.began is not None or self._failures < _FAILURES:
            return ()
        self.began = self._first
        about = {"venue": self._venue, "began": iso(self.began), "ended": None}
        return (Alert("data.outage", f"no new prices: {error.message}", about),)

    def answered(self) -> tuple[Alert, ...]:
        """The venue answers; the alert that the outage ended, where there was one."""
        began, self.began, self._failures = self.began, None, 0
        if began is None:
            return ()
        now = self._clock.now()
        about = {"venue": self._venue, "began": iso(began), "ended": iso(now)}
        told = f"{self._venue} answers again, after {duration_text(now - began)}"
        return (Alert("data.outage", told, about),)
