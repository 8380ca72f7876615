"""What ``ask`` and ``chat`` share: the model, the market, the thread, and how an answer is told."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from hashlib import sha256
from types import TracebackType
from typing import Any

from agent import settings
from agent.cli.grades import comparisons
from agent.cli.session import session
from agent.graph.conversation.answerer import answerer
from agent.graph.conversation.offline.intents import is_of_account
from agent.graph.conversation.state import Listen
from agent.graph.conversation.talk import Answered, Conversation, check_question, check_thread
from agent.graph.conversation.threads import open_threads
from agent.models.call import Call
from agent.runtime.asking import asking
from core.instant import Instant
from tools.clocks import SystemClock


@dataclass(frozen=True, slots=True)
class Flags:
    """The flags of ``ask`` and ``chat``."""

    market: str = "auto"
    as_of: Instant | None = None
    thread: str | None = None
    decider: str | None = None
    account: str = "paper"


class Talking:
    """An open conversation: questions in, answers out. Closing it lets the process end."""

    def __init__(self, flags: Flags) -> None:
        self._flags = flags
        self._home = session().home
        self._clock = SystemClock()
        self._spent: list[Call] = []
        self._settings = settings.model_settings()
        self._model, self._name = answerer(
            flags.decider, self._settings, self._home, self._clock, self._spent.append
        )
        self.thread = check_thread(flags.thread) if flags.thread is not None else self._new_thread()

    def __enter__(self) -> Talking:
        self._runner = asyncio.Runner()
        self._open = AsyncExitStack()
        self._runner.__enter__()
        try:
            self._conversation = self._runner.run(self._begin())
        except BaseException:
            self._runner.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._runner.run(self._open.aclose())
        finally:
            self._runner.close()

    def ask(self, question: str, listen: Listen) -> tuple[Answered, bool]:
        """The answer, and whether its market is simulated.

        Raises:
            UsageError: a question, market or time that cannot be used.
            ModelError: the model did not answer.
        """
        asked = check_question(question)
        flags = self._flags
        with asking(
            flags.market,
            self._home,
            self._clock,
            as_of=flags.as_of,
            account=flags.account,
            of_account=is_of_account(asked),
        ) as world:
            answered = self._runner.run(self._conversation.ask(asked, self.thread, world.context, listen))
            if _rests_on_grades(answered):
                answered = replace(answered, warnings=tuple(comparisons(world)))
            return answered, world.simulated

    async def _begin(self) -> Conversation:
        threads = await self._open.enter_async_context(open_threads(self._home))
        return Conversation(self._model, threads, self._name, self._settings.deadline_s, self._spent)

    def _new_thread(self) -> str:
        return "t" + sha256(f"{self._clock.now()} {id(self)}".encode()).hexdigest()[:11]


def _rests_on_grades(answered: Answered) -> bool:
    return any(one["grade"] is not None for one in answered.data["horizons"])


class Printer:
    """Prints an answer as it comes; what was already printed is never contradicted silently."""

    def __init__(self) -> None:
        self._printed = ""
        self._is_terminal = sys.stderr.isatty()

    def listen(self, event: str, about: Mapping[str, Any]) -> None:
        """Hears of a tool or a piece of text."""
        if event == "token":
            print(about["text"], end="", flush=True)
            self._printed += about["text"]
        elif event == "tool_end" and self._is_terminal:
            told = " ".join(str(value) for value in about["arguments"].values())
            print(f"  · {about['name']} {told} {about['outcome']}", file=sys.stderr, flush=True)

    def finish(self, answered: Answered, *, simulated: bool, show_evidence: bool) -> None:
        """Prints what is not yet printed, then who answered as of when."""
        data = answered.data
        if data["answer"].startswith(self._printed):
            print(data["answer"][len(self._printed) :])
        else:
            print(f"\n\nCorrected answer:\n{data['answer']}")
        if data["dropped"]:
            print(f"\n({data['dropped']} sentence(s) left out: the data do not bear them out.)")
        if show_evidence:
            tell_evidence(data["evidence"])
        from core.instant import iso

        where = "SIMULATED market" if simulated else "real market"
        print(f"\n[{data['decided_by']} · {where} · as of {iso(answered.now)} · thread {data['thread']}]")


def tell_evidence(evidence: list[dict[str, str]]) -> None:
    """Prints every fact that the answer may rest on."""
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    names = ("id", "tool", "asset", "metric", "value", "unit", "as_of", "source")
    for name in names:
        table.add_column(name)
    for one in evidence:
        table.add_row(*(one[name] for name in names))
    print()
    Console(width=None if sys.stdout.isatty() else 160, markup=False, highlight=False).print(table)
