"""Real time: waiting for the next beat a second at a time, and looking after the account meanwhile.

In simulated time none of this happens: the clock jumps from beat to beat.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from agent.runtime.approving import take_answers
from agent.runtime.beat import obey_halt
from agent.runtime.daily import sum_up
from agent.runtime.desk import Desk
from agent.runtime.halt_switch import FLATTEN
from agent.runtime.real_time import RealTime
from agent.runtime.tending import tend
from core.decision import Decision, Situation, Unchanged
from core.instant import HOUR, MINUTE, SECOND, Instant, iso
from core.money import plain
from core.ports import Clock, Decider
from strategies.risk.case import State
from tools.market.live_feed import SETTLING_MS

T = TypeVar("T")

STEP_MS = SECOND
_PROVE_EVERY_MS = 2 * SECOND
_WRITE_EVERY_MS = HOUR
_LATEST_DECISION_MS = 2 * MINUTE
_CANCEL_PATIENCE_S = 1.0


class Interrupted(Exception):
    """A halt or the wish to stop cut off what was being waited for; the loop obeys it next."""


async def wait_for(desk: Desk, real: RealTime, beat: Instant) -> str | None:
    """Waits until *beat*'s candles are here, or were waited for in vain; why the run ends, where it does."""
    clock, wake = desk.clock, Instant(beat + SETTLING_MS)
    while True:
        ended = await attend(desk, real)
        if ended is not None:
            return ended
        if real.feed.is_due():
            try:
                news = await attended(desk, real.feed.refresh())
            except Interrupted:
                continue
            if news:
                desk.recorder.write(clock.now(), *news)
        now = clock.now()
        if now >= wake and real.feed.has(beat):
            return None
        step = Instant(now + STEP_MS)
        await clock.sleep_until(min(step, wake) if now < wake else step)


async def attend(desk: Desk, real: RealTime) -> str | None:
    """Obeys the halt and the wish to stop, shows that the run lives, proves orders of unknown fate, hears answers."""
    now, account = desk.clock.now(), desk.account
    _show_life(desk)
    if not desk.halt.is_set():
        real.is_closing = False
    elif not real.is_closing or (now >= real.prove_at and desk.halt.read()[0] != FLATTEN):
        # what could not be ended at once is tried again; a sale of everything has time until the next beat
        await obey_halt(desk, now)
        real.is_closing = account.state is not State.HALTED
    if account.state is State.HALTED:
        return "halted"
    if desk.stop_asked():
        return "stopped"
    if now >= real.prove_at or real.prove_at - now > _PROVE_EVERY_MS:  # our clock may have been set back
        real.prove_at = now + _PROVE_EVERY_MS
        await tend(desk, now)
    if account.waiting and not desk.catching_up:  # until then prices are those of before the pause
        await take_answers(desk, now)
    if now >= real.write_at:
        # a process that is killed loses at most an hour of decisions that changed nothing
        real.write_at = now + _WRITE_EVERY_MS
        desk.recorder.write(now)
    sum_up(desk, now)
    return None


async def attended(desk: Desk, call: Coroutine[Any, Any, T]) -> T:
    """The result of *call*, which is cancelled as soon as somebody halts or stops the run.

    Raises:
        Interrupted: it was cancelled.
    """

    def called_off() -> bool:
        _show_life(desk)
        is_closing = desk.real is not None and desk.real.is_closing
        return desk.stop_asked() or (desk.halt.is_set() and not is_closing)

    return await unless(called_off, call, desk.clock)


async def unless(called_off: Callable[[], bool], call: Coroutine[Any, Any, T], clock: Clock) -> T:
    """The result of *call*, which is cancelled once *called_off*, asked every second, says so.

    Raises:
        Interrupted: it was cancelled.
    """
    task = asyncio.ensure_future(call)
    tick: asyncio.Future[None] | None = None
    try:
        while True:
            tick = asyncio.ensure_future(clock.sleep_until(Instant(clock.now() + STEP_MS)))
            await asyncio.wait({task, tick}, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                return task.result()
            if called_off():
                raise Interrupted
    finally:
        if tick is not None:
            tick.cancel()
        if not task.done():
            task.cancel()
            # a call that does not let itself be cancelled is left behind
            await asyncio.wait({task}, timeout=_CANCEL_PATIENCE_S)


def decides(desk: Desk, beat: Instant) -> bool:
    """Whether *beat* decides. In real time none does that is past: what was missed is not made up."""
    if not desk.schedule.decides(beat):
        return False
    if desk.real is None:
        return True
    late = desk.clock.now() - beat - SETTLING_MS
    return late < min(desk.config.every.ms, _LATEST_DECISION_MS)


def catch_up(desk: Desk, real: RealTime, beat: Instant) -> None:
    """Notes whether *beat* is past: the next one is due, and nothing is decided at this one."""
    is_past = desk.clock.now() >= beat + desk.config.grain.ms + SETTLING_MS
    real.is_behind = is_past and not decides(desk, beat)
    desk.catching_up = desk.catching_up or real.is_behind


class Attended:
    """A decider that is cut off when somebody halts or stops the run while it thinks."""

    def __init__(self, inner: Decider, desk: Desk) -> None:
        self.spec = inner.spec
        self._inner = inner
        self._desk = desk

    async def decide(self, situation: Situation) -> Decision | Unchanged:
        """What the decider answers.

        Raises:
            Interrupted: it was cut off.
        """

        async def asked() -> Decision | Unchanged:
            return await self._inner.decide(situation)

        return await attended(self._desk, asked())


def _show_life(desk: Desk) -> None:
    if desk.heartbeat is not None and desk.heartbeat.is_due():
        beat_heart(desk, desk.account.beat)


def beat_heart(desk: Desk, now: Instant) -> None:
    """Says where the run is."""
    if desk.heartbeat is None:
        return
    every = desk.schedule.every
    due = every.ceil(now + 1)
    desk.heartbeat.beat(
        {
            "account": desk.account.name,
            "at": iso(now),
            "next_decision": iso(due) if due < desk.schedule.until else None,
            "state": desk.account.state.value,
            "real_time": desk.real is not None,
            "equity": plain(desk.equity()),
        }
    )
