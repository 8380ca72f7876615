"""The offline analyst: looks up what a question needs, then tells what it found. Deterministic."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable

from agent.graph.conversation.offline import of_account, of_asset, of_facts
from agent.graph.conversation.offline.intents import IN_WORDS, Intent, looks_back, looks_far
from agent.graph.conversation.offline.mentions import mentions
from agent.graph.conversation.offline.plan import Plan, plan
from agent.graph.conversation.offline.seen import Seen, this_turn
from agent.graph.conversation.offline.words import listed
from tools.desk.prose import DESCRIBES

NAME = "offline"
CAPABILITIES = (
    "I am the offline analyst: rules, no language model. I answer questions about the price, change, trend and levels "
    "of an asset, its on-chain activity, fundamentals, funding and news, about sentiment and narratives, about your portfolio, about what the agent decided and why, and about its limits. "
    "Ask, for example: What is BTC worth? Is ETH a buy this week? What do I hold? Why did you buy? What may you do?"
)
_ANOTHER_TIME = "I look at one moment only, and all of this is as of it; `--as-of T` looks at another one."
_WHICH = "Which asset do you mean? Name it by its ticker, its name or its symbol."


class OfflineTalker(BaseChatModel):
    """A chat model made of rules. *symbols* and *others*: the names that a question may use."""

    symbols: Mapping[str, str]
    others: Mapping[str, tuple[str, ...]]

    @property
    def _llm_type(self) -> str:
        return NAME

    def bind_tools(self, *_tools: Any, **_options: Any) -> Runnable[Any, AIMessage]:
        """Itself: it knows the tools."""
        return self

    def _generate(self, messages: list[BaseMessage], *_rest: Any, **_options: Any) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=self._reply(messages))])

    def _stream(
        self, messages: list[BaseMessage], *_rest: Any, **_options: Any
    ) -> Iterator[ChatGenerationChunk]:
        reply = self._reply(messages)
        chunks = [
            {"name": call["name"], "args": json.dumps(call["args"]), "id": call["id"], "index": place}
            for place, call in enumerate(reply.tool_calls)
        ]
        if chunks:
            yield ChatGenerationChunk(message=AIMessageChunk(content="", tool_call_chunks=chunks))
            return
        for line in reply.text.splitlines(keepends=True):
            yield ChatGenerationChunk(message=AIMessageChunk(content=line))

    def _reply(self, messages: list[BaseMessage]) -> AIMessage:
        earlier, question, seen = this_turn(messages)
        wanted = plan(question, earlier, self.symbols, self.others)
        if wanted.calls and not seen.results:
            calls = [
                {"id": f"o{place}", "name": name, "args": arguments}
                for place, (name, arguments) in enumerate(wanted.calls)
            ]
            return AIMessage("", tool_calls=calls)
        return AIMessage(self._answer(question, wanted, seen))

    def _answer(self, question: str, wanted: Plan, seen: Seen) -> str:
        if not wanted.calls:
            return _WHICH if wanted.intents else CAPABILITIES
        lines: list[str] = []
        if Intent.ORDER in wanted.intents:
            lines.append(
                "I cannot trade from a conversation: I only look. Orders come from the account's own decisions."
            )
        named = mentions(question, self.symbols, self.others).known
        lines += of_account.portfolio(seen)
        lines += of_account.decisions(seen, {self._symbol(name) for name in named}, question)
        lines += of_account.limits(seen)
        tellers = [of_asset.price, of_asset.horizon]
        if Intent.OPINION in wanted.intents:
            tellers.reverse()
        for name in wanted.of:
            for tell in (*tellers, of_asset.trend, of_asset.levels, of_asset.candles, of_asset.book):
                lines += tell(seen, name)
        lines += of_facts.tell(seen)
        if wanted.absent:
            what = listed([IN_WORDS.get(one, one) for one in wanted.absent])
            lines.append(f"I don't know about {what}: nothing here answers that yet.")
        if wanted.of and looks_back(question):
            lines.append(_ANOTHER_TIME)
        if Intent.OPINION in wanted.intents and any(seen.knows("get_price", name) for name in wanted.of):
            known = any(_has_grade(seen, name, "investor") for name in wanted.of)
            lines.append(_closing(question, known=known))
            if any(_has_grade(seen, name, "trader") for name in wanted.of):
                lines.append(DESCRIBES)
        return "\n".join(_spaced(lines))

    def _symbol(self, name: str) -> str:
        for spelling in (name, name.casefold(), name.upper()):
            if spelling in self.symbols:
                return self.symbols[spelling]
        return name


def _has_grade(seen: Seen, name: str, kind: str) -> bool:
    told = seen.of("get_grades", name)
    return told is not None and f"{kind}_grade" in told.facts


def _closing(question: str, *, known: bool) -> str:
    """*known*: whether there is an investor grade."""
    if looks_far(question) and not known:
        return (
            "You ask about months, and for months I have no view. What I can judge speaks to days and weeks only. "
            "This is no advice, and nothing here is a promise."
        )
    if looks_far(question):
        return (
            "You ask about months: that is the investor grade. What would change it: fundamentals and usage that turn. "
            "This is no advice, and nothing here is a promise."
        )
    return "What would change the view: a close beyond the nearest level against it. This is no advice, and nothing here is a promise."


def _spaced(lines: Sequence[str]) -> Iterator[str]:
    """A blank line before what is no point of a list, so that paragraphs stay apart."""
    for place, line in enumerate(lines):
        if place and not line.startswith("- "):
            yield ""
        yield line
