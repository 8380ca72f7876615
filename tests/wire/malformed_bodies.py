"""Bodies that are no completion's JSON, and what never becomes a body at all."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from typing import Any

from tests.wire.kind import Asked, Kind
from tests.wire.replies import (
    Reply,
    a_proposal,
    an_answer,
    answering,
    sent,
)
from tests.wire.scripts import hang, refusing, slow_trickle, unauthorised, unknown_model


def body_kinds() -> list[Kind]:
    """What came with status 200 is not a completion's JSON."""

    def kind(name: str, reason: str, edit: Callable[[bytes], bytes], *also: str, **headers: str) -> Kind:
        def make(asked: Asked) -> Reply:
            reply = sent(answering(asked, an_answer([a_proposal(asked)])))
            named = {"content-type": "application/json"} | {
                k.replace("_", "-"): v for k, v in headers.items()
            }
            return Reply(edit(reply.body), headers=named)

        return Kind(name, make, (reason, *also))

    def in_two(body: bytes) -> bytes:
        return b'{"choices": [], ' + body[1:]

    page = b"<!DOCTYPE html><html><body><h1>Welcome to nginx!</h1></body></html>"
    return [
        kind("no body", "empty", lambda _: b"", "http"),
        kind("a blank body", "empty", lambda _: b"\n\n", "http"),
        kind("an HTML page", "not_json", lambda _: page, "http", content_type="text/html"),
        kind("an HTML page called JSON", "not_json", lambda _: page, "http"),
        kind(
            "plain text", "not_json", lambda _: b"upstream connect error", "http", content_type="text/plain"
        ),
        kind("bytes that are no text", "not_json", lambda _: bytes(range(256)), "http"),
        kind("UTF-16", "not_json", lambda body: body.decode().encode("utf-16"), "http"),
        kind("a broken UTF-8 sequence", "not_json", lambda body: body.replace(b"trend", b"tr\xe9nd"), "http"),
        kind("a body cut in the middle", "truncated", lambda body: body[: len(body) // 2], "http"),
        kind("a body without its last byte", "truncated", lambda body: body[:-1], "http"),
        kind("two bodies", "not_json", lambda body: body + body, "http"),
        kind("a stream that nobody asked for", "not_json", lambda body: b"data: " + body + b"\n\n", "http"),
        kind("choices twice", "duplicate_keys", in_two),
        kind(
            "a duplicate key deep inside",
            "duplicate_keys",
            lambda b: b.replace(b'"role"', b'"role": 1, "role"'),
        ),
        kind("NaN in its usage", "not_json", lambda body: body.replace(b"120", b"NaN"), "http"),
        kind(
            "a lone surrogate outside the answer", "not_json", lambda b: b.replace(b"chatcmpl-1", b"\\udcff")
        ),
        kind("64 KB and one byte", "schema", lambda body: body.ljust(64 * 1024 + 1), "http", "truncated"),
        kind("10 MB", "schema", lambda body: body.ljust(10_000_000), "http", "truncated"),
        kind("a bomb of brackets", "schema", lambda _: b"[" * 60_000, "http"),
        kind("a bomb of objects", "schema", lambda _: b'{"choices":' * 5_000, "http"),
        kind("a JSON text", "schema", lambda _: b'"hello"', "http"),
        kind("JSON null", "schema", lambda _: b"null", "http", "empty"),
    ]


def wire_kinds() -> list[Kind]:
    """What never becomes a body at status 200."""

    def kind(name: str, reply: Callable[[Asked], Reply], *reasons: str) -> Kind:
        return Kind(name, reply, reasons or ("http",), wire=True)

    def changed(**changes: Any) -> Callable[[Asked], Reply]:
        return lambda asked: sent(answering(asked, an_answer([a_proposal(asked)])), **changes)

    bomb = gzip.compress(b" " * 20_000_000)
    zipped = {"content-type": "application/json", "content-encoding": "gzip"}
    torn = ("http", "timeout", "truncated", "not_json", "empty")
    return [
        *(kind(f"status {status}", refusing(status)) for status in (400, 403, 408, 422, 500, 502, 503, 529)),
        kind("status 401, echoing a key", unauthorised),
        kind("status 404, no such model", unknown_model),
        kind("status 429", refusing(429, "Rate limit reached", retry_after="0"), "http", "timeout"),
        kind(
            "status 429 for an hour",
            refusing(429, "Rate limit reached", retry_after="3600"),
            "http",
            "timeout",
        ),
        kind("status 500, HTML", lambda _: Reply(b"<h1>oops</h1>", 500, {"content-type": "text/html"})),
        kind("status 204", lambda _: Reply(b"", 204, {}), *torn),
        kind("a redirect to itself", lambda _: Reply(b"", 307, {"location": "/v1/chat/completions"})),
        kind("a redirect elsewhere", lambda _: Reply(b"", 302, {"location": "http://127.0.0.1:9/"})),
        kind("dropped without a word", changed(cut=0), *torn),
        kind("dropped inside the head", changed(cut=20), *torn),
        kind("dropped inside the body", changed(cut=-50), *torn),
        kind("content-length too long", changed(claimed_length=100_000), *torn),
        kind("content-length too short", changed(claimed_length=100), *torn),
        kind("not HTTP at all", lambda _: Reply(raw=b"SSH-2.0-OpenSSH_9.6\r\n"), *torn),
        kind("called gzip and is not", changed(headers=zipped), *torn),
        kind("a gzip bomb", lambda _: Reply(bomb, headers=zipped), "http", "schema", "truncated", "not_json"),
        kind("never answers", hang, "timeout"),
        kind("a slow trickle", slow_trickle, "timeout"),
    ]
