"""How far our clock is from the venue's: measured, applied to signatures, and reason enough not to trade."""

from __future__ import annotations

import logging

from core.instant import MINUTE, SECOND, Instant
from core.ports import Clock
from tools.exchange.live.dialect import Client, PartialAnswerError
from tools.exchange.live.gate import Gate

_log = logging.getLogger(__name__)

EVERY = MINUTE
WARN = 250
TOO_FAR = SECOND


class TimeOffset:
    """Keeps the client's signatures on the venue's time, which our own clock only approaches."""

    def __init__(self, client: Client, clock: Clock, gate: Gate, step_ms: int) -> None:
        self.skew_ms = 0
        self._step_ms = step_ms
        self._client = client
        self._clock = clock
        self._gate = gate
        self._measured_at: Instant | None = None
        client.milliseconds = clock.now

    async def keep(self) -> None:
        """Measures again where the last measure is a minute old, or the venue complained of our clock.

        Raises:
            UnreachableError: the venue did not tell its time.
        """
        now = self._clock.now()
        fresh = self._measured_at is not None and 0 <= now - self._measured_at < EVERY
        if not fresh or self._gate.must_resync:
            await self.measure()

    async def measure(self) -> None:
        """Measures now, however fresh the last measure looks: our clock may have been set since.

        Raises:
            UnreachableError: the venue did not tell its time.
        """
        now = self._clock.now()
        told = await self._gate.ask("its time", self._told, private=False)
        after = self._clock.now()
        self.skew_ms = _beyond((now + after) // 2 - told, self._step_ms - 1)
        self._client.options["timeDifference"] = self.skew_ms
        self._measured_at = after
        self._gate.must_resync = False
        if abs(self.skew_ms) > WARN:
            _log.warning("our clock is %d ms ahead of %s's", self.skew_ms, self._gate.name)

    def venue_now(self) -> Instant:
        """The venue's time, as far as we know it."""
        return self.at_venue(self._clock.now())

    def at_venue(self, moment: int) -> Instant:
        """What the venue's clock shows when ours shows *moment*."""
        return Instant(moment - self.skew_ms)

    def trouble(self) -> str | None:
        """Why no entry may go out: the clocks are too far apart."""
        if abs(self.skew_ms) <= TOO_FAR:
            return None
        way = "ahead of" if self.skew_ms > 0 else "behind"
        return f"our clock is {abs(self.skew_ms) / SECOND:g} s {way} {self._gate.name}'s"

    async def _told(self) -> int:
        told = await self._client.fetch_time()
        if not isinstance(told, int) or told <= 0:
            raise PartialAnswerError("the answer is no time")
        return told


def _beyond(difference: int, coarse: int) -> int:
    """The least that the clocks can be apart: the venue cuts up to *coarse* milliseconds off its time."""
    return difference if difference <= 0 else max(0, difference - coarse)
