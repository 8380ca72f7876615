"""Spoiling an answer the way a fault says."""

from __future__ import annotations

import json
import socket
import struct
from typing import Any

from aiohttp import web

from core.instant import Instant
from core.ports import Clock
from tools.exchange.stand_in.wire.call import Answer
from tools.exchange.stand_in.wire.faults import Fault, Way

PAGES = {
    403: "<html><head><title>403 Forbidden</title></head><body>Request blocked.</body></html>",
    500: "Internal Server Error",
    502: "<html><head><title>502 Bad Gateway</title></head><body>502 Bad Gateway</body></html>",
    503: "Unknown error, please check your request or try again later.",
    504: "<html><head><title>504 Gateway Time-out</title></head><body>504 Gateway Time-out</body></html>",
}

PIECES = 20


async def spoil(
    request: web.BaseRequest, fault: Fault, answer: Answer, wire: Clock, slow_ms: int
) -> web.StreamResponse:
    """Sends *answer* as *fault* has it. *slow_ms* is longer than the client's patience."""
    match fault.way:
        case Way.RESET | Way.CLOSE:
            return _hang_up(request, reset=fault.way is Way.RESET)
        case Way.STATUS:
            code = int(str(fault.detail))
            page = PAGES[code]
            kind = "text/html" if page.startswith("<") else "text/plain"
            return web.Response(status=code, text=page, content_type=kind)
        case Way.SILENCE:
            await _wait(wire, slow_ms)
            return written(answer)
        case Way.BODY:
            return web.Response(text=str(fault.detail), content_type="application/json")
        case Way.CUT:
            text = json.dumps(answer.body)
            return web.Response(text=text[: len(text) // 2], content_type="application/json")
        case Way.SHORT:
            return await _short(request, answer)
        case Way.TRICKLE:
            return await _trickle(request, answer, wire, slow_ms)
        case _:
            return written(answer)


def written(answer: Answer) -> web.Response:
    """*answer* as it should be."""
    return web.Response(
        status=answer.status,
        text=json.dumps(answer.body),
        content_type="application/json",
        headers=dict(answer.headers),
    )


def _hang_up(request: web.BaseRequest, *, reset: bool) -> web.Response:
    transport = request.transport
    if transport is not None:
        if reset and (plug := transport.get_extra_info("socket")) is not None:
            plug.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort() if reset else transport.close()
    return web.Response()


async def _short(request: web.BaseRequest, answer: Answer) -> web.StreamResponse:
    body = json.dumps(answer.body).encode()
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    response.content_length = len(body) + 64
    await response.prepare(request)
    await response.write(body)
    if request.transport is not None:
        request.transport.close()
    return response


async def _trickle(request: web.BaseRequest, answer: Answer, wire: Clock, slow_ms: int) -> web.StreamResponse:
    body = json.dumps(answer.body).encode()
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    response.content_length = len(body)
    await response.prepare(request)
    piece = -(-len(body) // PIECES)
    try:
        for start in range(0, len(body), piece):
            await _wait(wire, slow_ms // PIECES)
            await response.write(body[start : start + piece])
    except ConnectionError:
        return response  # the client lost its patience, which is what this fault is for
    return response


async def _wait(wire: Clock, milliseconds: int) -> None:
    await wire.sleep_until(Instant(wire.now() + milliseconds))


def mangled(body: Any, fault: Fault, without_order_id: Any, with_other_client_id: Any) -> Any:
    """*body* as the two faults of a new order's answer have it."""
    if fault.way is Way.NO_ORDER_ID:
        return without_order_id(body)
    if fault.way is Way.OTHER_CLIENT_ID:
        return with_other_client_id(body)
    return body
