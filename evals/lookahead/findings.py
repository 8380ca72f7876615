"""What a proof found: how much was compared, and every leak."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from agent.journal.difference import Difference, first_difference
from core.canonical import canonical
from core.instant import Instant, iso
from evals.lookahead.sources import SOURCES

_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Leak:
    """At *at*, something rested on what *source* came to know only later.

    *path*: where, a JSON pointer into what was compared; *was* with the true future, *now* with garbage
    in its place. *decider*: `None` where an answer was asked without one.
    """

    scenario: str
    decider: str | None
    at: Instant
    source: str
    path: str
    was: Any
    now: Any

    def told(self) -> dict[str, Any]:
        """As CONTRACT §8 has it."""
        return {
            "scenario": self.scenario,
            "decider": self.decider,
            "at": iso(self.at),
            "source": self.source,
            "path": self.path,
            "was": _short(self.was),
            "is": _short(self.now),
        }

    def __str__(self) -> str:
        who = self.decider or "an answer"
        return (
            f"LEAK {self.scenario} {who} at {iso(self.at)}: {self.source} at {self.path}: "
            f"{_short(self.was)!r} became {_short(self.now)!r}"
        )


def _short(value: Any) -> Any:
    """*value*, where it is short; else the beginning of its text."""
    if isinstance(value, str):
        return value if len(value) <= _LONGEST else f"{value[:_LONGEST]}…"
    if value is None or isinstance(value, bool | int | float):
        return value
    return _short(canonical(value).decode())


@dataclass(slots=True)
class Compared:
    """How much was laid side by side.

    *moments*: decisions asked again with garbage after them; *runs*: whole runs lived again up to an instant,
    with so many *events*; *decisions*: of both; *answers*: of `tools.ask`; *bytes*: all of it, canonical.
    """

    decisions: int = 0
    moments: int = 0
    runs: int = 0
    events: int = 0
    answers: int = 0
    bytes: int = 0

    def told(self) -> dict[str, Any]:
        """As plain JSON."""
        return {
            "moments": self.moments,
            "runs": self.runs,
            "events": self.events,
            "answers": self.answers,
            "sources": list(SOURCES),
            "bytes": self.bytes,
        }


@dataclass(slots=True)
class Findings:
    """What came of a proof over *scenarios* and *deciders*. *missing*: what could not be looked at, and why."""

    scenarios: list[str]
    deciders: Sequence[str]
    compared: Compared = field(default_factory=Compared)
    leaks: list[Leak] = field(default_factory=list)
    missing: list[dict[str, str]] = field(default_factory=list)
    simulated: bool = False

    def told(self) -> dict[str, Any]:
        """The data of ``eval lookahead --json``."""
        return {
            "scenarios": list(self.scenarios),
            "deciders": list(self.deciders),
            "decisions": self.compared.decisions,
            "compared": self.compared.told(),
            "leaks": [one.told() for one in self.leaks],
            "missing": self.missing,
        }

    def line(self) -> str:
        """One sentence: what was compared, and that nothing moved."""
        done = self.compared
        return (
            f"no look-ahead: {done.decisions} decisions of {len(self.deciders)} deciders in "
            f"{len(self.scenarios)} scenarios ({done.moments} asked again, {done.runs} runs lived again with "
            f"{done.events} events) and {done.answers} answers stayed the same to the last of {done.bytes} bytes "
            f"with garbage after them in {len(SOURCES)} sources: {', '.join(SOURCES)}"
        )


def differs(was: Any, now: Any) -> Difference | None:
    """Where two JSON values first differ; `None` where their bytes are the same."""
    if canonical(was) == canonical(now):
        return None
    return first_difference(was, now) or Difference("", was, now)
