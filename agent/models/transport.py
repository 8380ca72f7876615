"""Between the client library and the network: the cassette, the deadline, and the raw bytes of the answer.

The library builds the request. What comes back it never sees: it is handed an empty completion, and the
real body waits in `Wire.heard` for our own strict parser. So nothing that an endpoint sends can make the
library raise, guess or log.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import httpx2

from agent.models.cassettes import Playback, Recording, key_of
from agent.models.endpoint import Endpoint, asked_pause, read, unreachable
from agent.models.heard import Heard
from agent.models.reply import BODY_BYTES
from core.instant import Instant
from core.ports import Clock

# what a connection can fail with; ValueError: an address or a header that cannot be written
NETWORK_ERRORS = (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError, OSError, ValueError, RuntimeError)
TIMEOUT = Heard(0, b"", "timeout", "no answer within the deadline")

_NOWHERE = "http://playback.invalid/v1"
_EMPTY = {
    "id": "kept",
    "object": "chat.completion",
    "created": 0,
    "model": "kept",
    "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": ""}}],
}


class Line:
    """The way to an endpoint: live, live and recorded, or played back with no network at all.

    Args:
        clock: The wall's, by which latency is measured.
        source: The endpoint, or the cassettes that stand for it.
        recording: Where live answers are kept as well.
    """

    def __init__(self, clock: Clock, source: Endpoint | Playback, recording: Recording | None = None) -> None:
        self._clock = clock
        self._recording = recording
        self.source = source
        self.base_url = source.base_url if isinstance(source, Endpoint) else _NOWHERE

    @property
    def is_playback(self) -> bool:
        """Whether answers come from cassettes."""
        return isinstance(self.source, Playback)

    def has_more(self, key: str) -> bool:
        """Whether cassettes hold further answers to *key*."""
        return isinstance(self.source, Playback) and self.source.has_more(key)

    def now(self) -> Instant:
        """The wall clock's now."""
        return self._clock.now()

    def keep(self, key: str, asked: Mapping[str, Any], heard: Heard, began: Instant) -> Heard:
        """*heard* with the time that it took since *began*; recorded, where recording."""
        timed = replace(heard, latency_s=(self._clock.now() - began) / 1000, at=began)
        if self._recording is not None:
            self._recording.write(key, asked, timed)
        return timed

    async def hear(self, request: httpx2.Request, key: str, asked: Mapping[str, Any], until: float) -> Heard:
        """The whole answer to *request*, or why there is none by *until* (the event loop's time)."""
        if isinstance(self.source, Playback):
            return played_back(self.source, key)
        began = self.now()
        try:
            async with asyncio.timeout_at(until):
                heard = await _live(self.source, request)
        except TimeoutError:
            heard = TIMEOUT
        return self.keep(key, asked, heard, began)

    async def aclose(self) -> None:
        """Closes the connections."""
        if isinstance(self.source, Endpoint):
            await self.source.aclose()


class Wire(httpx2.AsyncBaseTransport):
    """One call. After it, *key*, *asked* and *heard* say what went out and what came back.

    *fault*: our own disk's, which the library would take for the network's.
    """

    def __init__(self, line: Line, until: float) -> None:
        self._line = line
        self._until = until
        self.key = ""
        self.asked: Mapping[str, Any] = {}
        self.heard = Heard(0, b"", "http", "nothing was asked", is_sent=False)
        self.fault: OSError | None = None

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Hears the answer, and gives the library an empty completion in its place."""
        self.asked = json.loads(await request.aread())
        self.key = key_of(self.asked)
        try:
            self.heard = await self._line.hear(request, self.key, self.asked, self._until)
        except OSError as fault:
            self.fault = fault
        return httpx2.Response(200, json=_EMPTY)


def played_back(playback: Playback, key: str) -> Heard:
    """The recorded answer to *key*."""
    heard = playback.answer(key)
    if heard is not None:
        return heard
    return Heard(0, b"", "http", f"no cassette holds this question ({key[:12]}…)", is_unrecorded=True)


async def _live(endpoint: Endpoint, request: httpx2.Request) -> Heard:
    try:
        response = await endpoint.send(request)
        pause = asked_pause(response)
        # one byte more than a completion may have, so that the parser sees that it is too long
        body = await read(response, BODY_BYTES + 1)
    except TimeoutError:
        raise
    except NETWORK_ERRORS as error:
        return unreachable(error)
    return Heard(response.status_code, endpoint.scrubbed(body), pause_s=pause)
