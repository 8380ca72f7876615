"""All positions together are at most a fraction of equity."""

from __future__ import annotations

from core.money import add, multiply
from strategies.risk.book import all_taken, value_held
from strategies.risk.case import Case
from strategies.risk.rule import ENTRIES, Cap, Draft, Rule, in_force, room, while_set


def check(case: Case, draft: Draft) -> Cap | None:
    """Shrinks so that all positions, pending buys and the order stay within `exposure.gross` of equity."""
    most = multiply(in_force(case.limits.exposure.gross), case.equity)
    held = all_taken(case)
    for symbol in case.portfolio.positions:
        held = add(held, value_held(case.portfolio, symbol, case.marks))
    return room(
        "exposure.gross",
        "all positions after the order worth",
        draft,
        most=most,
        quote=case.portfolio.quote,
        held=held,
    )


RULE = Rule(
    "exposure.gross", check, ENTRIES, mode=while_set(lambda limits: limits.exposure.gross), shrinks=True
)
