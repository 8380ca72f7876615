"""A question to a model, and how it is put: again with a complaint, where an answer was no good."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage

from agent.models.library import LONGEST_ANSWER
from agent.models.reply import Malformed, from_wire
from agent.models.styles import SCHEMA
from agent.models.usage import Usage, estimated
from prompts import load

_QUOTED = 300


@dataclass(frozen=True, slots=True)
class Asked:
    """A question: the prompt's two messages, the menu's symbols and the evidence by the ids it prints."""

    system: str
    user: str
    menu: tuple[str, ...]
    evidence: Mapping[str, Any]

    def usage(self) -> Usage:
        """What one call may take at most."""
        return estimated(
            {
                "messages": [self.system, self.user],
                "tools": SCHEMA,
                "max_completion_tokens": LONGEST_ANSWER,
            }
        )


def messages_of(asked: Asked, fault: Malformed | None, body: bytes) -> list[BaseMessage]:
    """What a model is told: the question, and what was wrong with its answer *body*, where there was one."""
    messages: list[BaseMessage] = [SystemMessage(asked.system), HumanMessage(asked.user)]
    if fault is not None:
        messages.append(HumanMessage(load("repair").fill(complaint=f"{fault.detail}.{_quoted(body)}")))
    return messages


def _quoted(body: bytes) -> str:
    """The beginning of the answer in *body*, for the model to know which one is meant."""
    raw = from_wire(body)
    if isinstance(raw, Malformed):
        return ""
    answer = raw.calls[0][1] if raw.calls else raw.content or ""
    text = " ".join(answer.split())
    return f' You answered: "{text[:_QUOTED]}{"…" if len(text) > _QUOTED else ""}"' if text else ""
