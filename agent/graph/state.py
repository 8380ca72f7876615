"""What flows through the deciding graph: plain data only, so that any step can be journalled and made again."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from decimal import Decimal
from operator import add
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, Protocol, TypedDict

from agent.graph.known import Knowledge
from agent.models.adapter import Asked, Proposed
from core.decision import Proposal, Situation

if TYPE_CHECKING:
    from agent.graph.graded import GradesOf

Check = Callable[[tuple[Proposal, ...]], str | None]


class Proposer(Protocol):
    """Asks a model: `agent.models.adapter.Adapter`, or the recorded answers of a replay."""

    def decision(self) -> AbstractContextManager[object]:
        """Around the questions of one decision, which share a deadline and a budget."""
        ...

    async def propose(self, asked: Asked, *, deep: bool = False, check: Check | None = None) -> Proposed:
        """An answer, or an abstention with its reason; never raises for what a model does."""
        ...


class Standing(NamedTuple):
    """What the loop knows of the account and a `Situation` does not say.

    *state*: active, reducing or halted. *peak_equity*: the highest equity so far.
    """

    state: str
    peak_equity: Decimal


@dataclass(frozen=True, slots=True)
class Reading:
    """What one run of the graph reads from and asks; it never enters the state.

    *situation* is `None` in a replay, whose state begins with what was gathered then. *features*: measured
    windows that may come again, by what was measured. *knowledge*: what is known beside prices. *grades*: the
    grade desk of a market.
    """

    proposer: Proposer
    situation: Situation | None = None
    grades: GradesOf | None = None
    standing: Callable[[], Standing] | None = None
    features: dict[Any, Any] = field(default_factory=dict)
    knowledge: Knowledge | None = None


class Deciding(TypedDict, total=False):
    """The state. Each key is written by one node; *asked* grows with every question to a model.

    *gathered*: what was read. *evidence*: the lines of it that models see, as dicts of `EvidenceLine`. *missing*:
    one line per fact that is not there. *unfit*: assets without data. *views*: of analysts, as dicts.
    *disputed*: assets that analysts disagree on. *asked*: what was asked, who answered, its calls.
    *notes*: proposals that were dropped, and why.
    """

    gathered: dict[str, Any]
    evidence: list[dict[str, str]]
    missing: list[str]
    unfit: list[int]
    views: Annotated[list[dict[str, Any]], add]
    disputed: list[int]
    asked: Annotated[list[dict[str, Any]], add]
    proposals: list[dict[str, Any]]
    decided_by: str
    abstained: str | None
    notes: list[dict[str, Any]]
