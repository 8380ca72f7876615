"""Only what a person named may be traded."""

from __future__ import annotations

from core.orders import Finding
from strategies.risk.case import Case
from strategies.risk.rule import EVERYTHING, Draft, Rule


def check(case: Case, _: Draft) -> Finding | None:
    """Refuses a symbol outside the command's and the limits' lists, or with another venue symbol or quote."""
    symbol, listed = case.wish.symbol, case.limits.allow.symbols
    if symbol not in case.allowed or (listed and symbol not in listed):
        names = ", ".join(sorted(case.allowed.intersection(listed) if listed else case.allowed)) or "none"
        return Finding(
            "not_allowed", f"{symbol} is not on the list of allowed symbols: {names}", names, symbol
        )
    instrument = case.instrument
    if instrument.symbol != symbol or instrument.quote != case.portfolio.quote:
        there = f"{instrument.symbol} against {case.portfolio.quote}"
        return Finding("not_allowed", f"{symbol} is not what the account trades here: {there}", there, symbol)
    return None


RULE = Rule("not_allowed", check, EVERYTHING)
