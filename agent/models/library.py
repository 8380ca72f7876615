"""The client library, set up so that it asks only what we ask: ChatOpenAI on our own connection.

It speaks to ``/chat/completions`` only, never tries again by itself, and is given no key: the endpoint puts
the key on (`agent.models.endpoint`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import httpx2
from langchain_core.messages import BaseMessage
from langchain_openai import ChatOpenAI

from agent.models.heard import Heard
from agent.models.reply import Style
from agent.models.styles import asking
from agent.models.transport import Line, Wire

LONGEST_ANSWER = 4096
"""Tokens of one answer, thinking included."""


async def no_key() -> str:
    """What the library signs requests with, before the endpoint puts the real key on."""
    return "unsigned"


def library_options(line: Line, model: str, transport: httpx2.AsyncBaseTransport) -> dict[str, Any]:
    """The options of a `ChatOpenAI` for *model* over *transport*; nothing of it comes from the environment."""
    return {
        "model": model,
        "base_url": line.base_url,
        # a coroutine: with a plain key the library would open a second, synchronous client
        "api_key": no_key,
        "http_async_client": httpx2.AsyncClient(transport=transport),
        "timeout": httpx2.Timeout(None),
        "stream_chunk_timeout": None,
        "max_retries": 0,
        "use_responses_api": False,
        "openai_proxy": None,
        "cache": False,
        "max_completion_tokens": LONGEST_ANSWER,
    }


async def ask(line: Line, model: str, messages: Sequence[BaseMessage], style: Style, until: float) -> Wire:
    """One call; its `Wire.heard` is set, whatever happened.

    Never raises for what the endpoint does.

    Raises:
        OSError: the answer could not be recorded.
    """
    wire = Wire(line, until)
    library = ChatOpenAI(**library_options(line, model, wire))
    try:
        await library.ainvoke(list(messages), **asking(style))
    except ValueError as error:
        # text that JSON over UTF-8 cannot hold never reached the wire
        if not wire.key:
            why = f"the question cannot be sent ({type(error).__name__})"
            wire.heard = Heard(400, b"", "http", why, is_sent=False)
    if wire.fault is not None:
        raise wire.fault
    return wire
