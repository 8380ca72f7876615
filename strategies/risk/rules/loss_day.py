"""A bad day ends the entries of that day."""

from __future__ import annotations

from core.money import plain, subtract
from core.orders import Finding
from strategies.risk.case import Case
from strategies.risk.rule import ENTRIES, Draft, Rule, share_or_cap, while_set


def check(case: Case, _: Draft) -> Finding | None:
    """Refuses entries once `loss.per_day` of the day's first equity is lost, or `caps.loss_per_day`."""
    lost = subtract(case.day_start_equity, case.equity)
    limits = case.limits
    most = share_or_cap(limits.loss.per_day, case.day_start_equity, limits.caps.loss_per_day)
    if lost < most:
        return None
    limit, value, quote = plain(most), plain(lost), case.portfolio.quote
    return Finding("loss.day", f"{value} {quote} lost today; entries end at {limit} {quote}", limit, value)


RULE = Rule(
    "loss.day", check, ENTRIES, mode=while_set(lambda limits: limits.loss.per_day or limits.caps.loss_per_day)
)
