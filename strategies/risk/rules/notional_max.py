"""The most that a venue takes in one order, in quote currency."""

from __future__ import annotations

from strategies.risk.case import Case
from strategies.risk.rule import EVERYTHING, Cap, Draft, Rule, room


def check(case: Case, draft: Draft) -> Cap | None:
    """Shrinks to the venue's largest notional."""
    most = case.instrument.max_notional
    return (
        None
        if most is None
        else room("notional.max", "order worth", draft, most=most, quote=case.instrument.quote)
    )


RULE = Rule("notional.max", check, EVERYTHING, shrinks=True)
