"""Between the client library and the network, for conversations: the true answer passes through, streamed.

Each call is paid for before it is made, ends at the answer's deadline, and is recorded or played back like a
decision's. What cannot be answered comes out as `Unanswered`, which holds the sentence for the person.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import httpx2

from agent.models.budget import NOTHING, Budget, Reservation
from agent.models.call import Call
from agent.models.cassettes import key_of
from agent.models.deadline import episode
from agent.models.endpoint import Endpoint, read, unreachable
from agent.models.failures import model_error
from agent.models.heard import Heard, form
from agent.models.prices import Prices
from agent.models.reply import Malformed, from_wire
from agent.models.stream import LARGEST, AnswerStream, Unanswered
from agent.models.transport import NETWORK_ERRORS, TIMEOUT, Line
from agent.models.usage import estimated, reported
from core.errors import ModelError

STYLE = "chat"


@dataclass(frozen=True, slots=True)
class Desk:
    """What every call of a conversation needs. *on_call* is told of each call when it is over."""

    line: Line
    model: str
    prices: Prices
    budget: Budget | None
    deadline_s: float
    on_call: Callable[[Call], None]


@dataclass(slots=True)
class _Asking:
    """One call on its way; `end` books, records and tells it, once."""

    desk: Desk
    key: str
    asked: Mapping[str, Any]
    reserved: Reservation | None
    is_over: bool = False

    def end(self, heard: Heard) -> None:
        if self.is_over:
            return
        self.is_over = True
        used = reported(heard.body) if heard.is_reply else None
        if self.reserved is not None and self.desk.budget is not None:
            free = heard.status >= 300 or not heard.is_sent
            self.desk.budget.settle(self.reserved, NOTHING if free else used)
        used = used or NOTHING
        at = self.desk.line.now() if heard.at is None else heard.at
        usd = self.desk.prices.usd(self.desk.model, used, at)
        outcome = "ok" if heard.is_reply else heard.failed or "http"
        self.desk.on_call(
            Call(
                self.key,
                self.desk.model,
                STYLE,
                self.asked,
                form(heard),
                heard.latency_s,
                *used,
                usd,
                outcome,
            )
        )


class Conversing(httpx2.AsyncBaseTransport):
    """The transport of a conversation's model."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """The endpoint's answer, or the cassette's.

        Raises:
            Unanswered: there is none.
        """
        desk = self._desk
        asked = json.loads(await request.aread())
        with episode(desk.deadline_s) as running:
            reserved = None
            if desk.budget is not None:
                reserved = desk.budget.reserve(running, desk.model, estimated(asked))
                if reserved is None:
                    raise Unanswered(_spent())
            asking = _Asking(desk, key_of(asked), asked, reserved)
            if asked.get("stream") and isinstance(desk.line.source, Endpoint):
                return await self._streamed(desk.line.source, request, asking, running.until)
            heard = await desk.line.hear(request, asking.key, asked, running.until)
        return self._whole(heard, asking)

    def _whole(self, heard: Heard, asking: _Asking) -> httpx2.Response:
        asking.end(heard)
        if not heard.is_reply:
            raise Unanswered(model_error(heard, self._desk.model))
        if asking.asked.get("stream"):
            return httpx2.Response(200, content=heard.body, headers={"content-type": "text/event-stream"})
        completion = from_wire(heard.body)
        if isinstance(completion, Malformed):
            raise Unanswered(_unusable(self._desk.model, completion.detail))
        return httpx2.Response(200, content=heard.body, headers={"content-type": "application/json"})

    async def _streamed(
        self, endpoint: Endpoint, request: httpx2.Request, asking: _Asking, until: float
    ) -> httpx2.Response:
        line, began = self._desk.line, self._desk.line.now()
        try:
            async with asyncio.timeout_at(until):
                response = await endpoint.send(request)
                refused = b"" if response.status_code == 200 else await read(response, LARGEST)
        except TimeoutError:
            return self._whole(line.keep(asking.key, asking.asked, TIMEOUT, began), asking)
        except NETWORK_ERRORS as error:
            return self._whole(line.keep(asking.key, asking.asked, unreachable(error), began), asking)
        if response.status_code != 200:
            heard = Heard(response.status_code, endpoint.scrubbed(refused))
            return self._whole(line.keep(asking.key, asking.asked, heard, began), asking)

        def over(heard: Heard) -> None:
            if heard.is_reply:
                heard = replace(heard, body=endpoint.scrubbed(heard.body))
            asking.end(line.keep(asking.key, asking.asked, heard, began))

        stream = AnswerStream(response, until, over, self._desk.model)
        return httpx2.Response(200, stream=stream, headers={"content-type": "text/event-stream"})


def _spent() -> ModelError:
    return ModelError(
        "the budget for models is spent",
        "Raise TOKENWISE_BUDGET_USD_… or TOKENWISE_BUDGET_TOKENS_DAY, or ask with --decider offline.",
        code="budget",
    )


def _unusable(model: str, why: str) -> ModelError:
    return ModelError(f"{model}: the answer cannot be used: {why}", "Try again, or another model.")
