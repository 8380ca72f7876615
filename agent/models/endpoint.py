"""The endpoint itself: its address, the key, and the connections to it.

The key is known here and nowhere above: client libraries are given none, it is put on a request at the last
moment, and it is cut out of whatever comes back.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from functools import cache

import httpx2

from agent.models.heard import Heard
from agent.settings import Secret

_MASK = b"[secret]"
_DROPPED = ("authorization", "openai-", "user-agent", "x-stainless")
_LONGEST_PAUSE_S = 3600.0

# at DEBUG it writes the heads of answers as they came, and some endpoints send back the key that they refuse
logging.getLogger("httpcore2").setLevel(logging.WARNING)


class Endpoint:
    """Sends requests to one OpenAI-compatible endpoint; at home in whichever event loop is running.

    Connections are closed after each answer: decisions are far apart, and a connection that idled for an
    hour is one that fails.
    """

    def __init__(self, base_url: str, key: Secret | None) -> None:
        self.base_url = base_url
        self._key = key
        self._loop: asyncio.AbstractEventLoop | None = None
        self._network: httpx2.AsyncHTTPTransport | None = None

    def __repr__(self) -> str:
        return f"Endpoint({self.base_url!r})"

    async def send(self, request: httpx2.Request) -> httpx2.Response:
        """The answer's head; its body is still on the wire.

        Raises:
            httpx2.HTTPError: no answer.
        """
        # the library's own headers (machine, versions) are nobody's business, and it still needs them itself
        headers = [(name, value) for name, value in request.headers.items() if not name.startswith(_DROPPED)]
        if self._key is not None:
            headers.append(("authorization", f"Bearer {self._key.reveal()}"))
        return await self._transport().handle_async_request(
            httpx2.Request(
                request.method,
                request.url,
                headers=headers,
                stream=request.stream,
                extensions=request.extensions,
            )
        )

    def scrubbed(self, body: bytes) -> bytes:
        """*body* without our key: some endpoints send back what they refuse."""
        return body if self._key is None else body.replace(self._key.reveal().encode(), _MASK)

    async def aclose(self) -> None:
        """Closes what is open; the next request opens anew."""
        network, self._network = self._network, None
        if network is not None and self._loop is asyncio.get_running_loop():
            await network.aclose()

    def _transport(self) -> httpx2.AsyncHTTPTransport:
        loop = asyncio.get_running_loop()
        if self._network is None or self._loop is not loop:
            self._loop = loop
            self._network = httpx2.AsyncHTTPTransport(
                verify=_trusted(), limits=httpx2.Limits(max_keepalive_connections=0)
            )
        return self._network


@cache
def _trusted() -> ssl.SSLContext:
    """Reading the certificates takes longer than an answer of the offline analyst: once per process."""
    return httpx2.create_ssl_context()


async def read(response: httpx2.Response, largest: int) -> bytes:
    """At most *largest* bytes of the body, decompressed; the rest is left on the wire."""
    body = bytearray()
    try:
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) >= largest:
                break
    finally:
        await response.aclose()
    return bytes(body[:largest])


def asked_pause(response: httpx2.Response) -> float | None:
    """Seconds that the endpoint asks to wait (``Retry-After``, in seconds)."""
    text = response.headers.get("retry-after", "")
    return min(float(text), _LONGEST_PAUSE_S) if text.isascii() and text.isdigit() else None


def unreachable(error: Exception) -> Heard:
    """What a connection that failed is heard as; the library's own text stays out, it may quote anything."""
    sent = not isinstance(error, httpx2.ConnectError)
    return Heard(0, b"", "http", f"the connection failed ({type(error).__name__})", is_sent=sent)
