"""So many orders in an hour, protective ones counted, and then no more entries."""

from __future__ import annotations

from core.instant import HOUR
from core.orders import Finding
from strategies.risk.case import Case
from strategies.risk.rule import ENTRIES, Draft, Rule, in_force, while_set
from strategies.risk.rules._order_count import too_many


def check(case: Case, _: Draft) -> Finding | None:
    """Refuses entries once `pace.orders_per_hour` orders of any purpose went out."""
    return too_many("pace.hour", case, HOUR, in_force(case.limits.pace.orders_per_hour), "an hour")


RULE = Rule("pace.hour", check, ENTRIES, mode=while_set(lambda limits: limits.pace.orders_per_hour))
