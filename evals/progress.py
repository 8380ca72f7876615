"""How far an evaluation is: a line that rewrites itself on a terminal, nothing where nobody looks."""

from __future__ import annotations

import sys
from types import TracebackType

from core.instant import SECOND, Instant
from core.ports import Clock


class Progress:
    """Called after each row; writes to stderr a few times a second, with the rate and the time left."""

    def __init__(self, rows: int, wall: Clock) -> None:
        self._rows = rows
        self._wall = wall
        self._shown = sys.stderr.isatty()
        self._started = self._due = wall.now()
        self._done = self._ran = 0

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    def __call__(self, name: str, *, kept: bool = False) -> None:
        """One more row, called *name*; *kept*: it was there already, and says nothing of the rate."""
        self._done += 1
        self._ran += not kept
        wall = self._wall.now()
        if not self._shown or wall < self._due:
            return
        self._due = Instant(wall + SECOND // 5)
        done = self._done / self._rows
        passed = max(1, wall - self._started)
        rate = self._ran * SECOND / passed
        left = f"{(self._rows - self._done) / rate:,.0f} s left" if rate else "…"
        bar = "█" * round(24 * done) + "░" * (24 - round(24 * done))
        text = f"{bar} {done:4.0%}  {self._done}/{self._rows} rows  {rate:,.1f} rows/s  {left}  {name}"
        sys.stderr.write(f"\r\x1b[K{text[:160]}")
        sys.stderr.flush()
