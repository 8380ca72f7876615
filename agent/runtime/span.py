"""An unbroken run of decisions that changed nothing, kept as one event."""

from __future__ import annotations

from hashlib import sha256

from core.events import Span
from core.instant import Instant


class OpenSpan:
    """Keeps what a rule saw since its last change. `close` hashes it, hands it over and begins anew.

    The hash is SHA-256 over each decision in turn: its instant (8 bytes, big-endian), then what the
    decider said it rested on.
    """

    def __init__(self, decider: str) -> None:
        self._decider = decider
        self._seen: list[tuple[Instant, bytes]] = []
        self.add = self._seen.append

    def close(self) -> Span | None:
        """The event of the run so far; `None` where there was none."""
        if not self._seen:
            return None
        raw = b"".join(at.to_bytes(8, "big") + rested_on for at, rested_on in self._seen)
        span = Span(
            self._decider, self._seen[0][0], self._seen[-1][0], len(self._seen), sha256(raw).hexdigest()
        )
        self._seen.clear()
        return span
