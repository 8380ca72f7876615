"""What an OpenAI-compatible server answers: envelopes, in the style that the request asks for."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

JSON = {"content-type": "application/json"}
USAGE = (120, 40)
TOOL = "submit_decision"

_MENU = re.compile(r"^(\d+) (\S+/\S+)", re.MULTILINE)
_EVIDENCE = re.compile(r"^\[(e\d+)\] (\d+|market|account) ([a-z0-9_.]+) (\S+) (\S+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Reply:
    """One HTTP answer, good or broken.

    delay: seconds before its first byte; ``math.inf`` hangs until the server closes.
    piece, pause: bytes per write, and seconds between two writes.
    cut: the connection is dropped after ``response[:cut]``, head included; 0 sends nothing.
    claimed_length: the content-length that is written in place of the true one.
    raw: sent in place of any HTTP.
    """

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=lambda: JSON)
    delay: float = 0.0
    piece: int | None = None
    pause: float = 0.0
    cut: int | None = None
    claimed_length: int | None = None
    raw: bytes | None = None


def style_of(request: Mapping[str, Any]) -> str:
    """tools, schema or text: how *request* asks for its answer."""
    if request.get("tools"):
        return "tools"
    return "schema" if (request.get("response_format") or {}).get("type") == "json_schema" else "text"


def text_of(request: Mapping[str, Any], *roles: str) -> str:
    """What the messages of *roles* (default: all) say."""
    messages = [m for m in request.get("messages", ()) if not roles or m.get("role") in roles]
    contents = [message.get("content") or "" for message in messages]
    return "\n".join(
        content if isinstance(content, str) else "\n".join(part.get("text", "") for part in content)
        for content in contents
    )


def menu_of(request: Mapping[str, Any]) -> dict[int, str]:
    """Index and symbol of the menu that the prompt prints."""
    return {int(index): symbol for index, symbol in _MENU.findall(text_of(request, "user"))}


def evidence_of(request: Mapping[str, Any]) -> list[str]:
    """The evidence ids that the prompt prints."""
    return [found[0] for found in _EVIDENCE.findall(text_of(request, "user"))]


def a_proposal(request: Mapping[str, Any], asset: int = 0, stance: float = 0.4) -> dict[str, Any]:
    """A valid proposal for *asset*, resting on a fact about it where the prompt has one."""
    facts = _EVIDENCE.findall(text_of(request, "user"))
    about = [fact[0] for fact in facts if fact[1] == str(asset)] or [fact[0] for fact in facts]
    return {
        "asset": asset,
        "stance": stance,
        "confidence": 0.6,
        "horizon": "days",
        "evidence": about[:1],
        "invalidation": "The trend turns.",
        "thesis": "The trend is up.",
    }


def an_answer(proposals: Sequence[Mapping[str, Any]]) -> str:
    return json.dumps({"proposals": list(proposals)})


def completion(
    message: Mapping[str, Any],
    finish_reason: str | None = "stop",
    usage: tuple[int, int] | None = USAGE,
    model: str = "test-model",
) -> dict[str, Any]:
    """The envelope of a completion with one choice."""
    choice = {"index": 0, "message": {"role": "assistant", **message}, "finish_reason": finish_reason}
    made: dict[str, Any] = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1_700_000_000}
    made |= {"model": model, "choices": [choice]}
    if usage is not None:
        made["usage"] = counted(usage)
    return made


def counted(usage: tuple[int, int]) -> dict[str, int]:
    return {"prompt_tokens": usage[0], "completion_tokens": usage[1], "total_tokens": sum(usage)}


def a_call(name: str, arguments: str, number: int = 1) -> dict[str, Any]:
    return {"id": f"call_{number}", "type": "function", "function": {"name": name, "arguments": arguments}}


def answering(request: Mapping[str, Any], text: str) -> dict[str, Any]:
    """The envelope whose answer is *text*, put where the request's style wants it."""
    model = str(request.get("model", "test-model"))
    if style_of(request) == "tools":
        called = {"content": None, "tool_calls": [a_call(TOOL, text)]}
        return completion(called, "tool_calls", model=model)
    return completion({"content": text}, model=model)


def sent(envelope: Any, *, stream: bool = False, **changes: Any) -> Reply:
    """*envelope* as a reply; with *stream* as server-sent events."""
    if stream:
        return Reply(events(envelope), headers={"content-type": "text/event-stream"}, **changes)
    return Reply(json.dumps(envelope).encode(), **changes)


def good(
    request: Mapping[str, Any],
    proposals: Sequence[Mapping[str, Any]],
    *,
    usage: tuple[int, int] | None = USAGE,
    **changes: Any,
) -> Reply:
    """*proposals* as a sound model sends them, in the style and manner that *request* asks for."""
    return mirrored(request, answering(request, an_answer(proposals)), usage=usage, **changes)


def said(
    request: Mapping[str, Any], text: str, *, usage: tuple[int, int] | None = USAGE, **changes: Any
) -> Reply:
    """A plain message, whatever was asked for."""
    return mirrored(request, completion({"content": text}), usage=usage, **changes)


def called(
    request: Mapping[str, Any],
    *calls: tuple[str, Mapping[str, Any]],
    usage: tuple[int, int] | None = USAGE,
    **changes: Any,
) -> Reply:
    """Calls of tools by name and arguments, as a conversation's model makes them."""
    made = [a_call(name, json.dumps(given), number) for number, (name, given) in enumerate(calls, start=1)]
    envelope = completion({"content": None, "tool_calls": made}, "tool_calls")
    return mirrored(request, envelope, usage=usage, **changes)


def mirrored(
    request: Mapping[str, Any], envelope: dict[str, Any], *, usage: tuple[int, int] | None, **changes: Any
) -> Reply:
    streamed = bool(request.get("stream"))
    wanted = not streamed or (request.get("stream_options") or {}).get("include_usage")
    envelope = envelope | {"usage": counted(usage) if usage and wanted else None}
    return sent(envelope, stream=streamed, **changes)


def events(envelope: Mapping[str, Any]) -> bytes:
    """A completion as the chunks of a stream, its usage in a last chunk without a choice."""
    choice = envelope["choices"][0]
    message = choice["message"]
    deltas: list[dict[str, Any]] = [{"role": "assistant", "content": ""}]
    deltas += [{"content": word} for word in re.findall(r"\S+\s*|\s+", message.get("content") or "")]
    for index, call in enumerate(message.get("tool_calls") or ()):
        deltas.append({"tool_calls": [{"index": index, **call}]})
    head = {"id": envelope["id"], "object": "chat.completion.chunk", "created": envelope["created"]}
    head |= {"model": envelope["model"]}
    chunks = [{**head, "choices": [{"index": 0, "delta": d, "finish_reason": None}]} for d in deltas]
    last = {"index": 0, "delta": {}, "finish_reason": choice["finish_reason"]}
    chunks.append({**head, "choices": [last]})
    if envelope.get("usage"):
        chunks.append({**head, "choices": [], "usage": envelope["usage"]})
    return b"".join(b"data: " + json.dumps(c).encode() + b"\n\n" for c in chunks) + b"data: [DONE]\n\n"
