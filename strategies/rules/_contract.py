"""Holds a strategy that somebody else wrote to the contract, before it decides anything."""

from __future__ import annotations

from inspect import iscoroutinefunction

from core.errors import UsageError
from strategies.rules import COLUMN_NAMES, Explaining, Need, Repeating, Rule, Strategy

_MEND = "Give it needs = (Need('close', 50),) and stance(columns, moment); see strategies/rules/__init__.py."


def checked(name: str, candidate: object) -> Strategy:
    """*candidate* as a `Strategy`; a `Rule` is made with its defaults. *name* is used in messages.

    Raises:
        UsageError: it is none, with what it lacks.
    """
    if isinstance(candidate, Rule):
        candidate = candidate.make(candidate.defaults)
    if isinstance(candidate, type):
        raise UsageError(
            f"the STRATEGY of {name} is the class {candidate.__name__}, not a strategy",
            f"Make one: STRATEGY = {candidate.__name__}().",
        )
    lacking = [part for part in ("needs", "stance") if not hasattr(candidate, part)]
    if lacking or not isinstance(candidate, Strategy):
        raise UsageError(f"the STRATEGY of {name} has no {' and no '.join(lacking)}", _MEND)
    _check_needs(name, candidate.needs)
    methods: list[object] = [candidate.stance]
    methods += [candidate.repeats] if isinstance(candidate, Repeating) else []
    methods += [candidate.thesis] if isinstance(candidate, Explaining) else []
    for method in methods:
        if not callable(method) or iscoroutinefunction(method):
            raise UsageError(f"the STRATEGY of {name} has {method!r} where a plain function belongs", _MEND)
    return candidate


def _check_needs(name: str, needs: object) -> None:
    if not isinstance(needs, tuple) or not all(isinstance(need, Need) for need in needs):
        raise UsageError(f"the needs of {name} are {needs!r}, not a tuple of Need", _MEND)
    columns = [need.column for need in needs]
    for need in needs:
        if need.column not in COLUMN_NAMES:
            known = ", ".join(COLUMN_NAMES)
            raise UsageError(
                f"{name} needs an unknown column {need.column!r}",
                f"The columns are: {known}.",
                candidates=COLUMN_NAMES,
            )
        if not isinstance(need.count, int) or isinstance(need.count, bool) or need.count < 1:
            raise UsageError(
                f"{name} needs {need.count!r} values of {need.column}",
                "Ask for a whole number of them, at least 1.",
            )
        if columns.count(need.column) > 1:
            raise UsageError(
                f"{name} needs the column {need.column} twice", "Ask once, for the larger count."
            )
