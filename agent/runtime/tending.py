"""Looking after the venue between beats, in real time: proofs, differences, orders that are to be made anew."""

from __future__ import annotations

from agent.runtime.desk import Desk
from agent.runtime.filters import follow_filters
from agent.runtime.protecting import protect
from agent.runtime.proving import settle
from agent.runtime.reconciling import reconcile
from agent.runtime.renewing import make_anew
from core.instant import MINUTE, SECOND, Instant
from strategies.risk.case import State

_EVERY_MS = MINUTE
_AGAIN_MS = 10 * SECOND
"""Sooner where the last pass left a question open or a suspicion."""


async def tend(desk: Desk, now: Instant) -> None:
    """One look; call it every second or two. Nothing is sent where the halt stands, only asked.

    While the venue is in trouble only a beat tries again what was held back.
    """
    account, watch = desk.account, desk.watch
    if account.unacknowledged:
        await settle(desk, now)
    is_due = now >= watch.due_at or watch.due_at - now > _EVERY_MS  # our clock may have been set back
    if is_due and (desk.is_shared or desk.executor.contact.trouble is not None or watch.suspected):
        await follow_filters(desk, now)
        traded = await reconcile(desk, now, confirmed=False)
        is_open = desk.executor.contact.trouble is not None or bool(watch.suspected)
        watch.due_at = now + (_AGAIN_MS if is_open else _EVERY_MS)
        if traded and account.state is not State.HALTED and not desk.halt.is_set():
            await protect(desk, now, traded)
    if account.anew and account.state is not State.HALTED and desk.executor.contact.trouble is None:
        await make_anew(desk, now)
