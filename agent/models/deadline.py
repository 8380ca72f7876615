"""One decision, or one answer to a person: its deadline and what it has spent, over all calls made for it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from decimal import Decimal

from core.money import ZERO


@dataclass(slots=True)
class Episode:
    """*until*: the end, in the event loop's own time. *usd*, *tokens*: spent or reserved so far."""

    until: float
    usd: Decimal = ZERO
    tokens: int = 0

    @property
    def left_s(self) -> float:
        """Seconds until the end; below zero once it has passed."""
        return self.until - asyncio.get_running_loop().time()


_current: ContextVar[Episode | None] = ContextVar("tokenwise_episode", default=None)


@contextmanager
def episode(seconds: float) -> Iterator[Episode]:
    """Begins an episode of *seconds*, or joins the one that is running: its tasks share one deadline.

    Must be entered inside a running event loop.
    """
    running = _current.get()
    if running is not None:
        yield running
        return
    begun = Episode(asyncio.get_running_loop().time() + seconds)
    token = _current.set(begun)
    try:
        yield begun
    finally:
        _current.reset(token)
