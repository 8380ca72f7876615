"""An unbroken run of decisions that changed nothing, kept as one event."""

from __future__ import annotations

from hashlib import sha256

from core.events import Span
from core.instant import Instant


class OpenSpan:
    """Counts and hashes what a rule saw since its last change. `close` hands it over and begins anew."""

    def __init__(self, decider: str) -> None:
        self._decider = decider
        self._begin()

    def _begin(self) -> None:
        self._first = self._last = Instant(0)
        self._count = 0
        self._hash = sha256()

    def add(self, at: Instant, fingerprint: bytes) -> None:
        """One more decision at *at* that changed nothing, resting on *fingerprint*."""
        if not self._count:
            self._first = at
        self._last = at
        self._count += 1
        self._hash.update(at.to_bytes(8, "big") + fingerprint)

    def close(self) -> Span | None:
        """The event of the run so far; `None` where there was none."""
        if not self._count:
            return None
        span = Span(self._decider, self._first, self._last, self._count, self._hash.hexdigest())
        self._begin()
        return span
