"""The most that a venue takes in one order, in base units."""

from __future__ import annotations

from core.money import ONE, ZERO, add, divide, multiply, plain
from core.orders import Finding, Side
from strategies.risk.case import Case
from strategies.risk.rule import EVERYTHING, Cap, Draft, Rule


def check(case: Case, draft: Draft) -> Cap | None:
    """Shrinks to the venue's largest quantity."""
    most = case.instrument.max_quantity
    if most is None:
        return None
    fee = case.costs.taker if draft.side is Side.BUY else ZERO
    unit = multiply(draft.price, add(ONE, fee))
    fits = multiply(most, unit)
    if draft.notional <= fits:
        return None
    base, limit, value = case.instrument.base, plain(most), plain(divide(draft.notional, unit))
    return Cap(
        fits, Finding("quantity.max", f"quantity {value} {base}; at most {limit} {base}", limit, value)
    )


RULE = Rule("quantity.max", check, EVERYTHING, shrinks=True)
