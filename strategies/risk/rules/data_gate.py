"""Data that the quality gate refuses: no wish is traded on it."""

from __future__ import annotations

from core.orders import Finding
from strategies.risk.case import Case
from strategies.risk.rule import WISHES, Draft, Rule


def check(case: Case, _: Draft) -> Finding | None:
    """Refuses where the gate made the asset missing."""
    if case.data is None or not case.data.why.startswith("gate"):
        return None
    why = case.data.why
    return Finding("data.gate", f"the quality gate refuses the data of {case.wish.symbol}: {why}", value=why)


RULE = Rule("data.gate", check, WISHES, flags_exit=True)
