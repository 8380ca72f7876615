"""One order per decision, asset and attempt."""

from __future__ import annotations

from core.orders import Finding
from strategies.risk.case import Case
from strategies.risk.rule import EVERYTHING, Draft, Rule


def check(case: Case, draft: Draft) -> Finding | None:
    """Refuses an order id that was used before, sent or still on its way."""
    number = draft.order_id
    if number not in case.known_orders and all(order.id != number for order in case.pending):
        return None
    return Finding("duplicate", f"order {number} exists already", value=number)


RULE = Rule("duplicate", check, EVERYTHING)
