"""How far a run is: a line that rewrites itself on a terminal, nothing where nobody looks."""

from __future__ import annotations

import sys
from types import TracebackType

from agent.runtime.schedule import Schedule
from core.instant import SECOND, Instant, iso
from core.ports import Clock


class Progress:
    """Called on every beat; writes to stderr a few times a second, with the rate and the time left."""

    def __init__(self, schedule: Schedule, wall: Clock) -> None:
        self._schedule = schedule
        self._wall = wall
        self._shown = sys.stderr.isatty()
        self._started = self._due = wall.now()
        self._beats = 0

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._shown and self._beats:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    def __call__(self, now: Instant) -> None:
        """One more beat, at *now*."""
        if not self._shown:
            return
        self._beats += 1
        wall = self._wall.now()
        if wall < self._due:
            return
        self._due = Instant(wall + SECOND // 5)
        schedule = self._schedule
        done = (now - schedule.start) / (schedule.until - schedule.start)
        passed = max(1, wall - self._started)
        rate = self._beats * SECOND / passed
        left = (schedule.until - now) / schedule.grain.ms / rate
        bar = "█" * round(24 * done) + "░" * (24 - round(24 * done))
        sys.stderr.write(f"\r\x1b[K{bar} {done:4.0%}  {iso(now)}  {rate:,.0f} candles/s  {left:,.0f} s left")
        sys.stderr.flush()
