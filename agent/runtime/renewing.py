"""Orders that never arrived, or were given up before the wire, are made anew: reviewed again, under a new id."""

from __future__ import annotations

from agent.runtime.deciding import act
from agent.runtime.desk import Desk
from agent.runtime.intents import Intent
from agent.runtime.protecting import exit_again, protect
from core.instant import Instant
from core.orders import Purpose
from strategies.risk.case import is_resting_stop


async def make_anew(desk: Desk, now: Instant) -> None:
    """Makes again what is still wanted: an exit of what is still held, a wish that is still the newest.

    What the journal does not show as made or refused is found again after a restart.
    """
    anew = desk.account.anew
    for number, intent in list(anew.items()):
        if desk.halt.is_set():
            return
        if number not in desk.account.anew:
            continue
        if intent.order.purpose is not Purpose.EXIT:
            await _wish_again(desk, now, intent)
        elif is_resting_stop(intent.order):
            await protect(desk, now, (intent.order.symbol,))
        elif await exit_again(desk, now, intent.order):
            continue  # until it is on its way
        desk.account.anew.pop(number, None)


async def _wish_again(desk: Desk, now: Instant, intent: Intent) -> None:
    account, order = desk.account, intent.order
    newest = account.newest.get(order.symbol)
    if newest is None or newest[0] != order.decision_id or order.symbol in account.retries:
        return
    if any(request.order.symbol == order.symbol for request in account.waiting.values()):
        return
    await act(desk, now, newest[0], (newest[1],), attempt=intent.attempt + 1, is_renewal=True)
