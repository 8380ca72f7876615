"""What a check is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from core.registry import discover
from tools.exchange.certification.bench import Bench


class NotMetError(Exception):
    """A check found another behaviour than live trading rests on; the message says which."""


@dataclass(frozen=True, slots=True)
class Check:
    """One behaviour. *promise* says it in a sentence; *run* raises where it is not met."""

    name: str
    promise: str
    run: Callable[[Bench], Awaitable[None]]


def met(condition: object, told: str) -> None:
    """Goes on where *condition* holds.

    Raises:
        NotMetError: it does not; *told* is what was seen instead.
    """
    if not condition:
        raise NotMetError(told)


def all_checks() -> tuple[Check, ...]:
    """Every check, by file, in the order in which it stands there."""
    found: list[Check] = []
    for checks in discover("tools.exchange.certification.checks", "CHECKS").values():
        found += [one for one in checks if isinstance(one, Check)] if isinstance(checks, tuple) else []
    return tuple(found)
