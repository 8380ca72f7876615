"""The decider that thinks in a graph: a situation in, a decision out, and everything that it rested on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, cast

from agent.graph.build import Deliberation, run
from agent.graph.graded import graded
from agent.graph.known import Knowledge
from agent.graph.questions import describe
from agent.graph.recorded import RecordedProposer
from agent.graph.state import Deciding, Proposer, Reading, Standing
from agent.models.adapter import OFFLINE
from agent.models.offline import NAME
from core.codec import decode
from core.decision import Decision, Proposal, Situation
from core.errors import UsageError
from core.ports import MarketData

if TYPE_CHECKING:
    from agent.graph.graded import GradesOf

_NAMES = {OFFLINE: NAME}
_OF_CALL = ("key", "model", "style", "tokens_in", "tokens_out", "usd", "latency_s", "outcome")


class GraphDecider:
    """Implements `core.ports.Decider` with the deciding graph; always a `Decision`, never `Unchanged`.

    *spec* is canonical. *proposer* asks the model. *deliberation*: ``single`` (exactly one question),
    ``committee`` (two cheap questions first) or ``debate`` (and a judge where those disagree).
    *grades* answers with the grade desk of a market; without it nothing is graded. *standing* tells the account's
    state and peak; without it they are told as missing. *knowledge*: what is known beside prices; without it
    nothing is told of that.
    """

    def __init__(
        self,
        spec: str,
        proposer: Proposer,
        *,
        deliberation: str = "single",
        grades: GradesOf | None = None,
        standing: Callable[[], Standing] | None = None,
        knowledge: Knowledge | None = None,
    ) -> None:
        self.spec = spec
        self.deliberation = deliberation_named(deliberation)
        self._proposer = proposer
        self.grades = grades
        self.standing = standing
        self._features: dict[Any, Any] = {}
        self._knowledge = knowledge

    async def decide(self, situation: Situation) -> Decision:
        """The decision on *situation*; whatever the model does wrong is an abstention with its reason."""
        reading = Reading(
            self._proposer, situation, self.grades, self.standing, self._features, self._knowledge
        )
        self._grade(situation)
        with self._proposer.decision():
            state = await run(self.deliberation, reading)
        return _decision(state, self.deliberation)

    def _grade(self, situation: Situation) -> None:
        """Works out the day's grades, all at once, before the clock of the model's deadline runs."""
        if self.grades is None:
            return
        sheet = self.grades(cast("MarketData", situation.market)).sheet()
        for symbol in situation.menu[:1]:
            graded(sheet, symbol)


async def replay_decision(inputs: Mapping[str, Any]) -> Decision:
    """The decision made again from the *inputs* of its record, the recorded calls in place of a model.

    Every step after the reading runs again: the evidence is numbered, the prompts are filled, the replies
    parsed and checked. Where a prompt is not the one that was recorded, the decision abstains with
    ``prompt_differs``, so that the difference shows.

    Raises:
        UsageError: inputs that are not of a graph's decision.
    """
    if not {"gathered", "calls", "answers"} <= inputs.keys():
        raise UsageError(
            "these are not the inputs of a graph's decision", "Give those of an llm or offline one."
        )
    answers = inputs["answers"]
    deliberation = deliberation_named(answers["deliberation"])
    reading = Reading(RecordedProposer(answers["asked"], inputs["calls"]))
    return _decision(await run(deliberation, reading, inputs["gathered"]), deliberation)


def deliberation_named(name: str) -> Deliberation:
    """The deliberation called *name*.

    Raises:
        UsageError: there is none.
    """
    if name not in set(Deliberation):
        names = [one.value for one in Deliberation]
        raise UsageError(f"{name!r} is no deliberation", f"Use one of {', '.join(names)}.", candidates=names)
    return Deliberation(name)


def _decision(state: Deciding, deliberation: Deliberation) -> Decision:
    calls = [{"task": one["task"], **call} for one in state["asked"] for call in one["calls"]]
    told = ("task", "decided_by", "abstained", "detail")
    answers = [{**{key: one[key] for key in told}, "calls": len(one["calls"])} for one in state["asked"]]
    return Decision(
        proposals=tuple(decode(Proposal, one) for one in state["proposals"]),
        decided_by=state["decided_by"],
        abstained=state["abstained"],
        inputs={
            "gathered": state["gathered"],
            "calls": calls,
            "answers": {"deliberation": deliberation.value, "asked": answers},
        },
        prompt=describe(deliberation.value),
        model={
            "name": calls[-1]["model"] if calls else _NAMES.get(state["decided_by"], state["decided_by"]),
            "calls": [{key: call[key] for key in _OF_CALL} for call in calls],
            "notes": state["notes"],
            "cited": _cited(state),
            **_restated(state),
        },
    )


def _restated(state: Deciding) -> dict[str, list[str]]:
    """The series that the decision saw as they are today and not as they were shown, where there are any."""
    names = state["gathered"].get("restated")
    return {"restated": list(names)} if names else {}


def _cited(state: Deciding) -> dict[str, str]:
    """The evidence that the proposals rest on, by id: ``metric value unit``, for whoever reads the record."""
    ids = {cited for one in state["proposals"] for cited in one["evidence"]}
    return {
        line["id"]: f"{line['metric']} {line['value']} {line['unit']}"
        for line in state.get("evidence", [])
        if line["id"] in ids
    }
