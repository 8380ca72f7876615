"""Everything but an answer: how servers, networks and content networks fail."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable, Mapping

from core.observation import BadRequest, NoData, NotEntitled, Throttled, Unreachable
from tests.wire.replies import JSON, Reply

Fault = Callable[[Reply], Reply]
HTML = {"content-type": "text/html; charset=utf-8"}
PAGE = b"<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>1,234.56</body></html>"
ANY = (NoData, NotEntitled, Throttled, Unreachable, BadRequest)


def _status(status: int, body: bytes = b'{"message": "no"}', **headers: str) -> Fault:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda good: Reply(body, status, {**JSON, **named})


def _page(status: int) -> Fault:
    return lambda good: Reply(PAGE, status, {**HTML, "server": "cloudflare"})


def _says(body: object) -> Fault:
    return lambda good: Reply(json.dumps(body).encode(), 200, JSON)


def _packed(body: Callable[[bytes], bytes], coding: str) -> Fault:
    return lambda good: Reply(body(good.body), 200, {**good.headers, "content-encoding": coding})


def _bomb(_: bytes) -> bytes:
    packer = zlib.compressobj(9, wbits=31)
    return packer.compress(bytes(80 * 1024 * 1024)) + packer.flush()


# by name: the fault, and what it may be told as
FAULTS: Mapping[str, tuple[Fault, tuple[type, ...]]] = {
    "400": (_status(400), (BadRequest,)),
    "401": (_status(401), (NotEntitled,)),
    "402 payment required": (_status(402, b'{"accepts": [{"maxAmountRequired": "17000"}]}'), (NotEntitled,)),
    "403": (_status(403), (NotEntitled,)),
    "403 of the content network": (_page(403), (Unreachable,)),
    "404": (_status(404), (NoData, BadRequest)),
    "404 page": (_page(404), (Unreachable,)),
    "408": (_status(408), (Unreachable,)),
    "410": (_status(410), (BadRequest,)),
    "414": (_status(414), (BadRequest,)),
    "429": (_status(429), (Throttled,)),
    "429 in 7 s": (_status(429, retry_after="7"), (Throttled,)),
    "429 at a date": (_status(429, retry_after="Tue, 10 Mar 2026 12:00:09 GMT"), (Throttled,)),
    "429 nonsense": (_status(429, retry_after="soon"), (Throttled,)),
    "429 page": (_page(429), (Throttled,)),
    "451": (_status(451), (NotEntitled,)),
    "451 page": (_page(451), (NotEntitled,)),
    "500": (_status(500), (Unreachable,)),
    "501": (_status(501), (Unreachable,)),
    "502 page": (_page(502), (Unreachable,)),
    "503 in 2 s": (_status(503, retry_after="2"), (Unreachable,)),
    "504": (_status(504), (Unreachable,)),
    "522 of the content network": (_page(522), (Unreachable,)),
    "204": (lambda good: Reply(b"", 204, {}), (Unreachable,)),
    "206": (_status(206), (Unreachable,)),
    "304 unasked": (_status(304, b""), (Unreachable,)),
    "301": (_status(301, b"", location="/"), (Unreachable,)),
    "302 elsewhere": (_status(302, b"", location="http://127.0.0.1:9/"), (Unreachable,)),
    "307": (_status(307, b"", location="//example.com/"), (Unreachable,)),
    "page with 200": (_page(200), (Unreachable,)),
    "page called JSON": (lambda good: Reply(PAGE, 200, JSON), (Unreachable,)),
    "login page": (lambda good: Reply(b"\xef\xbb\xbf \n<html>", 200, good.headers), (Unreachable,)),
    "empty": (lambda good: Reply(b"", 200, good.headers), (Unreachable,)),
    "blank": (lambda good: Reply(b" \n ", 200, good.headers), (Unreachable,)),
    "null": (_says(None), (Unreachable,)),
    "a truth value": (_says(True), (Unreachable,)),
    "a text": (_says("rate limited"), (Unreachable,)),
    "a list of nothing": (_says([]), (NoData, Unreachable)),
    "an object of nothing": (_says({}), (NoData, Unreachable)),
    "a list of null": (_says([None]), (Unreachable,)),
    "data: null": (_says({"data": None}), (NoData, Unreachable)),
    "NaN": (lambda good: Reply(b"NaN", 200, JSON), (Unreachable,)),
    "Infinity inside": (lambda good: Reply(b'[{"tvl": Infinity}]', 200, JSON), (Unreachable,)),
    "cut in the middle": (lambda good: Reply(good.body[: len(good.body) // 2], 200, good.headers), (Unreachable,)),
    "cut on the wire": (lambda good: Reply(good.body, 200, good.headers, cut=-3), (Unreachable,)),
    "no head": (lambda good: Reply(good.body, 200, good.headers, cut=0), (Unreachable,)),
    "shorter than it said": (
        lambda good: Reply(good.body, 200, good.headers, claimed_length=len(good.body) + 9),
        (Unreachable,),
    ),
    "no HTTP": (lambda good: Reply(raw=b"SSH-2.0-OpenSSH_9.6\r\n"), (Unreachable,)),
    "not UTF-8": (lambda good: Reply(b'{"tvl": "\xff\xfe"}', 200, JSON), (Unreachable,)),
    "nested without end": (lambda good: Reply(b"[" * 200_000, 200, JSON), (Unreachable,)),
    "a number without end": (lambda good: Reply(b"9" * 5_000, 200, JSON), (Unreachable,)),
    "a number beyond all": (lambda good: Reply(b"1e999999999", 200, JSON), (Unreachable,)),
    "an exponent beyond all": (lambda good: Reply(b"1e" + b"9" * 30, 200, JSON), (Unreachable,)),
    "packed wrongly": (_packed(lambda body: body, "gzip"), (Unreachable,)),
    "packed and cut": (_packed(lambda body: gzip.compress(body)[:-9], "gzip"), (Unreachable,)),
    "packed as what nobody asked for": (_packed(lambda body: body, "br"), (Unreachable,)),
    "packed twice": (_packed(gzip.compress, "gzip, gzip"), (Unreachable,)),
    "a bomb": (_packed(_bomb, "gzip"), (Unreachable,)),
    "an error with 200": (_says({"error": "Internal server error"}), (BadRequest, Unreachable)),
    "no success": (_says({"success": False, "message": "Something went wrong", "data": []}), (BadRequest, Unreachable)),
    "no success, for want of a plan": (
        _says({"success": False, "message": "Please upgrade your plan", "data": []}),
        (NotEntitled, Unreachable),
    ),
    "CoinGecko's first": (
        _says({"status": {"error_code": 429, "error_message": "You've exceeded the Rate Limit."}}),
        (Throttled, Unreachable),
    ),
    "CoinGecko's second": (
        _says({"error": {"status": {"error_code": 10012, "error_message": "past 365 days"}}}),
        (NotEntitled, Unreachable),
    ),
    "CoinGecko's third": (
        _says({"timestamp": "t", "error_code": 10005, "status": {"error_code": 10005, "error_message": "PRO only"}}),
        (NotEntitled, Unreachable),
    ),
    "Coin Metrics'": (
        _says({"error": {"type": "bad_parameter", "message": "Bad parameter 'metrics'."}}),
        (BadRequest, Unreachable),
    ),
    "Blockchain.com's": (_says({"status": "not-found", "message": "no chart"}), (BadRequest, Unreachable)),
    "alternative.me's": (
        _says({"name": "Fear and Greed Index", "data": [], "metadata": {"error": "down"}}),
        (BadRequest, Unreachable),
    ),
    "nothing found, with 200": (
        _says({"success": False, "message": "No data found for this token", "data": []}),
        (NoData, Unreachable),
    ),
    "a key not found, with 200": (
        _says({"success": False, "message": "API key not found", "data": []}),
        (NotEntitled, Unreachable),
    ),
    "a detail alone": (_says({"detail": "Not authenticated: API key is missing"}), (NotEntitled, Unreachable)),
}  # fmt: skip
