"""The rules there are: every file of `strategies/risk/rules` is one."""

from __future__ import annotations

from functools import cache

from core.registry import discover
from strategies.risk.rule import Rule


@cache
def registered() -> tuple[Rule, ...]:
    """Every risk rule, ordered by its file's name.

    Raises:
        TypeError: a file whose ``RULE`` is no `Rule`.
    """
    rules: list[Rule] = []
    for name, found in discover("strategies.risk.rules", "RULE").items():
        if not isinstance(found, Rule):
            raise TypeError(f"strategies/risk/rules/{name}.py: RULE is no Rule")
        rules.append(found)
    return tuple(rules)


@cache
def overrulable() -> frozenset[str]:
    """The reason codes of the rules that leave the last word to a person."""
    return frozenset(rule.code for rule in registered() if rule.overrulable)
