"""How fast one host may be asked: shared by all callers of this process."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from core.instant import Instant


@dataclass(frozen=True, slots=True)
class Pace:
    """*requests* in *per_ms*, evenly, the first *burst* of them at once; at most *concurrent* at a time."""

    requests: int
    per_ms: int
    burst: int = 1
    concurrent: int = 2

    @property
    def gap_ms(self) -> int:
        """The time from one request to the next, in the long run."""
        return -(-self.per_ms // self.requests)


class Gate:
    """One host's token bucket (as a virtual schedule: GCRA) and its seats.

    The bucket is one for the whole process; seats are counted in each event loop.
    """

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._lock = threading.Lock()
        self._next = 0
        self._closed_until = 0
        self._seats: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()

    def reserve(self, now: Instant, latest: Instant) -> Instant | None:
        """When a request may go out, which is then taken; `None` where that is after *latest*."""
        with self._lock:
            allowed = self._next - (self._pace.burst - 1) * self._pace.gap_ms
            start = max(now, allowed, self._closed_until)
            if start > latest:
                return None
            self._next = max(self._next, start) + self._pace.gap_ms
            return Instant(start)

    def close_until(self, moment: Instant) -> None:
        """The host asked everyone to wait."""
        with self._lock:
            self._closed_until = max(self._closed_until, moment)

    def opens_at(self) -> Instant:
        """When the next request may go out, as far as is known."""
        with self._lock:
            allowed = self._next - (self._pace.burst - 1) * self._pace.gap_ms
            return Instant(max(allowed, self._closed_until))

    def seat(self) -> asyncio.Semaphore:
        """Held while a request is on the wire."""
        loop = asyncio.get_running_loop()
        if loop not in self._seats:
            self._seats[loop] = asyncio.Semaphore(self._pace.concurrent)
        return self._seats[loop]


class Limits:
    """The gates of all hosts."""

    def __init__(self) -> None:
        self._gates: dict[str, Gate] = {}
        self._lock = threading.Lock()

    def gate(self, origin: str, pace: Pace) -> Gate:
        """The gate of *origin*; the first to ask sets its pace."""
        with self._lock:
            return self._gates.setdefault(origin, Gate(pace))


OF_THE_PROCESS = Limits()
"""Shared by all who keep the machine's time."""
