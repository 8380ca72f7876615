"""What a model is asked: one message of data for every role, a system message of its own for each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import prompts
from agent.graph.evidence import lines
from agent.graph.state import Check, Deciding
from agent.models.adapter import Asked
from agent.models.grounding import ungrounded
from agent.models.lines import EvidenceLine, View, menu_text

SYSTEM = {
    "decide": "decide_system",
    "technical": "analyst_technical",
    "risk": "analyst_risk",
    "debate": "debate",
}
_USER = "decide"
_NOTHING = "none"


def question(task: str, state: Deciding) -> Asked:
    """The messages of *task* over the state's evidence, and what an answer may name."""
    system = prompts.load(SYSTEM[task])
    menu = tuple(state["gathered"]["menu"])
    evidence = lines(state["evidence"])
    views = [str(view) for view in views_of(state)]
    if task == "debate":
        views.append(f"disputed: {','.join(map(str, state['disputed']))}")
    user = prompts.load(_USER).fill(
        task=task,
        menu=menu_text(menu),
        evidence=_block(str(line) for line in evidence.values()),
        missing=_block(state["missing"]),
        views=_block(views),
    )
    return Asked(system.text, user, menu, evidence)


def ground_check(evidence: Mapping[str, EvidenceLine]) -> Check:
    """Complains of the first number that an answer's texts claim and no cited line of *evidence* bears out."""
    return lambda proposals: ungrounded(proposals, evidence)


def views_of(state: Deciding) -> list[View]:
    """The analysts' views so far."""
    return [View(**{**view, "evidence": tuple(view["evidence"])}) for view in state.get("views", [])]


def describe(deliberation: str) -> dict[str, object]:
    """The prompts that a decision is made with, as its record names them."""
    used = list(SYSTEM) if deliberation == "debate" else ["decide"]
    if deliberation == "committee":
        used += ["technical", "risk"]
    return {
        **prompts.load(_USER).describe(),
        "system": [prompts.load(SYSTEM[task]).describe() for task in used],
    }


def _block(told: Iterable[str]) -> str:
    return "\n".join(told) or _NOTHING
