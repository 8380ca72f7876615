"""An order on its way: what was meant to be sent, and when."""

from __future__ import annotations

from dataclasses import dataclass

from core.instant import Instant
from core.money import ZERO, add, multiply
from core.orders import ApprovedOrder, Fill

NOT_SENT = "not sent"
"""How the reason of every order begins that was given up before the wire and is to be made anew."""


@dataclass(frozen=True, slots=True)
class Intent:
    """An order that nobody has answered for yet. *told*: it is journalled that its fate is unknown."""

    order: ApprovedOrder
    attempt: int
    sent_at: Instant
    told: bool = False


def is_beyond(left: ApprovedOrder, fill: Fill) -> bool:
    """Whether *fill* is more than was left of its order."""
    if left.quantity is not None:
        return fill.quantity > left.quantity
    paid = add(multiply(fill.quantity, fill.price), fill.fee)
    return paid > (left.spend or ZERO)
