"""The quote currency is worth what it says."""

from __future__ import annotations

from core.money import ONE, plain
from core.orders import Finding
from strategies.risk.case import Case
from strategies.risk.rule import WISHES, Draft, Rule, given, in_force, off_by_more


def check(case: Case, _: Draft) -> Finding | None:
    """Refuses while the quote currency is further than `price.depeg_bps` from one dollar."""
    peg, bps = given(case.inputs.quote_peg), in_force(case.limits.price.depeg_bps)
    if not off_by_more(peg, ONE, bps):
        return None
    limit, value = plain(bps), plain(peg)
    told = f"{case.portfolio.quote} is worth {value} USD; at most {limit} basis points from 1"
    return Finding("depeg", told, limit, value)


RULE = Rule(
    "depeg",
    check,
    WISHES,
    inputs=("quote_peg",),
    mode=lambda limits: limits.rules.depeg,
    flags_exit=True,
)
