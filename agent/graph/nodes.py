"""The steps of a decision. Each reads the state and returns what it adds; none holds anything that trades.

All are coroutines: LangGraph would run plain functions in threads, at a cost, and beside the loop.
"""

from __future__ import annotations

from typing import Any

from langgraph.runtime import Runtime

from agent.graph.evidence import assessed, lines
from agent.graph.gather import gathered
from agent.graph.questions import ground_check, question
from agent.graph.state import Deciding, Reading
from agent.models.call import Call
from core.codec import decode, encode
from core.decision import Proposal
from core.money import plain

ANALYSTS = ("technical", "risk")
_OPPOSED = 0.2
_FAR = 0.6


async def gather(state: Deciding, runtime: Runtime[Reading]) -> dict[str, Any]:  # noqa: ARG001 - a node's form
    """Reads the account and the market."""
    return {"gathered": gathered(runtime.context)}


async def assess(state: Deciding) -> dict[str, Any]:
    """Judges what was read as a whole and numbers the evidence."""
    return assessed(state["gathered"])


async def consult(state: Deciding, runtime: Runtime[Reading]) -> dict[str, Any]:
    """Asks each analyst by one cheap call. One who fails has no view; the others' stand."""
    asked = [await _ask(analyst, state, runtime, deep=False) for analyst in ANALYSTS]
    views = [view for one in asked for view in _views(one)]
    return {"views": views, "asked": asked, "disputed": disputed(views)}


async def debate(state: Deciding, runtime: Runtime[Reading]) -> dict[str, Any]:
    """Lets a judge weigh the views on the assets that the analysts disagree on."""
    judged = await _ask("debate", state, runtime, deep=True)
    return {"views": _views(judged), "asked": [judged]}


async def decide(state: Deciding, runtime: Runtime[Reading]) -> dict[str, Any]:
    """Asks for the decision itself."""
    found = await _ask("decide", state, runtime, deep=True)
    return {
        "asked": [found],
        "proposals": found["proposals"],
        "decided_by": found["decided_by"],
        "abstained": found["abstained"],
    }


async def settle(state: Deciding) -> dict[str, Any]:
    """Checks the grounds once more and drops what was proposed on assets without data.

    The check is the model adapter's to make, with a repair; here it holds whoever answered.
    """
    if state["abstained"] is not None:
        return {"proposals": [], "notes": []}
    proposals = tuple(decode(Proposal, one) for one in state["proposals"])
    if proposals and ground_check(lines(state["evidence"]))(proposals) is not None:
        return {"proposals": [], "abstained": "ungrounded", "notes": []}
    unfit = set(state["unfit"])
    return {
        "proposals": [one for one in state["proposals"] if one["asset"] not in unfit],
        "notes": [
            {"asset": one.asset, "dropped": "no_data", "stance": one.stance}
            for one in proposals
            if one.asset in unfit
        ],
    }


def disputed(views: list[dict[str, Any]]) -> list[int]:
    """The assets on which two stances differ in sign, each at least 0.2 strong, or by more than 0.6."""
    stances: dict[int, list[float]] = {}
    for view in views:
        stances.setdefault(view["asset"], []).append(view["stance"])
    return sorted(asset for asset, held in stances.items() if _far_apart(min(held), max(held)))


def _far_apart(low: float, high: float) -> bool:
    opposed = low <= -_OPPOSED and high >= _OPPOSED
    return opposed or round(high - low, 9) > _FAR


async def _ask(task: str, state: Deciding, runtime: Runtime[Reading], *, deep: bool) -> dict[str, Any]:
    asked = question(task, state)
    check = ground_check(asked.evidence)
    proposed = await runtime.context.proposer.propose(asked, deep=deep, check=check)
    return {
        "task": task,
        "decided_by": proposed.decided_by,
        "abstained": proposed.abstained,
        "detail": proposed.detail,
        "proposals": [encode(one) for one in proposed.proposals],
        "calls": [_call(call) for call in proposed.calls],
    }


def _views(asked: dict[str, Any]) -> list[dict[str, Any]]:
    names = ("asset", "stance", "confidence", "horizon", "evidence")
    return [{"by": asked["task"], **{name: one[name] for name in names}} for one in asked["proposals"]]


def _call(call: Call) -> dict[str, Any]:
    return {
        "key": call.key,
        "model": call.model,
        "style": call.style,
        "request": dict(call.request),
        "response": dict(call.response),
        "latency_s": call.latency_s,
        "tokens_in": call.tokens_in,
        "tokens_out": call.tokens_out,
        "usd": None if call.usd is None else plain(call.usd),
        "outcome": call.outcome,
    }
