"""A replay's stand-in for the model: the recorded replies, read and checked again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from decimal import Decimal
from typing import Any

from agent.graph.state import Check
from agent.models.adapter import OFFLINE, Adapter, Asked, Proposed
from agent.models.attempts import judged
from agent.models.call import Call
from agent.models.heard import heard_from
from agent.models.offline import OfflineAnalyst
from agent.models.reply import Malformed, from_wire
from core.canonical import canonical
from core.decision import Proposal

PROMPT_DIFFERS = "prompt_differs"


class RecordedProposer:
    """Answers the questions of one decision, in the order in which they were once asked.

    A model's reply is parsed and checked again from its recorded bytes; the offline analyst, who is rules
    and makes no call, is asked again. A question whose messages are not the recorded ones is answered with the
    abstention ``prompt_differs``, so that a replay shows it.

    Args:
        answers: Per question who answered, why nobody did, and how many of *calls* it took.
        calls: Every call of the decision, in order.
    """

    def __init__(self, answers: Sequence[Mapping[str, Any]], calls: Sequence[Mapping[str, Any]]) -> None:
        self._answers = iter(answers)
        self._calls = iter(calls)
        self._offline = Adapter(None, offline=OfflineAnalyst())

    def decision(self) -> AbstractContextManager[object]:
        """Nothing to share: no time passes and nothing is spent."""
        return nullcontext()

    async def propose(self, asked: Asked, *, deep: bool = False, check: Check | None = None) -> Proposed:
        """What comes of the recorded reply now."""
        answer = next(self._answers, None)
        if answer is None:  # more is asked than was then
            return Proposed((), PROMPT_DIFFERS, "none")
        by, why, detail = answer["decided_by"], answer["abstained"], answer["detail"]
        calls = tuple(_call(next(self._calls)) for _ in range(answer["calls"]))
        if not calls and by == OFFLINE:
            return await self._offline.propose(asked, deep=deep, check=check)
        if not calls:
            return Proposed((), why, by, detail=detail)
        if not all(_asks(call, asked) for call in calls):
            return Proposed((), PROMPT_DIFFERS, by, calls)
        found = _read(calls[-1], asked, check)
        if isinstance(found, Malformed):
            return Proposed((), found.reason, by, calls, detail)
        return Proposed(found, None, by, calls)


def _asks(call: Call, asked: Asked) -> bool:
    said = [str(message.get("content")) for message in call.request["messages"]]
    return asked.user in said and any(asked.system in one for one in said)


def _read(call: Call, asked: Asked, check: Check | None) -> tuple[Proposal, ...] | Malformed:
    heard = heard_from(call.response, canonical(call.response), call.latency_s, None)
    if not heard.is_reply:
        return Malformed(heard.failed or "http", heard.detail)
    raw = from_wire(heard.body)
    return raw if isinstance(raw, Malformed) else judged(raw, call.style, asked, check)  # type: ignore[arg-type]  # as recorded


def _call(raw: Mapping[str, Any]) -> Call:
    usd = raw["usd"]
    kept = {name: raw[name] for name in raw if name not in {"task", "usd"}}
    return Call(**kept, usd=None if usd is None else Decimal(usd))
