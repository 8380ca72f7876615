"""Far below its peak the account takes on nothing new."""

from __future__ import annotations

from core.money import multiply, plain, subtract
from core.orders import Finding
from strategies.risk.case import Case
from strategies.risk.rule import ENTRIES, Draft, Rule, in_force, while_set


def check(case: Case, _: Draft) -> Finding | None:
    """Refuses entries once `loss.drawdown_reduce` of the peak is lost."""
    lost = subtract(case.peak_equity, case.equity)
    most = multiply(in_force(case.limits.loss.drawdown_reduce), case.peak_equity)
    if lost < most:
        return None
    limit, value, quote = plain(most), plain(lost), case.portfolio.quote
    told = f"{value} {quote} below the peak; entries end at {limit} {quote}"
    return Finding("loss.drawdown", told, limit, value)


RULE = Rule("loss.drawdown", check, ENTRIES, mode=while_set(lambda limits: limits.loss.drawdown_reduce))
