"""What the worst days cost stays bearable."""

from __future__ import annotations

from strategies.risk.case import Case
from strategies.risk.returns import expected_shortfall
from strategies.risk.rule import ENTRIES, Cap, Draft, Rule, in_force, while_set
from strategies.risk.rules._account_days import shrink


def check(case: Case, draft: Draft) -> Cap | None:
    """Shrinks until the mean loss of the worst 5 % of days is at most `sizing.cvar95_per_day`."""
    most = in_force(case.limits.sizing.cvar95_per_day)
    return shrink(
        "cvar", "mean loss of the worst 5 % of days", case, draft, most=most, measure=expected_shortfall
    )


RULE = Rule(
    "cvar",
    check,
    ENTRIES,
    inputs=("daily_returns",),
    mode=while_set(lambda limits: limits.sizing.cvar95_per_day),
    shrinks=True,
)
