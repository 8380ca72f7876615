"""The fate of unanswered orders, proven: found, or absent for so long that it can never appear.

A venue gives a proof of absence only `grace_ms` after the sending; where it gives none, the order stays
in quarantine and a person decides. While an order is unproven the `duplicate` rule blocks its symbol.
"""

from __future__ import annotations

from agent.runtime.desk import Desk
from agent.runtime.intents import Intent
from agent.runtime.remembered import UNKNOWN
from core.events import Acknowledged, Alert, Cancelled, Event, Resolved, Unknown
from core.instant import Instant
from core.orders import OrderState, OrderStatus, Side
from strategies.risk.case import State


async def settle(desk: Desk, now: Instant) -> None:
    """Asks the venue about every order that nobody has answered for; journals what is proven, once."""
    account = desk.account
    for intent in list(account.unacknowledged.values()):
        if account.state is State.HALTED or desk.stop_asked():
            return
        if intent.order.id in account.unacknowledged and intent.order.id not in desk.executor.under_way:
            await _prove(desk, now, intent)


async def _prove(desk: Desk, now: Instant, intent: Intent) -> None:
    order, executor = intent.order, desk.executor
    asked_at = desk.clock.now()
    found = await executor.contact.ask(now, "an order", desk.exchange.order(order.id))
    if isinstance(found, OrderState) and found.id == order.id:
        desk.recorder.write(now, *_existing(found))
        await _end_unwanted(desk, now, intent)
    elif found is None and _may_send_again(desk, intent, asked_at):
        await executor.send(now, [order])
    elif found is None and await _is_proof(desk, now, intent, asked_at):
        desk.recorder.write(now, Resolved(order.id, "dead"))
    else:
        _tell(desk, now, intent)


def _existing(found: OrderState) -> list[Event]:
    proven = Resolved(found.id, "exists")
    if found.status is OrderStatus.REJECTED:
        return [proven, Cancelled(found.id, f"rejected: {found.reason}")]
    return [proven, Acknowledged(found.id)]


async def _end_unwanted(desk: Desk, now: Instant, intent: Intent) -> None:
    """Ends a purchase that turned up after somebody wanted out."""
    order, account = intent.order, desk.account
    wants_out = order.decision_id is not None and account.wished.get(order.symbol, 1.0) <= 0
    if order.side is Side.BUY and (wants_out or account.state is not State.ACTIVE or desk.halt.is_set()):
        await desk.executor.cancel(now, order.id)


def _may_send_again(desk: Desk, intent: Intent, asked_at: Instant) -> bool:
    """Whether the very same order may go out: its id is unique for ever there, and no time has passed."""
    return desk.exchange.remembers and asked_at <= intent.sent_at + (desk.exchange.grace_ms or 0)


async def _is_proof(desk: Desk, now: Instant, intent: Intent, asked_at: Instant) -> bool:
    """Whether an absence at *asked_at* is for ever: the wait is over, by a clock that the venue agrees with."""
    grace = desk.exchange.grace_ms
    if grace is None or asked_at <= intent.sent_at + grace + desk.executor.fresh_ms:
        return False
    return await desk.executor.contact.ask(now, "its state", desk.exchange.trouble()) is None


def _tell(desk: Desk, now: Instant, intent: Intent) -> None:
    """Says once that an order's fate is unknown, and once that only a person can settle it."""
    order = intent.order
    if not intent.told:
        desk.recorder.write(now, Unknown(order.id, "nobody answered for it before the process ended"))
    if desk.exchange.grace_ms is None and order.id not in desk.account.remembered.unknown:
        told = (
            f"order {order.id} for {order.symbol} may or may not exist, and this venue cannot prove it: "
            f"look at the venue; {order.symbol} is not traded until it is settled"
        )
        desk.recorder.write(now, Alert(UNKNOWN, told, {"order_id": order.id, "symbol": order.symbol}))
