"""A process in real time whose clock steps: an hour on live prices in a second or two."""

from __future__ import annotations

import asyncio
import os
import signal
from typing import Any

import pytest

from agent.cli import trading
from agent.runtime import attending, status
from core.instant import SECOND, Instant, instant
from tools.exchange.live.gate import Gate
from tools.market import live_wire
from tools.market.live_wire import LiveWire

NOON = instant("2026-03-02T12:00:00Z")


class Stepping:
    """Time passes while somebody sleeps, and stands still while a question is on the wire."""

    def __init__(self) -> None:
        self.time: int = NOON + 20 * SECOND
        self.on_the_wire = 0
        self.at: dict[int, Any] = {}

    def now(self) -> Instant:
        return Instant(self.time)

    async def sleep_until(self, moment: Instant) -> None:
        await asyncio.sleep(0)
        while self.on_the_wire:
            await asyncio.sleep(0.002)
        self.time = max(self.time, moment)
        for due in [at for at in self.at if at <= self.time]:
            self.at.pop(due)()

    @classmethod
    def of_the_process(cls, monkeypatch: pytest.MonkeyPatch) -> Stepping:
        """The clock of every command from now on, which waits for what is on the wire; stand-ins are asked at once."""
        one = cls()
        asked = LiveWire._asked

        async def counted(self: LiveWire, *words: Any) -> Any:
            one.on_the_wire += 1
            try:
                return await asked(self, *words)
            finally:
                one.on_the_wire -= 1

        attempt = Gate.attempt

        async def attempted(self: Gate, *words: Any, **flags: Any) -> Any:
            one.on_the_wire += 1
            try:
                return await attempt(self, *words, **flags)
            finally:
                one.on_the_wire -= 1

        client_of = live_wire.client_of

        def unpaced(*words: Any) -> Any:
            client, errors = client_of(*words)
            client.rateLimit, client.tokenBucket = 1, {}
            client.init_rest_rate_limiter()
            return client, errors

        monkeypatch.setattr(live_wire, "client_of", unpaced)
        monkeypatch.setattr(LiveWire, "_asked", counted)
        monkeypatch.setattr(Gate, "attempt", attempted)
        monkeypatch.setattr(trading, "SystemClock", lambda: one)
        monkeypatch.setattr(status, "SystemClock", lambda: one)
        monkeypatch.setattr(attending, "STEP_MS", 5 * SECOND)
        return one


def stop_at(clock: Stepping, moment: int) -> None:
    """Somebody sends SIGTERM to the process at *moment*."""
    clock.at[moment] = lambda: os.kill(os.getpid(), signal.SIGTERM)
