"""Reducing: no entries until a person resumes."""

from __future__ import annotations

from core.orders import Finding
from strategies.risk.case import Case, State
from strategies.risk.rule import ENTRIES, Draft, Rule


def check(case: Case, _: Draft) -> Finding | None:
    """Refuses entries in REDUCING."""
    if case.state is not State.REDUCING:
        return None
    return Finding(
        "state.reducing", "the account may only reduce until a person resumes it", value=str(case.state)
    )


RULE = Rule("state.reducing", check, ENTRIES)
