"""The least that a venue takes, in base units."""

from __future__ import annotations

from core.money import plain
from core.orders import Finding, Purpose
from strategies.risk.case import Case
from strategies.risk.rule import EVERYTHING, Draft, Rule


def check(case: Case, draft: Draft) -> Finding | None:
    """Refuses less than the venue's least quantity, or nothing at all after rounding to its lot."""
    least, base = case.instrument.min_quantity, case.instrument.base
    if draft.quantity >= least and draft.quantity > 0:
        return None
    limit, value = plain(max(least, case.instrument.lot_size)), plain(draft.quantity)
    told = f"quantity {value} {base}; at least {limit} {base}"
    if draft.purpose is Purpose.EXIT:
        left = plain(case.portfolio.quantity(case.wish.symbol))
        told = f"{told}: the {left} {base} held are dust and stay"
    return Finding("quantity.min", told, limit, value)


RULE = Rule("quantity.min", check, EVERYTHING, final=True)
