"""One order is at most a fraction of equity."""

from __future__ import annotations

from core.money import multiply
from strategies.risk.case import Case
from strategies.risk.rule import ENTRIES, Cap, Draft, Rule, in_force, room, while_set


def check(case: Case, draft: Draft) -> Cap | None:
    """Shrinks to `exposure.per_order` of equity."""
    most = multiply(in_force(case.limits.exposure.per_order), case.equity)
    return room("exposure.order", "order worth", draft, most=most, quote=case.portfolio.quote)


RULE = Rule(
    "exposure.order", check, ENTRIES, mode=while_set(lambda limits: limits.exposure.per_order), shrinks=True
)
