"""The channels that tell a person: what they send, what they refuse, and that they never raise."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from core.errors import UsageError
from core.instant import SECOND, instant
from tools.clocks import SimulatedClock
from tools.notify.channel import notifiers

NOW = instant("2026-11-22T12:00:00Z")


@contextmanager
def hook(*statuses: int) -> Iterator[tuple[str, list[Any]]]:
    """A web address that answers with *statuses* in turn (then 200), and what it was sent."""
    sent: list[Any] = []
    left = list(statuses)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(left.pop(0) if left else 200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/secret-token", sent
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def tell(asked: dict[str, Any], clock: SimulatedClock | None = None) -> None:
    asyncio.run(notifiers(asked, clock or SimulatedClock(NOW)).notify("halt", "paper: halted by a person"))


def test_the_log_is_told_unless_it_is_switched_off(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        tell({})
        tell({"log": False})
    assert caplog.messages == ["halt: paper: halted by a person"]


def test_a_webhook_is_sent_one_object() -> None:
    with hook() as (url, sent):
        tell({"webhook": url})
    assert sent == [
        {
            "code": "halt",
            "message": "paper: halted by a person",
            "text": "tokenwise halt: paper: halted by a person",
            "at": "2026-11-22T12:00:00Z",
        }
    ]


def test_a_server_in_trouble_is_tried_again_with_pauses() -> None:
    clock = SimulatedClock(NOW)
    with hook(500, 429) as (url, sent):
        tell({"webhook": url}, clock)
    assert (len(sent), clock.now() - NOW) == (3, 6 * SECOND)


def test_a_refusal_is_not_tried_again_and_the_log_never_shows_the_address(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.DEBUG), hook(404, 404) as (url, sent):
        tell({"webhook": url, "log": False})
    assert len(sent) == 1
    assert "halt was not delivered to 127.0.0.1: HTTP 404" in caplog.messages
    assert "secret-token" not in caplog.text


def test_a_dead_address_raises_nothing(caplog: pytest.LogCaptureFixture) -> None:
    tell({"webhook": "http://127.0.0.1:9/x"})
    assert "halt was not delivered to 127.0.0.1: ConnectError" in caplog.messages


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"webhook": "http://example.com/x"}, "no https address"),
        ({"webhook": 7}, "no https address"),
        ({"webhook": "nonsense"}, "no https address"),
        ({"log": "yes"}, "log in"),
        ({"pigeon": True}, "no channel"),
    ],
)
def test_what_cannot_be_used_is_said_before_anything_runs(asked: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        notifiers(asked, SimulatedClock(NOW))
