"""Nothing trades that a person has not armed, and nothing is bought where the venue is in trouble."""

from __future__ import annotations

from core.orders import Finding, Purpose
from strategies.risk.case import Case
from strategies.risk.rule import EVERYTHING, Draft, Rule


def check(case: Case, draft: Draft) -> Finding | None:
    """Refuses where the account is not armed; entries also while the venue does not answer as it should."""
    if not case.armed:
        return Finding("not_armed", "the account is not armed")
    if case.trouble is not None and draft.purpose is Purpose.ENTRY:
        return Finding("not_armed", f"the venue is in trouble: {case.trouble}", value=case.trouble)
    return None


RULE = Rule("not_armed", check, EVERYTHING)
