"""Cash pays for an entry, its fee included, and leaves the reserve."""

from __future__ import annotations

from core.money import multiply, subtract
from strategies.risk.book import all_taken
from strategies.risk.case import Case
from strategies.risk.rule import ENTRIES, Cap, Draft, Rule, room


def check(case: Case, draft: Draft) -> Cap | None:
    """Shrinks to the cash that neither the reserve nor a pending buy claims."""
    reserve = multiply(case.limits.exposure.cash_reserve, case.equity)
    free = subtract(subtract(case.portfolio.cash, all_taken(case)), reserve)
    return room("cash", "order and fee take", draft, most=free, quote=case.portfolio.quote)


RULE = Rule("cash", check, ENTRIES, shrinks=True)
