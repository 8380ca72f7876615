"""A bad day ends the entries of that day."""

from __future__ import annotations

from core.money import multiply, plain, subtract
from core.orders import Finding
from strategies.risk.case import Case
from strategies.risk.rule import ENTRIES, Draft, Rule, in_force, while_set


def check(case: Case, _: Draft) -> Finding | None:
    """Refuses entries once `loss.per_day` of the day's first equity is lost."""
    lost = subtract(case.day_start_equity, case.equity)
    most = multiply(in_force(case.limits.loss.per_day), case.day_start_equity)
    if lost < most:
        return None
    limit, value, quote = plain(most), plain(lost), case.portfolio.quote
    return Finding("loss.day", f"{value} {quote} lost today; entries end at {limit} {quote}", limit, value)


RULE = Rule("loss.day", check, ENTRIES, mode=while_set(lambda limits: limits.loss.per_day))
