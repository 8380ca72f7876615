"""The price that is traded on lies near what a second source says."""

from __future__ import annotations

from core.money import plain
from core.orders import Finding
from strategies.risk.case import Case
from strategies.risk.rule import WISHES, Draft, Rule, given, in_force, off_by_more


def check(case: Case, draft: Draft) -> Finding | None:
    """Refuses a price further than `price.collar_bps` from the second source's."""
    second, bps = given(case.inputs.second_price), in_force(case.limits.price.collar_bps)
    if not off_by_more(draft.price, second, bps):
        return None
    limit, value = plain(second), plain(draft.price)
    told = f"price {value}; at most {plain(bps)} basis points from the second source's {limit}"
    return Finding("collar.second", told, limit, value)


RULE = Rule(
    "collar.second",
    check,
    WISHES,
    inputs=("second_price",),
    mode=lambda limits: limits.rules.second_source,
    flags_exit=True,
)
