"""The price that is traded on lies near the venue's mid."""

from __future__ import annotations

from core.money import plain
from core.orders import Finding
from strategies.risk.case import Case
from strategies.risk.rule import WISHES, Draft, Rule, given, in_force, off_by_more, while_set


def check(case: Case, draft: Draft) -> Finding | None:
    """Refuses a price further than `price.collar_bps` from the mid."""
    mid, bps = given(case.inputs.mid), in_force(case.limits.price.collar_bps)
    if not off_by_more(draft.price, mid, bps):
        return None
    limit, value = plain(mid), plain(draft.price)
    told = f"price {value}; at most {plain(bps)} basis points from the mid {limit}"
    return Finding("collar.mid", told, limit, value)


RULE = Rule(
    "collar.mid",
    check,
    WISHES,
    inputs=("mid",),
    mode=while_set(lambda limits: limits.price.collar_bps),
    flags_exit=True,
)
