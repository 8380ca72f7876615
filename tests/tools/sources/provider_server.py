"""A local server that speaks as a provider does: bodies by path and query, or as broken as one likes.

    async with provider_server(script) as server:
        ...  # server.url stands in for the provider; then look at server.requests

It lives in the test's own event loop, binds 127.0.0.1 at a free port, and drops all connections at its end.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.wire.replies import Reply


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it arrived; header names in lower case."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


Script = Callable[[Request], Reply]


@dataclass
class ProviderServer:
    """*script* may be replaced at any time."""

    script: Script
    port: int = 0
    requests: list[Request] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@asynccontextmanager
async def provider_server(script: Script) -> AsyncIterator[ProviderServer]:
    """A running server."""
    server = ProviderServer(script)
    open_now: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        open_now.add(task)
        try:
            while await _one(server, reader, writer):
                pass
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            writer.transport.abort()
        finally:
            open_now.discard(task)
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
        tasks = list(open_now)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await listening.wait_closed()


async def _one(server: ProviderServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
    """Answers one request; false where the connection is then closed."""
    head = await reader.readuntil(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ", 2)
    headers = {
        name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)
    }
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    parts = urlsplit(target)
    request = Request(method, unquote(parts.path), dict(parse_qsl(parts.query)), headers, body)
    server.requests.append(request)
    reply = server.script(request)
    if reply.delay:
        await (asyncio.Event().wait() if math.isinf(reply.delay) else asyncio.sleep(reply.delay))
    writer.write(reply.raw if reply.raw is not None else (_head(reply) + reply.body)[: reply.cut])
    await writer.drain()
    return reply.raw is None and reply.claimed_length is None and reply.cut is None


def _head(reply: Reply) -> bytes:
    length = len(reply.body) if reply.claimed_length is None else reply.claimed_length
    lines = [f"HTTP/1.1 {reply.status} Scripted", f"content-length: {length}"]
    lines += [f"{name}: {value}" for name, value in reply.headers.items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")
