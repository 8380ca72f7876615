"""A conversation from outside: a question and a context in, an answer out. Holds nothing that can trade."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from dataclasses import dataclass, field
from typing import Any

from langchain_core.language_models import BaseChatModel
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.errors import GraphRecursionError

from agent.graph.conversation.build import RECURSION_LIMIT, build
from agent.graph.conversation.horizons import horizons
from agent.graph.conversation.offline.analyst import NAME, OfflineTalker
from agent.graph.conversation.plain import plain_text
from agent.graph.conversation.state import Aids, Listen, Talk
from agent.graph.conversation.toolbelt import Toolbelt
from agent.graph.untraced import untraced
from agent.models.call import Call
from agent.models.deadline import episode
from core.errors import FaultError, ModelError, UsageError
from core.instant import Instant, iso
from core.money import ZERO, plain
from tools.ask import AskContext

LONGEST_QUESTION = 4_000
_THREAD = re.compile(r"[A-Za-z0-9._-]{1,64}")


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer. *data*: the object of CONTRACT §7; *unresolved*: no asset was found, so a question came back.

    *warnings*: ``{"code", "message"}`` of the market that it rests on.
    """

    data: dict[str, Any]
    now: Instant
    warnings: tuple[dict[str, str], ...] = ()

    @property
    def unresolved(self) -> bool:
        """Whether the answer is a question back."""
        return self.data["asked_back"] is not None


def check_question(text: str) -> str:
    """*text* without what surrounds it and what is no writing.

    Raises:
        UsageError: empty, or longer than `LONGEST_QUESTION`.
    """
    question = plain_text(text).strip()
    if not question:
        raise UsageError("the question is empty", 'Ask something, as in: tokenwise ask "What is BTC worth?"')
    if len(question) > LONGEST_QUESTION:
        raise UsageError(
            f"the question has {len(question)} characters; at most {LONGEST_QUESTION}", "Ask a shorter one."
        )
    return question


def check_thread(name: str) -> str:
    """*name*, fit to be a thread's.

    Raises:
        UsageError: it is not made of 1 to 64 letters, digits, dots, dashes and underscores.
    """
    if not _THREAD.fullmatch(name):
        raise UsageError(
            f"{name[:80]!r} is not the name of a thread", "Use letters, digits, '.', '_' and '-', at most 64."
        )
    return name


def _silent(_event: str, _about: Any) -> None:
    return


@dataclass(slots=True)
class Conversation:
    """Questions to *model* (`None`: the offline analyst) over *threads* (`None`: nothing is remembered).

    *decided_by*: who answers; *deadline_s*: seconds for one answer; *spent*: the calls that *model* made.
    """

    model: BaseChatModel | None
    threads: BaseCheckpointSaver[Any] | None
    decided_by: str = NAME
    deadline_s: float = 30.0
    spent: list[Call] = field(default_factory=list)
    _graph: Any = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._graph = build(self.threads)

    async def ask(
        self, question: str, thread: str, context: AskContext, listen: Listen = _silent
    ) -> Answered:
        """The answer to *question* as of *context*; *listen* hears of tools and of text as they come.

        Raises:
            UsageError: an empty or too long question, or a thread's name that is none.
            ModelError: the model did not answer in time, or not at all.
        """
        asked = check_question(question)
        belt = Toolbelt(context)
        model = self.model or OfflineTalker(symbols=context.symbols, others=context.others)
        aids = Aids(model, belt, listen)
        self.spent.clear()
        config = {
            "configurable": {"thread_id": check_thread(thread)},
            "recursion_limit": RECURSION_LIMIT,
        }
        given: Talk = {"question": asked, "heading": heading(context)}
        try:
            with episode(self.deadline_s), untraced():
                async with asyncio.timeout(self.deadline_s):
                    state = await self._graph.ainvoke(given, config, context=aids, **self._durability)
        except TimeoutError:
            raise ModelError(
                f"{self.decided_by} gave no answer within {self.deadline_s:g} seconds",
                "Raise TOKENWISE_LLM_DEADLINE, or ask with --decider offline.",
                code="timeout",
            ) from None
        except sqlite3.Error as error:
            raise FaultError(
                f"the thread {thread!r} cannot be read or kept: {error}",
                "Ask again, or without --thread.",
                code="threads",
            ) from error
        except GraphRecursionError:
            raise ModelError(
                f"{self.decided_by} went round in circles", "Ask a narrower question.", code="looping"
            ) from None
        return Answered(self._told(asked, thread, state, belt), context.now)

    def _told(self, question: str, thread: str, state: Talk, belt: Toolbelt) -> dict[str, Any]:
        return {
            "question": question,
            "thread": thread,
            "answer": state["answer"],
            "horizons": horizons(belt),
            "evidence": [one.told(identity) for identity, one in belt.evidence.items()],
            "claims": state["claims"],
            "dropped": state["dropped"],
            "missing": [{"what": one.what, "why": one.why} for one in belt.missing],
            "asked_back": state["asked_back"],
            "proposal": None,
            "tools": belt.calls,
            "decided_by": self.decided_by,
            "cost": self._cost(),
        }

    @property
    def _durability(self) -> dict[str, Any]:
        return {} if self.threads is None else {"durability": "exit"}

    def _cost(self) -> dict[str, Any]:
        """What the answer took; ``usd`` is ``null`` where a call's price is not known."""
        known = [call.usd for call in self.spent if call.usd is not None]
        return {
            "calls": len(self.spent),
            "tokens_in": sum(call.tokens_in for call in self.spent),
            "tokens_out": sum(call.tokens_out for call in self.spent),
            "usd": plain(sum(known, ZERO)) if len(known) == len(self.spent) else None,
        }


def heading(context: AskContext) -> str:
    """When and where the question is asked, in lines of data."""
    kind = "simulated" if context.market.simulated else "real"
    account = context.account or "none"
    return f"Now: {iso(context.now)}\nMarket: {context.source} ({kind})\nAccount: {account}"
