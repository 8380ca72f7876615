"""The least that a venue takes, in quote currency."""

from __future__ import annotations

from core.money import ONE, ZERO, add, divide, multiply, plain
from core.orders import Finding, Purpose, Side
from strategies.risk.case import Case
from strategies.risk.rule import EVERYTHING, Draft, Rule


def check(case: Case, draft: Draft) -> Finding | None:
    """Refuses an order worth less than the venue's least, the fee of a buy not counted."""
    least, quote = case.instrument.min_notional, case.instrument.quote
    worth = multiply(draft.quantity, draft.price)
    if draft.side is Side.BUY:
        worth = divide(draft.notional, add(ONE, case.costs.taker)) if draft.quantity else ZERO
    if worth >= least:
        return None
    limit, value = plain(least), plain(worth)
    told = f"order worth {value} {quote}; at least {limit} {quote}"
    if draft.purpose is Purpose.EXIT:
        left = plain(case.portfolio.quantity(case.wish.symbol))
        told = f"{told}: the {left} {case.instrument.base} held are dust and stay"
    return Finding("notional.min", told, limit, value)


RULE = Rule("notional.min", check, EVERYTHING, final=True)
