"""A local OpenAI-compatible server whose every answer is scripted, good or as broken as one likes.

    with openai_server(script) as server:
        ...  # OPENAI_BASE_URL is server.url; then look at server.requests

A script is a function from the request's JSON to a `Reply`. It binds 127.0.0.1 at a free port, reads at
most `LARGEST` bytes of a request, keeps the last `LOGGED` requests, and drops all connections at its end.
"""

from __future__ import annotations

import json
import math
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.wire.replies import JSON, Reply

Script = Callable[[dict[str, Any]], Reply]

LARGEST = 4 * 1024 * 1024
LOGGED = 5_000
MODELS = ("test-model", "test-model-quick")


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it arrived. *at*: monotonic seconds. *json*: ``None`` where there is no body."""

    method: str
    path: str
    headers: dict[str, str]
    json: Any
    at: float = field(compare=False)


class OpenAIServer(ThreadingHTTPServer):
    """See the module. *script* may be replaced at any time; *faults* are scripts' own exceptions."""

    daemon_threads = False
    block_on_close = True
    request_queue_size = 64

    def __init__(self, script: Script) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        self.script = script
        self.requests: list[Request] = []
        self.faults: list[BaseException] = []
        self.closing = threading.Event()
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()

    @property
    def url(self) -> str:
        """What a client calls the base URL."""
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    @property
    def asked(self) -> list[dict[str, Any]]:
        """The JSON of every completion asked for, oldest first."""
        return [request.json for request in self.requests if request.path.endswith("/chat/completions")]

    def log(self, request: Request) -> None:
        with self._lock:
            self.requests.append(request)
            del self.requests[:-LOGGED]

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is not a fault; the rest is in *faults* already."""

    def drop_everyone(self) -> None:
        self.closing.set()
        with self._lock:
            for connection in self._open:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)


class _Connection(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: OpenAIServer

    def do_GET(self) -> None:
        self._log(None)
        if self.path.endswith("/models"):
            listed = [{"id": name, "object": "model", "created": 0, "owned_by": "tests"} for name in MODELS]
            self._send(Reply(json.dumps({"object": "list", "data": listed}).encode()))
        else:
            self._send(_error(404, "no such path"))

    def do_POST(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        if length > LARGEST:
            self.close_connection = True
            self._send(_error(413, "the request is too large"))
            return
        try:
            asked = json.loads(self.rfile.read(length))
        except ValueError:
            self._send(_error(400, "the request is not JSON"))
            return
        self._log(asked)
        if not self.path.endswith("/chat/completions"):
            self._send(_error(404, "no such path"))
            return
        try:
            reply = self.server.script(asked)
        except Exception as fault:
            self.server.faults.append(fault)
            reply = _error(500, "the script failed")
        self._send(reply)

    def _log(self, asked: Any) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.log(Request(self.command, self.path, headers, asked, time.monotonic()))

    def _send(self, reply: Reply) -> None:
        if reply.delay:
            self.server.closing.wait(None if math.isinf(reply.delay) else reply.delay)
        response = reply.raw if reply.raw is not None else _head(reply) + reply.body
        whole = reply.raw is None and reply.claimed_length is None and reply.cut is None
        self.close_connection = self.close_connection or not whole
        response = response[: reply.cut]
        try:
            for start in range(0, len(response), reply.piece or max(len(response), 1)):
                if start and reply.pause and self.server.closing.wait(reply.pause):
                    return
                self.wfile.write(response[start : start + (reply.piece or len(response))])
            if reply.claimed_length is not None and reply.claimed_length > len(reply.body):
                self._wait_for_the_client()
        except OSError:
            self.close_connection = True

    def _wait_for_the_client(self) -> None:
        """Keeps the promise of more bytes open, as a stuck server does, until the client gives up."""
        self.rfile.read(1)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Says nothing on stderr."""


def _head(reply: Reply) -> bytes:
    length = len(reply.body) if reply.claimed_length is None else reply.claimed_length
    lines = [f"HTTP/1.1 {reply.status} Scripted", f"content-length: {length}"]
    lines += [f"{name}: {value}" for name, value in reply.headers.items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def _error(status: int, message: str) -> Reply:
    body = {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": None}}
    return Reply(json.dumps(body).encode(), status, JSON)


@contextmanager
def openai_server(script: Script) -> Iterator[OpenAIServer]:
    """A running server; at its end a fault of the script's own is raised."""
    server = OpenAIServer(script)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.drop_everyone()
        server.server_close()
        thread.join()
    if server.faults:
        raise server.faults[0]
