"""What the tools of this turn said, read back from the messages that carry it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage

from agent.graph.conversation.offline.words import Fact
from core.instant import Instant, instant


@dataclass(frozen=True, slots=True)
class Told:
    """One result: its evidence by metric, what it lacks and why, its data."""

    tool: str
    arguments: dict[str, Any]
    data: dict[str, Any] = field(default_factory=dict)
    facts: dict[str, Fact] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    evidence: tuple[Fact, ...] = ()

    def about(self, asset: str) -> dict[str, Fact]:
        """The evidence about *asset* by metric, where a result is about several."""
        return {one["metric"]: one for one in self.evidence if one["asset"] == asset}

    def why(self, what: str) -> str:
        """Why *what* is missing."""
        return self.missing.get(what) or next(iter(self.missing.values()), "no_data")

    def title(self, asked: str) -> str:
        """What the asset is called that was asked for as *asked*: its ticker where that is known."""
        asset = self.data.get("asset")
        symbol = asset["symbol"] if isinstance(asset, dict) else self.data.get("symbol")
        return symbol.partition("/")[0] if symbol else asked


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything that the tools of this turn said, and when the question was asked."""

    now: Instant
    results: tuple[Told, ...]

    def of(self, tool: str, asset: str | None = None) -> Told | None:
        """What *tool* said (of *asset*); `None` where it was not asked."""
        for one in self.results:
            if one.tool == tool and (asset is None or one.arguments.get("asset") == asset):
                return one
        return None

    def knows(self, tool: str, asset: str) -> bool:
        """Whether *tool* had any fact of *asset*."""
        told = self.of(tool, asset)
        return told is not None and bool(told.facts)


def this_turn(messages: Sequence[BaseMessage]) -> tuple[list[str], str, Seen]:
    """Earlier questions, this one, and what the tools said since; the newest question bears a heading."""
    earlier: list[str] = []
    question, now, start = "", Instant(0), 0
    for place, message in enumerate(messages):
        if isinstance(message, HumanMessage):
            text = message.text
            if "\n\nQuestion:\n" in text and text.startswith("Now: "):
                heading, _, question = text.partition("\n\nQuestion:\n")
                now, start = instant(heading.splitlines()[0].removeprefix("Now: ")), place
            elif not start:
                earlier.append(text)
    return earlier, question.strip(), Seen(now, tuple(_results(messages[start:])))


def _results(messages: Sequence[BaseMessage]) -> list[Told]:
    asked = {call["id"]: call for one in messages if isinstance(one, AIMessage) for call in one.tool_calls}
    return [
        _told(asked[one.tool_call_id]["name"], asked[one.tool_call_id]["args"], one.text)
        for one in messages
        if isinstance(one, ToolMessage) and one.tool_call_id in asked
    ]


def _told(tool: str, arguments: dict[str, Any], text: str) -> Told:
    read = json.loads(text)
    data = read.get("data")
    return Told(
        tool,
        arguments,
        data if isinstance(data, dict) else {},
        {one["metric"]: one for one in read.get("evidence", ())},
        {one["what"]: one["why"] for one in read.get("missing", ())},
        tuple(read.get("evidence", ())),
    )
