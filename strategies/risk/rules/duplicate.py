"""One order per decision, asset and attempt, and none beside one whose fate is unknown."""

from __future__ import annotations

from core.orders import Finding, Side
from strategies.risk.case import Case
from strategies.risk.rule import EVERYTHING, Draft, Rule


def check(case: Case, draft: Draft) -> Finding | None:
    """Refuses an id that was used before, and what might double an order of unknown fate.

    While any order of the symbol is unproven nothing is bought; while a sale is, nothing is sold either.
    """
    number = draft.order_id
    if number in case.known_orders or any(order.id == number for order in case.pending):
        return Finding("duplicate", f"order {number} exists already", value=number)
    for order in case.unknown:
        if order.symbol == case.wish.symbol and (draft.side is Side.BUY or order.side is Side.SELL):
            told = f"an earlier order {order.id} of {order.symbol} is of unknown fate"
            return Finding("duplicate", told, value=order.id)
    return None


RULE = Rule("duplicate", check, EVERYTHING)
