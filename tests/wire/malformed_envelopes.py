"""A sound answer in a completion that is not as asked."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.wire.kind import STYLES, Asked, Kind
from tests.wire.replies import (
    TOOL,
    Reply,
    a_call,
    a_proposal,
    an_answer,
    answering,
    completion,
    sent,
)


def envelope_kinds() -> list[Kind]:
    """A sound answer in a completion that is not as asked."""

    def kind(
        name: str,
        reason: str,
        edit: Callable[[dict[str, Any]], Any],
        *styles: str,
        also: tuple[str, ...] = (),
    ) -> Kind:
        def make(asked: Asked) -> Reply:
            return sent(edit(answering(asked, an_answer([a_proposal(asked)]))))

        return Kind(name, make, (reason, *also), styles or STYLES)

    def message(**changed: Any) -> Callable[[dict[str, Any]], Any]:
        def edit(envelope: dict[str, Any]) -> dict[str, Any]:
            choice = envelope["choices"][0]
            return envelope | {"choices": [choice | {"message": choice["message"] | changed}]}

        return edit

    def choice(**changed: Any) -> Callable[[dict[str, Any]], Any]:
        return lambda envelope: envelope | {"choices": [envelope["choices"][0] | changed]}

    def twice(envelope: dict[str, Any]) -> dict[str, Any]:
        return envelope | {"choices": envelope["choices"] * 2}

    def calls(*changes: dict[str, Any]) -> Callable[[dict[str, Any]], Any]:
        def edit(envelope: dict[str, Any]) -> Any:
            call = envelope["choices"][0]["message"]["tool_calls"][0]
            return message(tool_calls=[call | change for change in changes])(envelope)

        return edit

    def as_content(envelope: dict[str, Any]) -> Any:
        text = envelope["choices"][0]["message"]["tool_calls"][0]["function"]["arguments"]
        return completion({"content": text})

    def as_object(envelope: dict[str, Any]) -> Any:
        function = envelope["choices"][0]["message"]["tool_calls"][0]["function"]
        return calls({"function": function | {"arguments": json.loads(function["arguments"])}})(envelope)

    hold = {"function": {"name": TOOL, "arguments": '{"proposals": []}'}}
    shell = {"function": {"name": "bash", "arguments": '{"command": "ls"}'}}
    prose = {"content": "I would rather not call a tool."}
    return [
        kind("two choices", "many_calls", twice),
        kind("no choices", "empty", lambda envelope: envelope | {"choices": []}),
        kind("choices are null", "empty", lambda envelope: envelope | {"choices": None}, also=("schema",)),
        kind(
            "choices are missing",
            "schema",
            lambda envelope: {"id": envelope["id"], "object": "chat.completion"},
        ),
        kind(
            "choices are an object", "schema", lambda envelope: envelope | {"choices": envelope["choices"][0]}
        ),
        kind("a choice is null", "schema", lambda envelope: envelope | {"choices": [None]}),
        kind("the message is null", "schema", choice(message=None)),
        kind("the message is text", "schema", choice(message="buy")),
        kind("content is null", "empty", message(content=None), "schema", "text"),
        kind("content is a list of parts", "schema", message(content=[{"type": "text", "text": "{}"}])),
        kind("content is a number", "schema", message(content=4)),
        kind("the role is user", "schema", message(role="user")),
        kind("a refusal beside the answer", "refusal", message(refusal="I cannot give financial advice.")),
        kind("a refusal alone", "refusal", lambda _: completion({"content": None, "refusal": "I cannot."})),
        kind("stopped by the content filter", "refusal", choice(finish_reason="content_filter")),
        kind("finished for length, yet sound", "truncated", choice(finish_reason="length")),
        kind("finish reason is null", "schema", choice(finish_reason=None)),
        kind("finish reason is unknown", "schema", choice(finish_reason="eos")),
        kind("finish reason is a number", "schema", choice(finish_reason=0)),
        kind("the old function call", "schema", message(function_call={"name": TOOL, "arguments": "{}"})),
        kind("an error at status 200", "http", lambda _: {"error": {"message": "overloaded", "code": 529}}),
        kind("an error beside choices", "http", lambda envelope: envelope | {"error": {"message": "no"}}),
        kind("Anthropic's shape", "schema", lambda _: {"type": "message", "content": [{"type": "text"}]}),
        kind("the responses API's shape", "schema", lambda _: {"object": "response", "output": []}),
        kind("langchain's envelope", "schema", lambda e: {"lc": 1, "type": "constructor", "kwargs": e}),
        kind("a list of completions", "schema", lambda envelope: [envelope]),
        kind("two equal calls", "many_calls", calls({}, {}), "tools"),
        kind("two calls that disagree", "many_calls", calls(hold, {}), "tools"),
        kind("ours and another tool", "many_calls", calls({}, shell), "tools"),
        kind("300 calls", "many_calls", calls(*[hold] * 300), "tools"),
        kind("another tool", "schema", calls(shell), "tools"),
        kind(
            "the tool's name in capitals",
            "schema",
            calls({"function": hold["function"] | {"name": TOOL.upper()}}),
            "tools",
        ),
        kind("the tool has no name", "schema", calls({"function": {"arguments": "{}"}}), "tools"),
        kind(
            "the tool's name is null",
            "schema",
            calls({"function": {"name": None, "arguments": "{}"}}),
            "tools",
        ),
        kind("a call without a function", "schema", calls({"function": None}), "tools"),
        kind("a custom tool's call", "schema", calls({"type": "custom"}), "tools"),
        kind("arguments are an object", "schema", as_object, "tools"),
        kind("arguments are null", "schema", calls({"function": {"name": TOOL, "arguments": None}}), "tools"),
        kind("calls are an object", "schema", message(tool_calls={"name": TOOL}), "tools"),
        kind("no call, no content", "empty", message(tool_calls=[]), "tools"),
        kind("prose in place of the call", "schema", lambda _: completion(prose), "tools"),
        kind("sound JSON in place of the call", "schema", as_content, "tools"),
        kind(
            "a call that nobody offered", "schema", message(tool_calls=[a_call(TOOL, "{}")]), "schema", "text"
        ),
    ]
