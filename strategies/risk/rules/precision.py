"""Amounts and prices that a venue can express."""

from __future__ import annotations

from decimal import Decimal

from core.money import floor_to, plain
from core.orders import Finding, Purpose
from strategies.risk.case import Case
from strategies.risk.rule import EVERYTHING, Draft, Rule

FINEST = -60
LARGEST = 18


def expressible(amount: Decimal) -> bool:
    """Whether *amount* is a number above zero with at most 60 decimals, below 10^19."""
    exponent = amount.as_tuple().exponent
    return isinstance(exponent, int) and amount > 0 and exponent >= FINEST and amount.adjusted() <= LARGEST


def check(case: Case, draft: Draft) -> Finding | None:
    """Refuses an amount that is no sound number, and a quantity or price off the venue's steps."""
    wished = case.wish.notional
    if draft.purpose is not Purpose.EXIT and not expressible(wished):
        return Finding("precision", f"{wished} is not an amount that can be traded", value=str(wished))
    for name, value, step in (
        ("quantity", draft.quantity, case.instrument.lot_size),
        ("limit price", draft.limit_price, case.instrument.tick_size),
        ("stop price", draft.stop_price, case.instrument.tick_size),
    ):
        if value is None or value == floor_to(value, step):
            continue
        limit, told = plain(step), plain(value)
        return Finding("precision", f"{name} {told} is no multiple of {limit}", limit, told)
    return None


RULE = Rule("precision", check, EVERYTHING, final=True)
