"""Asks a model for a decision, and never believes, waits or pays more than was set.

The rung is chosen before the first call: the deep model, the quick one, the offline analyst, nobody. Once a
call was made there is no other rung: what fails from then on is an abstention with its reason.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage

from agent.models.asked import Asked
from agent.models.attempts import Attempts, Check, judged
from agent.models.breaker import Breaker
from agent.models.budget import Reservation
from agent.models.call import Call
from agent.models.deadline import Episode, episode
from agent.models.reply import Malformed, from_message
from agent.models.transport import Line
from core.decision import Proposal

__all__ = ["Adapter", "Asked", "Call", "Proposed", "Routes", "Way"]

OFFLINE = "offline"


@dataclass(frozen=True, slots=True)
class Proposed:
    """An answer, or why there is none.

    *abstained*: a reason of the contract, and then *proposals* is empty. *decided_by*: the model that was
    asked, ``offline``, or ``none``. *detail*: one sentence about the abstention.
    """

    proposals: tuple[Proposal, ...]
    abstained: str | None
    decided_by: str
    calls: tuple[Call, ...] = ()
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Routes:
    """Which model answers what."""

    deep: str
    quick: str

    def ladder(self, *, deep: bool) -> tuple[str, ...]:
        """The models from the one that is wanted down to the cheapest."""
        return (self.deep, self.quick) if deep and self.quick != self.deep else (self.wanted(deep=deep),)

    def wanted(self, *, deep: bool) -> str:
        """The model that is asked where money does not matter."""
        return self.deep if deep else self.quick


@dataclass(frozen=True, slots=True)
class Way:
    """The way to the models: where nothing is asked of the network, there is none.

    *breaker* and *has_budget* are off in a playback, which must not depend on the wall's clock.
    """

    line: Line
    attempts: Attempts
    routes: Routes
    breaker: Breaker | None
    has_budget: bool


class Adapter:
    """Asks models for decisions.

    Args:
        way: How models are reached; `None`: they are switched off, and only *offline* answers.
        offline: The analyst that needs no model; `None` where there is none.
        deadline_s: Seconds for one decision, every attempt and connection included.
        ladder: Whether a cheaper rung may answer where the budget is spent. An evaluation says no, so that
            a model's row holds that model's decisions.
    """

    def __init__(
        self,
        way: Way | None,
        *,
        offline: BaseChatModel | None = None,
        deadline_s: float = 30.0,
        ladder: bool = True,
    ) -> None:
        self._way = way
        self._offline = offline
        self._deadline_s = deadline_s
        self._ladder = ladder

    @property
    def routes(self) -> Routes:
        """The names of the models that are asked."""
        return Routes(OFFLINE, OFFLINE) if self._way is None else self._way.routes

    def decision(self) -> AbstractContextManager[Episode]:
        """One decision of several questions: inside, they share one deadline and one budget."""
        return episode(self._deadline_s)

    async def propose(self, asked: Asked, *, deep: bool = False, check: Check | None = None) -> Proposed:
        """The answer to *asked*. Never raises for anything that a model or a network does.

        Args:
            asked: The question, and what an answer to it may name.
            deep: Whether the deep model is wanted, where two are configured.
            check: The ground-check: what is wrong with the proposals, in one sentence for the model.
        """
        way = self._way
        if way is None:
            return await self._without_models(asked, check, "http", "models are switched off")
        with self.decision() as running:
            model, reserved = self._rung(way, asked, running, deep=deep)
            if model is None:
                if self._ladder:
                    return await self._without_models(asked, check, "budget", "the budget is spent")
                return Proposed((), "budget", way.routes.wanted(deep=deep), detail="the budget is spent")
            if way.breaker is not None and not way.breaker.admits():
                way.attempts.release(reserved)
                return Proposed(
                    (), "breaker", model, detail="the endpoint failed too often; it is left alone"
                )
            try:
                outcome = await way.attempts.run(asked, model, running, reserved, check)
            except BaseException:
                if way.breaker is not None:
                    way.breaker.left()
                raise
        fault = outcome.fault
        if way.breaker is not None:
            is_down = fault is not None and fault.reason in {"http", "timeout"}
            (way.breaker.failed if is_down else way.breaker.succeeded)()
        if fault is not None:
            return Proposed((), fault.reason, model, outcome.calls, fault.detail)
        return Proposed(outcome.proposals, None, model, outcome.calls)

    async def aclose(self) -> None:
        """Closes what is open; a later question opens it anew."""
        if self._way is not None:
            await self._way.line.aclose()

    def _rung(
        self, way: Way, asked: Asked, running: Episode, *, deep: bool
    ) -> tuple[str | None, Reservation | None]:
        models = way.routes.ladder(deep=deep)
        if not way.has_budget:
            return models[0], None
        for model in models if self._ladder else models[:1]:
            reserved = way.attempts.reserve(asked, model, running)
            if reserved is not None:
                return model, reserved
        return None, None

    async def _without_models(self, asked: Asked, check: Check | None, reason: str, detail: str) -> Proposed:
        if self._offline is None:
            return Proposed((), reason, "none", detail=detail)
        message = await self._offline.ainvoke([SystemMessage(asked.system), HumanMessage(asked.user)])
        raw = from_message(message) if isinstance(message, AIMessage) else Malformed("schema", "no message")
        read = raw if isinstance(raw, Malformed) else judged(raw, "tools", asked, check)
        if isinstance(read, Malformed):
            return Proposed((), read.reason, OFFLINE, detail=read.detail)
        return Proposed(read, None, OFFLINE)
