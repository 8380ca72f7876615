"""What a thread keeps, and what one turn works with. Plain data only: it is written to a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, TypedDict

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage

from agent.graph.conversation.toolbelt import Toolbelt

KEPT_TURNS = 12
"""How many turns a thread remembers."""

MOST_CALLS = 8
"""Tool calls of one turn, refused ones included."""

Listen = Callable[[str, Mapping[str, Any]], None]
"""Told of what happens: ``tool_start``, ``tool_end``, ``token``."""


class Turn(TypedDict):
    """One question and its answer, as later turns of the thread see them."""

    question: str
    answer: str


def newest_turns(kept: list[Turn] | None, added: list[Turn] | None) -> list[Turn]:
    """The newest `KEPT_TURNS` of both."""
    return [*(kept or ()), *(added or ())][-KEPT_TURNS:]


class Talk(TypedDict, total=False):
    """A thread (*turns*), and its running turn: everything else, which `begin` sets anew.

    *messages*: of this turn, oldest first, each with ``role``, ``content`` and where it has them ``calls``
    (``id``, ``name``, ``args``) or ``call_id``. *asked*: how many tool calls were made. *wanted*: the calls of
    the newest message that are still to be made. *repaired*: whether the one repair was spent.
    """

    turns: Annotated[list[Turn], newest_turns]
    question: str
    heading: str
    messages: list[dict[str, Any]]
    wanted: list[dict[str, Any]]
    asked: int
    draft: str
    repaired: bool
    answer: str
    claims: list[dict[str, Any]]
    dropped: int
    asked_back: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Aids:
    """What the nodes of one turn work with; never written to a file."""

    model: BaseChatModel
    toolbelt: Toolbelt
    listen: Listen


def spoken(system: str, turns: list[Turn], messages: list[dict[str, Any]]) -> list[BaseMessage]:
    """The conversation as a model reads it: the system prompt, earlier turns, this turn."""
    told: list[BaseMessage] = [SystemMessage(system)]
    for turn in turns:
        told += [HumanMessage(turn["question"]), AIMessage(turn["answer"])]
    return told + [_message(one) for one in messages]


def _message(one: dict[str, Any]) -> BaseMessage:
    if one["role"] == "tool":
        return ToolMessage(one["content"], tool_call_id=one["call_id"])
    if one["role"] == "user":
        return HumanMessage(one["content"])
    calls = [{"id": c["id"], "name": c["name"], "args": c["args"]} for c in one.get("calls", ())]
    return AIMessage(one["content"], tool_calls=calls)
