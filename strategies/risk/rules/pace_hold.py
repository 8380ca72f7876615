"""A position is held for a while before a decider may reduce it."""

from __future__ import annotations

from core.instant import duration_text
from core.orders import Finding
from strategies.risk.case import Case
from strategies.risk.rule import REDUCTIONS, Draft, Rule, while_set


def check(case: Case, _: Draft) -> Finding | None:
    """Refuses a wished reduction before `pace.min_hold` has passed."""
    held = case.portfolio.positions.get(case.wish.symbol)
    least = case.limits.pace.min_hold
    if held is None or case.now - held.opened_at >= least:
        return None
    limit, value = duration_text(least), duration_text(case.now - held.opened_at)
    return Finding("pace.hold", f"{held.symbol} was held for {value}; at least {limit}", limit, value)


RULE = Rule("pace.hold", check, REDUCTIONS, mode=while_set(lambda limits: limits.pace.min_hold))
