"""The circuit breaker: after failures in a row, an endpoint is left alone for a while."""

from __future__ import annotations

from core.instant import SECOND, Instant
from core.ports import Clock

FAILURES = 5
FIRST_PAUSE = 30 * SECOND
LONGEST_PAUSE = 900 * SECOND


class Breaker:
    """Opens after `FAILURES` decisions in a row that the endpoint failed.

    While open nothing is asked. Then one decision may try: its success closes the breaker, its failure
    opens it for twice as long.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._failures = 0
        self._pause = FIRST_PAUSE
        self._closed_from: Instant | None = None
        self._trying = False

    def admits(self) -> bool:
        """Whether a decision may ask now; whoever is let in must say how it went, or `left`."""
        if self._closed_from is None:
            return True
        if self._trying or self._clock.now() < self._closed_from:
            return False
        self._trying = True
        return True

    def left(self) -> None:
        """Whoever was let in went away without knowing how it would have gone."""
        self._trying = False

    def succeeded(self) -> None:
        """The endpoint answered, be the answer usable or not."""
        self._failures, self._pause, self._closed_from, self._trying = 0, FIRST_PAUSE, None, False

    def failed(self) -> None:
        """The endpoint did not answer, or refused."""
        self._failures += 1
        was_open, self._trying = self._closed_from is not None, False
        if was_open:
            self._pause = min(2 * self._pause, LONGEST_PAUSE)
        if was_open or self._failures >= FAILURES:
            self._closed_from = Instant(self._clock.now() + self._pause)
