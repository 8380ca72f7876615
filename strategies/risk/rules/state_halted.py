"""Halted: nothing goes out until a person resumes."""

from __future__ import annotations

from core.orders import Finding
from strategies.risk.case import Case, State
from strategies.risk.rule import EVERYTHING, Draft, Rule


def check(case: Case, _: Draft) -> Finding | None:
    """Refuses in HALTED."""
    if case.state is not State.HALTED:
        return None
    return Finding("state.halted", "trading is halted until a person resumes it", value=str(case.state))


RULE = Rule("state.halted", check, EVERYTHING)
