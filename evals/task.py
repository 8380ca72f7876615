"""One cell of an evaluation: what is run, and what came of it. Both travel between processes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from core.market import Costs
from evals.scenario import Scenario

Role = Literal["candidate", "twin", "baseline"]
Status = Literal["ok", "partial", "failed"]


@dataclass(frozen=True, slots=True)
class Task:
    """One scenario, one decider, one seed. *decider* is canonical; *profile* names the limits.

    *matches*: the decider whose turnover ``turnover=match`` stands for, and *turnover* what it came to.
    *usd*: the most that models may cost here; `None`: what the settings say. *keep*: a folder that
    the journal is kept in; `None`: in memory.
    """

    scenario: Scenario
    decider: str
    role: Role
    arm: str
    seed: int
    profile: str
    costs: Costs
    home: Path
    llm: str | None = None
    cassettes: Path | None = None
    deliberation: str = "single"
    matches: str | None = None
    turnover: float | None = None
    usd: Decimal | None = None
    keep: Path | None = None
    data: str = ""

    @property
    def name(self) -> str:
        """The row in words."""
        seed = f", seed {self.seed}" if self.seed else ""
        return f"{self.role} {self.decider} in {self.scenario.id}{seed}"

    def identity(self) -> dict[str, Any]:
        """What tells this row from every other of the same evaluation."""
        return {
            "scenario": self.scenario.id,
            "decider": self.decider,
            "role": self.role,
            "arm": self.arm,
            "seed": self.seed,
            "limits": self.profile,
            "matches": self.matches,
        }


@dataclass(frozen=True, slots=True)
class RowResult:
    """What came of a task: nothing in it but *seconds* and *latencies_s* depends on when or where it ran.

    *why*: what is missing, where *status* is not ``ok``; *exit*: the exit status that a failure stands
    for. *days*: the first UTC day, and the simple return of it and of each day after, as far as the
    scenario goes. *spent*: USD of its model calls. *latencies_s*: seconds of each of them.
    """

    row: Mapping[str, Any]
    status: Status
    why: str | None = None
    exit: int = 0
    first_day: str | None = None
    returns: tuple[float, ...] = ()
    missing: tuple[Mapping[str, str], ...] = ()
    restated: tuple[str, ...] = ()
    simulated: bool = False
    spent: str = "0"
    fills: int = 0
    journal_head: str | None = None
    seconds: float = field(default=0.0, compare=False)
    latencies_s: tuple[float, ...] = field(default=(), compare=False)

    @property
    def ok(self) -> bool:
        """Whether the row says all that it was to say."""
        return self.status == "ok"
