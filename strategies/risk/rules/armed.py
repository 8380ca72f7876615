"""Nothing trades that a person has not armed."""

from __future__ import annotations

from core.orders import Finding
from strategies.risk.case import Case
from strategies.risk.rule import EVERYTHING, Draft, Rule


def check(case: Case, _: Draft) -> Finding | None:
    """Refuses where the account is not armed."""
    return None if case.armed else Finding("not_armed", "the account is not armed")


RULE = Rule("not_armed", check, EVERYTHING)
