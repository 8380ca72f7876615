"""The account's own volatility stays within its target."""

from __future__ import annotations

from strategies.risk.case import Case
from strategies.risk.returns import annual_volatility
from strategies.risk.rule import ENTRIES, Cap, Draft, Rule, in_force, while_set
from strategies.risk.rules._account_days import shrink


def check(case: Case, draft: Draft) -> Cap | None:
    """Shrinks until the account's annual volatility is at most `sizing.target_volatility`."""
    most = in_force(case.limits.sizing.target_volatility)
    return shrink(
        "volatility", "annual volatility of the account", case, draft, most=most, measure=annual_volatility
    )


RULE = Rule(
    "volatility",
    check,
    ENTRIES,
    inputs=("daily_returns",),
    mode=while_set(lambda limits: limits.sizing.target_volatility),
    shrinks=True,
)
