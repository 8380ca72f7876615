"""The connections: one request out, one whole body back, or how it failed."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import httpx

from core.observation import Unreachable
from tools.sources.http.body import UnreadableError, body_of
from tools.sources.http.retries import TIMEOUTS
from tools.sources.http.verdict import Failed

# what a connection can fail with; ValueError: an address or a header that cannot be written
_FAILURES = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, ValueError, RuntimeError)


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds for one attempt: to connect, and between two pieces of the answer."""

    connect_s: float = 5.0
    read_s: float = 15.0


@dataclass(frozen=True, slots=True)
class Heard:
    """An answer as it came; the body decompressed."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Network:
    """Sends requests; at home in whichever event loop is running.

    No cookies, no redirects, no proxies, and none of the machine's settings.
    """

    def __init__(self, timeouts: Timeouts) -> None:
        self._timeouts = timeouts
        self._loop: asyncio.AbstractEventLoop | None = None
        self._transport: httpx.AsyncHTTPTransport | None = None

    async def send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        content: bytes | None,
        largest: int,
        about: str,
    ) -> Heard | Failed:
        """The answer, or how there was none; the library's own words stay out, they may quote anything."""
        each = self._timeouts
        waits = {"connect": each.connect_s, "read": each.read_s, "write": each.read_s, "pool": None}
        try:
            request = httpx.Request(
                method, url, headers=headers, content=content, extensions={"timeout": waits}
            )
            response = await self._connections().handle_async_request(request)
            try:
                return Heard(response.status_code, response.headers, await body_of(response, largest))
            finally:
                await response.aclose()
        except UnreadableError as error:
            return Failed(Unreachable(f"{about}: {error}"))
        except TIMEOUTS as error:
            return Failed(Unreachable(f"{about}: no answer in time ({type(error).__name__})"), again=True)
        except _FAILURES as error:
            return Failed(Unreachable(f"{about}: the connection failed ({type(error).__name__})"))

    async def aclose(self) -> None:
        """Closes what is open; the next request opens anew."""
        transport, self._transport = self._transport, None
        if transport is not None and self._loop is asyncio.get_running_loop():
            await transport.aclose()

    def _connections(self) -> httpx.AsyncHTTPTransport:
        loop = asyncio.get_running_loop()
        if self._transport is None or self._loop is not loop:
            self._loop = loop
            self._transport = httpx.AsyncHTTPTransport(verify=_trusted(), trust_env=False)
        return self._transport


@cache
def _trusted() -> ssl.SSLContext:
    """Reading the certificates takes long: once per process."""
    return httpx.create_ssl_context(trust_env=False)
