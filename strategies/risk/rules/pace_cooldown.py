"""After a loss the account waits."""

from __future__ import annotations

from core.instant import duration_text
from core.orders import Finding
from strategies.risk.case import Case
from strategies.risk.rule import ENTRIES, Draft, Rule, while_set


def check(case: Case, _: Draft) -> Finding | None:
    """Refuses entries until `pace.cooldown_after_loss` has passed since a sale realised a loss."""
    lost_at, least = case.portfolio.last_loss_at, case.limits.pace.cooldown_after_loss
    if lost_at is None or case.now - lost_at >= least:
        return None
    limit, value = duration_text(least), duration_text(case.now - lost_at)
    return Finding("pace.cooldown", f"the last loss was {value} ago; at least {limit}", limit, value)


RULE = Rule("pace.cooldown", check, ENTRIES, mode=while_set(lambda limits: limits.pace.cooldown_after_loss))
