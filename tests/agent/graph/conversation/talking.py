"""Asks a conversation on the small world of `tests.tools.ask.worlds`."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from langchain_core.language_models import BaseChatModel

from agent.graph.conversation.talk import Answered, Conversation
from agent.graph.conversation.threads import open_threads
from agent.models.call import Call
from agent.models.configured import chat_from
from core.instant import DAY, HOUR
from tests.agent.models.asking import settings
from tests.tools.ask.worlds import DAYS, START, context_at, paths
from tests.wire.replies import Reply, called, said
from tools.ask import AskContext
from tools.clocks import SystemClock

SERIES = paths()
NOW = START + DAYS * DAY
CONTEXT = context_at(SERIES, NOW + HOUR)


class Heard:
    """What a listener was told."""

    def __init__(self) -> None:
        self.events: list[tuple[str, Mapping[str, Any]]] = []

    def __call__(self, event: str, about: Mapping[str, Any]) -> None:
        self.events.append((event, dict(about)))

    @property
    def text(self) -> str:
        return "".join(about["text"] for event, about in self.events if event == "token")

    @property
    def tools(self) -> list[str]:
        return [about["name"] for event, about in self.events if event == "tool_start"]


def ask(
    *questions: str,
    context: AskContext = CONTEXT,
    home: Path | None = None,
    thread: str = "t1",
    url: str | None = None,
    heard: Heard | None = None,
    **options: Any,
) -> list[Answered]:
    """The answers to *questions*, one after the other in one thread; from the model at *url*, or offline."""

    async def run() -> list[Answered]:
        spent: list[Call] = []
        model: BaseChatModel | None = None
        if url is not None:
            model = chat_from(settings(url, **options), home, SystemClock(), on_call=spent.append)
        async with AsyncExitStack() as stack:
            threads = None if home is None else await stack.enter_async_context(open_threads(home))
            name = "offline" if url is None else "test-model"
            conversation = Conversation(model, threads, name, options.get("deadline_s", 30.0), spent)
            return [
                await conversation.ask(one, thread, context, heard or (lambda _event, _about: None))
                for one in questions
            ]

    return asyncio.run(run())


def data(question: str, **named: Any) -> dict[str, Any]:
    """The data of the answer to one question."""
    return ask(question, **named)[0].data


def own_words(told: dict[str, Any]) -> str:
    """The answer without the views of both horizons that every answer about an asset ends with."""
    answer, found, views = told["answer"].rpartition("\n\nViews of SUI: ")
    assert found
    assert "for traders over days to weeks" in views
    assert "for investors over months" in views
    return answer


def tool_texts(request: dict[str, Any]) -> list[dict[str, Any]]:
    return [json.loads(m["content"]) for m in request["messages"] if m["role"] == "tool"]


def calling(*calls: tuple[str, dict[str, Any]], then: str = "Done."):  # type: ignore[no-untyped-def]
    def script(request: dict[str, Any]) -> Reply:
        return said(request, then) if tool_texts(request) else called(request, *calls)

    return script
