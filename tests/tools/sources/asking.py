"""Asking a provider that a local server stands in for, on a clock that jumps."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from typing import Any, TypeVar

from core.instant import Instant, instant
from core.ports import Clock
from tests.tools.sources.provider_server import ProviderServer, Script, provider_server
from tests.wire.replies import Reply
from tools.clocks import SimulatedClock
from tools.database import connect
from tools.sources.http.fetcher import Fetcher
from tools.sources.http.limits import Limits
from tools.sources.http.schema import SCHEMA

T = TypeVar("T")

NOW = instant("2026-03-10T12:00:00Z")
DAY_S = 86_400


class Canary:
    """A key that must be seen on the wire and nowhere else."""

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        return self._text


KEYS = {"coingecko": Canary("canary-8f14e45f-ceea"), "tokenmetrics": Canary("canary-167a5e21-9d3b")}
STOOD_IN = (
    "defillama",
    "coingecko",
    "coinmetrics",
    "blockchain",
    "alternative_me",
    "tokenmetrics",
    "news",
)


def asked(
    script: Script,
    question: Callable[[Fetcher, ProviderServer], Awaitable[T]],
    *,
    clock: Clock | None = None,
    cache: Path | None = None,
    **options: Any,
) -> T:
    """What *question* comes to while *script* answers for every provider."""

    async def run() -> T:
        async with provider_server(script) as server:
            chosen = {"keys": KEYS, "opted_in": frozenset({"coinmetrics"}), "limits": Limits()} | options
            with closing(connect(cache or Path(":memory:"), SCHEMA)) as connection:
                fetcher = Fetcher(
                    connection,
                    clock or SimulatedClock(NOW),
                    stand_ins=dict.fromkeys(STOOD_IN, server.url),
                    **chosen,
                )
                try:
                    return await question(fetcher, server)
                finally:
                    await fetcher.aclose()

    return asyncio.run(run())


def js(body: object, status: int = 200, **headers: str) -> Reply:
    """A JSON answer."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(json.dumps(body).encode(), status, {"content-type": "application/json"} | named)


def seconds(text: str) -> int:
    """The epoch in seconds of an ISO text."""
    return instant(text) // 1000


def at(text: str) -> Instant:
    return instant(text)
