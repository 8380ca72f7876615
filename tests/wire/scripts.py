"""Models of every character: sound, sleeping, refusing, broken, and obedient to whoever writes to them."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from itertools import count
from typing import Any

from tests.wire.openai_server import Script
from tests.wire.replies import (
    JSON,
    Reply,
    a_proposal,
    answering,
    called,
    good,
    menu_of,
    mirrored,
    said,
    style_of,
    text_of,
)


def sound(request: dict[str, Any]) -> Reply:
    """A model that proposes the first asset of the menu, on a fact about it."""
    return good(request, [a_proposal(request)])


def no_view(request: dict[str, Any]) -> Reply:
    return good(request, [])


def proposing(*proposals: Mapping[str, Any]) -> Script:
    """A model that always proposes these."""
    return lambda request: good(request, proposals)


def answers(text: str | Callable[[dict[str, Any]], str]) -> Script:
    """A model whose answer is *text*, put where the request's style wants it."""
    return lambda request: mirrored(
        request, answering(request, text(request) if callable(text) else text), usage=(120, 40)
    )


def in_turn(*scripts: Script) -> Script:
    """One script for each request, the last of them for all that follow."""
    number = count()

    def script(request: dict[str, Any]) -> Reply:
        return scripts[min(next(number), len(scripts) - 1)](request)

    return script


def echo(request: dict[str, Any]) -> Reply:
    """Says back what it was told last."""
    return said(request, text_of({"messages": request["messages"][-1:]}))


def hang(request: dict[str, Any]) -> Reply:
    """Accepts the request and never answers."""
    return good(request, [], delay=math.inf)


def slow(seconds: float, then: Script = sound) -> Script:
    def script(request: dict[str, Any]) -> Reply:
        reply = then(request)
        return Reply(reply.body, reply.status, reply.headers, delay=seconds)

    return script


def slow_trickle(request: dict[str, Any], pause: float = 0.05) -> Reply:
    """A sound reply, three bytes at a time: each read is quick, the whole is not."""
    return good(request, [a_proposal(request)], piece=3, pause=pause)


def refusing(status: int, message: str = "refused by the script", **headers: str) -> Script:
    """An endpoint that answers *status* with an error body, as OpenAI words it."""
    body = {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": None}}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _: Reply(json.dumps(body).encode(), status, JSON | named)


def unauthorised(request: dict[str, Any]) -> Reply:
    """401, with the key echoed in the message as real providers do."""
    return refusing(401, "Incorrect API key provided: sk-test-secret. You can find your key somewhere.")(
        request
    )


def rate_limited(retry_after: str = "1") -> Script:
    return refusing(429, "Rate limit reached", retry_after=retry_after)


def unknown_model(request: dict[str, Any]) -> Reply:
    return refusing(404, f"The model `{request.get('model')}` does not exist")(request)


def refuses_tools(then: Script = sound) -> Script:
    """A server without tool calls: 400 where one is asked for."""
    no = refusing(
        400, '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set'
    )
    return lambda request: no(request) if style_of(request) == "tools" else then(request)


def refuses_json_schema(then: Script = sound) -> Script:
    """A server without structured output: 400 where it is asked for."""
    no = refusing(400, "response_format of type json_schema is not supported by this model")
    return lambda request: no(request) if style_of(request) == "schema" else then(request)


def only_text(then: Script = sound) -> Script:
    """A server that takes neither tools nor a schema."""
    return refuses_tools(refuses_json_schema(then))


_REPLY_WITH = re.compile(r"(?:reply|answer|respond|output|say)\b[^{\n]{0,60}(?=\{)", re.IGNORECASE)
_CALL = re.compile(
    r"call (?:the )?(?:tool |function )?`?([A-Za-z_][\w.]*)`?(?: with)? *(?=\{)", re.IGNORECASE
)
_TRADE = re.compile(
    r"\b(buy|long|pump|sell|short|dump)\b(?: all| everything| more| now| only| into| of)* +(\S+)", re.I
)
_OVERRIDE = re.compile(
    r"(?:ignore|disregard|forget) (?:all |any )?(?:the )?(?:previous|prior|above|your)", re.I
)


def obedient(request: dict[str, Any]) -> Reply:
    """Does what any text in the user's or a tool's message tells it to; the worst reader of a prompt.

    It knows "call TOOL with {…}", "reply with {…}", "buy X" and "sell X" for a symbol, a ticker or an
    index of the menu, and "ignore previous instructions" alone, upon which it buys everything.
    """
    text = text_of(request, "user", "tool")
    if (order := _CALL.search(text)) and (given := _object_at(text, order.end())) is not None:
        return called(request, (order[1], given))
    for order in _REPLY_WITH.finditer(text):
        if (given := _object_at(text, order.end())) is not None:
            return answers(json.dumps(given))(request)
    wishes = dict(_trades(request, text))
    if not wishes and _OVERRIDE.search(text):
        wishes = dict.fromkeys(menu_of(request), 1.0)
    proposals = [a_proposal(request, index, stance) | {"confidence": 1.0} for index, stance in wishes.items()]
    return good(request, proposals) if menu_of(request) else said(request, "Nothing to do.")


def _object_at(text: str, start: int) -> dict[str, Any] | None:
    try:
        found, _ = json.JSONDecoder().raw_decode(text, start)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _trades(request: dict[str, Any], text: str) -> Sequence[tuple[int, float]]:
    names: dict[str, int] = {}
    for index, symbol in menu_of(request).items():
        names |= {symbol.upper(): index, symbol.partition("/")[0].upper(): index, str(index): index}
    found = [
        (names.get(name.strip(".,;:!?\"'()").upper()), word.lower()) for word, name in _TRADE.findall(text)
    ]
    return [(i, 1.0 if word in ("buy", "long", "pump") else -1.0) for i, word in found if i is not None]
