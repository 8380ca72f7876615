"""The bytes of a streamed answer, as they come and until the deadline."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import httpx2

from agent.models.endpoint import unreachable
from agent.models.failures import model_error
from agent.models.heard import Heard
from agent.models.transport import NETWORK_ERRORS, TIMEOUT
from core.errors import ModelError

LARGEST = 1024 * 1024
"""Bytes of one answer."""

_END = b"\ndata: [DONE]"
_ABANDONED = Heard(0, b"", "http", "the reader went away before the answer's end")


class Unanswered(httpx2.TransportError):
    """No answer; *error* says why, to a person."""

    def __init__(self, error: ModelError) -> None:
        super().__init__(error.message)
        self.error = error


class AnswerStream(httpx2.AsyncByteStream):
    """The bytes of an answer as they come, until the deadline; the whole of them goes to *over*."""

    def __init__(
        self, response: httpx2.Response, until: float, over: Callable[[Heard], None], model: str
    ) -> None:
        self._response = response
        self._until = until
        self._over = over
        self._model = model
        self._body = bytearray(b"\n")
        self._chunks = response.aiter_bytes()
        self._is_over = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        # the library comes a second time for what follows the last event: there is nothing to wait for then
        while not self._is_over:
            try:
                async with asyncio.timeout_at(self._until):
                    chunk = await anext(self._chunks, None)
            except TimeoutError:
                raise self._failed(TIMEOUT) from None
            except NETWORK_ERRORS as error:
                raise self._failed(unreachable(error)) from None
            self._body += chunk or b""
            if len(self._body) > LARGEST:
                raise self._failed(Heard(0, b"", "http", "the answer does not end"))
            if chunk is None or _END in self._body:
                self._end(Heard(200, bytes(self._body[1:])))
            if chunk is not None:
                yield chunk

    async def aclose(self) -> None:
        """Ends it, read to its end or not."""
        self._end(_ABANDONED)
        await self._response.aclose()

    def _failed(self, heard: Heard) -> Unanswered:
        self._end(heard)
        return Unanswered(model_error(heard, self._model))

    def _end(self, heard: Heard) -> None:
        if not self._is_over:
            self._is_over = True
            self._over(heard)
