"""THE loop: two beats, and nothing else. Paper, live, replay and evaluation all run this.

On every closed candle the first beat takes fills, marks, checks breaker and exits; it may only
reduce. On every decision instant the second beat decides, reviews, approves and submits.
"""

from __future__ import annotations

from agent.runtime.attending import Interrupted, beat_heart, catch_up, decides, wait_for
from agent.runtime.beat import live_through
from agent.runtime.deciding import decide
from agent.runtime.desk import Desk
from core.codec import encode
from core.events import Ended
from core.instant import Instant
from core.money import plain
from strategies.risk.case import State


async def run(desk: Desk, *, decisions: int | None = None) -> str:
    """Lives through the schedule; why it ended: ``until``, ``once``, ``halted`` or ``stopped``.

    A resumed account goes on from the beat its journal knows last; what was already decided there
    is not decided again. With *decisions* the run ends after so many.
    """
    account, schedule = desk.account, desk.schedule
    resumed_from = account.beat or None
    decided_until = account.decided_until
    reason = "until"
    now = account.beat or schedule.start
    for now in schedule.beats(resumed_from):
        if desk.real is None:
            await desk.clock.sleep_until(now)
        elif (ended := await wait_for(desk, desk.real, now)) is not None:
            reason = ended
            break
        else:
            catch_up(desk, desk.real, now)
        await live_through(desk, now)
        if account.state is State.HALTED:
            reason = "halted"
            break
        if decides(desk, now) and now > decided_until and not desk.halt.is_set():
            try:
                await decide(desk, now)
            except Interrupted:
                continue
            if decisions is not None:
                decisions -= 1
        desk.progress(now)
        if desk.heartbeat is not None and desk.heartbeat.is_due():
            beat_heart(desk, now)
        if decisions == 0 or desk.stop_asked():
            reason = "stopped" if desk.stop_asked() else "once"
            break
    if reason == "until" and desk.halt.is_set():
        reason = "halted"
    end(desk, now if desk.real is None else desk.clock.now(), reason)
    return reason


def end(desk: Desk, now: Instant, reason: str) -> None:
    """Writes the run's last event and makes the journal's heads durable."""
    summary = {
        "equity": plain(desk.equity()),
        "data": desk.market.fingerprints(),
        "watermarks": encode(desk.account.watermarks),
    }
    desk.recorder.write(now, Ended(reason, summary))
    desk.recorder.finish()
    if desk.heartbeat is not None:
        beat_heart(desk, now)
