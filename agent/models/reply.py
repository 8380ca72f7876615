"""From the bytes of a completion to proposals that may be looked at, or to why not.

Our own strict reading of the raw reply: the client libraries take the first of two contradictory tool
calls, the last of two equal keys, NaN, and an answer that was cut off. Nothing here raises, whatever the
bytes are; what is not exactly as asked is `Malformed`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from agent.models.proposals import proposals_in
from agent.models.strict_json import Unacceptable, fault, parse
from core.decision import Proposal

if TYPE_CHECKING:
    from langchain_core.messages import AIMessage

Style = Literal["tools", "schema", "text"]
"""How an answer was asked for: a forced tool call, a JSON schema, or plain text."""

TOOL = "submit_decision"
BODY_BYTES = 64 * 1024
ANSWER_BYTES = 8 * 1024

_FENCE = re.compile(r"\s*```[A-Za-z]*[ \t]*\r?\n(.*?)\s*```\s*", re.DOTALL)
_FINISHED = ("stop", "tool_calls")


@dataclass(frozen=True, slots=True)
class RawReply:
    """A model's one choice. *calls*: (tool name, arguments as text), in order."""

    content: str | None
    calls: tuple[tuple[str, str], ...]
    finish_reason: str | None
    refusal: str | None


@dataclass(frozen=True, slots=True)
class Malformed:
    """Why a reply is not used. *reason* is one of the contract's words for an abstention.

    *detail* is one short sentence; it never repeats more of the reply than a key's name.
    """

    reason: str
    detail: str


def from_wire(body: bytes) -> RawReply | Malformed:
    """The choice in the body of an answered ``/chat/completions`` (status 200, not streamed)."""
    try:
        completion = parse(body, name="the body", largest=BODY_BYTES)
        if isinstance(completion, dict) and completion.get("error"):
            return Malformed("http", "the endpoint sent an error where a reply was due")
        return _only_choice(_Completion.model_validate(completion))
    except ValidationError as error:
        return Malformed("schema", f"not a completion: {fault(error)}")
    except Unacceptable as unacceptable:
        return Malformed(unacceptable.reason, unacceptable.detail)


def from_message(message: AIMessage) -> RawReply | Malformed:
    """The reply in a message that was made in this process, as the offline analyst's is.

    Its arguments were never text, so what only text can have (equal keys, NaN by name) is for
    `from_wire` to see. Without a finish reason it counts as finished: nothing could cut it off.
    """
    if not isinstance(message.content, str):
        return Malformed("schema", "the message's content is not one text")
    calls = []
    for call in message.tool_calls:
        try:
            calls.append((call["name"], json.dumps(call["args"], ensure_ascii=False)))
        except (TypeError, ValueError, RecursionError):
            return Malformed("schema", "the arguments of a tool call are not JSON")
    calls += [(str(call["name"]), call["args"] or "") for call in message.invalid_tool_calls]
    finish_reason = message.response_metadata.get("finish_reason") or ("tool_calls" if calls else "stop")
    refusal = message.additional_kwargs.get("refusal")
    return RawReply(message.content, tuple(calls), str(finish_reason), str(refusal) if refusal else None)


def proposals_of(
    raw: RawReply, style: Style, menu_size: int, evidence_ids: Collection[str]
) -> tuple[Proposal, ...] | Malformed:
    """What *raw* proposes, asked for in *style*; ``()`` is the valid answer "no view".

    Assets 0 to *menu_size* - 1 may be named, and only *evidence_ids*, those printed in the prompt, cited.
    """
    try:
        answer = parse(_answer(raw, style), name="the answer", largest=ANSWER_BYTES)
        return proposals_in(answer, menu_size, evidence_ids)
    except Unacceptable as unacceptable:
        return Malformed(unacceptable.reason, unacceptable.detail)


def _answer(raw: RawReply, style: Style) -> str:
    if raw.refusal or raw.finish_reason == "content_filter":
        raise Unacceptable("refusal", "the model or its filter refused")
    if raw.finish_reason == "length":
        raise Unacceptable("truncated", "the answer was cut off at its longest")
    if raw.finish_reason not in _FINISHED:
        raise Unacceptable("schema", f"the finish reason is neither of {' and '.join(_FINISHED)}")
    return _call(raw) if style == "tools" else _content(raw, style)


def _call(raw: RawReply) -> str:
    if len(raw.calls) > 1:
        raise Unacceptable("many_calls", f"{len(raw.calls)} tool calls; one was asked for")
    if not raw.calls:
        reason = "schema" if (raw.content or "").strip() else "empty"
        raise Unacceptable(reason, f"no call of {TOOL}")
    (name, arguments) = raw.calls[0]
    if name != TOOL:
        raise Unacceptable("schema", f"another tool was called than {TOOL}")
    return arguments


def _content(raw: RawReply, style: Style) -> str:
    if raw.calls:
        raise Unacceptable("schema", "a tool call where none was offered")
    content = raw.content or ""
    fenced = _FENCE.fullmatch(content) if style == "text" else None
    return fenced[1] if fenced else content


class _Function(BaseModel):
    model_config = ConfigDict(strict=True)

    name: str
    arguments: str


class _Call(BaseModel):
    model_config = ConfigDict(strict=True)

    type: Literal["function"] | None = None
    function: _Function


class _Message(BaseModel):
    model_config = ConfigDict(strict=True)

    role: Literal["assistant"] | None = None
    content: str | None = None
    refusal: str | None = None
    tool_calls: list[_Call] | None = None
    function_call: None = None


class _Choice(BaseModel):
    model_config = ConfigDict(strict=True)

    finish_reason: str | None = None
    message: _Message


class _Completion(BaseModel):
    model_config = ConfigDict(strict=True)

    choices: list[Any] | None


def _only_choice(completion: _Completion) -> RawReply:
    choices = completion.choices or []
    if not choices:
        raise Unacceptable("empty", "the reply has no choice")
    if len(choices) > 1:
        raise Unacceptable("many_calls", f"{len(choices)} choices; one was asked for")
    choice = _Choice.model_validate(choices[0])
    message = choice.message
    calls = tuple((call.function.name, call.function.arguments) for call in message.tool_calls or ())
    return RawReply(message.content, calls, choice.finish_reason, message.refusal)
