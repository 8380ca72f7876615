"""An order is a small part of what the market trades."""

from __future__ import annotations

from core.money import multiply
from strategies.risk.case import Case
from strategies.risk.rule import WISHES, Cap, Draft, Rule, given, in_force, room


def check(case: Case, draft: Draft) -> Cap | None:
    """Shrinks to `liquidity.share_of_bar` of the newest bar's quote volume."""
    most = multiply(in_force(case.limits.liquidity.share_of_bar), given(case.inputs.bar_volume_quote))
    return room("liquidity", "order worth", draft, most=most, quote=case.instrument.quote)


RULE = Rule(
    "liquidity",
    check,
    WISHES,
    inputs=("bar_volume_quote",),
    mode=lambda limits: limits.rules.liquidity,
    flags_exit=True,
    shrinks=True,
)
