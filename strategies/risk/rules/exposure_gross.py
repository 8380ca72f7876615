"""All positions together are at most a fraction of equity, and at most a cap."""

from __future__ import annotations

from core.money import add
from strategies.risk.book import all_taken, value_held
from strategies.risk.case import Case
from strategies.risk.rule import ENTRIES, Cap, Draft, Rule, room, share_or_cap, while_set


def check(case: Case, draft: Draft) -> Cap | None:
    """Shrinks so that all positions, pending buys and the order stay within `exposure.gross` of equity.

    `caps.gross` holds beside it.
    """
    limits = case.limits
    most = share_or_cap(limits.exposure.gross, case.equity, limits.caps.gross)
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
    "exposure.gross",
    check,
    ENTRIES,
    mode=while_set(lambda limits: limits.exposure.gross or limits.caps.gross),
    shrinks=True,
)
