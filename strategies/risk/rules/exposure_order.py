"""One order is at most a fraction of equity, and at most a cap."""

from __future__ import annotations

from strategies.risk.case import Case
from strategies.risk.rule import ENTRIES, Cap, Draft, Rule, room, share_or_cap, while_set


def check(case: Case, draft: Draft) -> Cap | None:
    """Shrinks to `exposure.per_order` of equity, and to `caps.per_order`."""
    limits = case.limits
    most = share_or_cap(limits.exposure.per_order, case.equity, limits.caps.per_order)
    return room("exposure.order", "order worth", draft, most=most, quote=case.portfolio.quote)


RULE = Rule(
    "exposure.order",
    check,
    ENTRIES,
    mode=while_set(lambda limits: limits.exposure.per_order or limits.caps.per_order),
    shrinks=True,
)
