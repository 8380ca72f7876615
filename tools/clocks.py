"""The clocks: the only places where now comes from."""

from __future__ import annotations

import time

from core.instant import Instant


class SystemClock:
    """The machine's clock, in UTC. Never goes back, even where the machine's does."""

    def __init__(self) -> None:
        self._latest = Instant(0)

    def now(self) -> Instant:
        """The current instant."""
        self._latest = Instant(max(self._latest, time.time_ns() // 1_000_000))
        return self._latest

    async def sleep_until(self, moment: Instant) -> None:
        """Waits until *moment*."""
        import asyncio  # here: a halt must not wait for it to load

        while (left := moment - self.now()) > 0:
            await asyncio.sleep(left / 1000)


class SimulatedClock:
    """A clock that jumps: time passes only when someone sleeps."""

    def __init__(self, start: Instant) -> None:
        self._now = start

    def now(self) -> Instant:
        """The current instant."""
        return self._now

    async def sleep_until(self, moment: Instant) -> None:
        """Jumps to *moment*; a moment that has passed changes nothing."""
        self._now = max(self._now, moment)
