"""Rate limits: so many requests in a window, then 429, then a ban for those who go on."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from core.instant import Instant
from tools.exchange.stand_in.engine.refusals import Refusal, Refused


@dataclass(slots=True)
class RateLimit:
    """At most *requests* in *window_ms*; *patience* more than that in the window are a ban of *ban_ms*.

    The default is out of reach, so that load is never taken for a fault; tests about limits set their own.
    """

    requests: int = 100_000
    window_ms: int = 60_000
    patience: int = 20
    ban_ms: int = 120_000
    _seen: deque[Instant] = field(default_factory=deque)
    _over: int = 0
    _banned_until: int = 0

    def check(self, now: Instant) -> None:
        """Counts one request.

        Raises:
            Refused: over the limit, or banned; with the seconds to wait.
        """
        if now < self._banned_until:
            raise Refused(Refusal.BANNED, retry_after=_seconds(self._banned_until - now))
        while self._seen and self._seen[0] <= now - self.window_ms:
            self._seen.popleft()
        if len(self._seen) < self.requests:
            self._over = 0
            self._seen.append(now)
            return
        self._over += 1
        if self._over > self.patience:
            self._banned_until = now + self.ban_ms
            raise Refused(Refusal.BANNED, retry_after=_seconds(self.ban_ms))
        raise Refused(Refusal.RATE_LIMIT, retry_after=_seconds(self._seen[0] + self.window_ms - now))


def _seconds(milliseconds: int) -> int:
    return max(1, -(-milliseconds // 1000))
