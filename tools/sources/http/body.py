"""The bytes of an answer, and whether they are what was asked for. Strict: what is doubtful is no answer."""

from __future__ import annotations

import json
import zlib
from decimal import Decimal
from typing import Any, NoReturn

import httpx

_RAW_PIECE = 64 * 1024


class UnreadableError(ValueError):
    """The body is not in the form that was asked for; says how, and quotes nothing of it."""


async def body_of(response: httpx.Response, largest: int) -> bytes:
    """The whole body, decompressed by ourselves so that no archive grows beyond *largest* bytes.

    Raises:
        UnreadableError: larger, cut off, or packed in another way than gzip.
    """
    coding = response.headers.get("content-encoding", "identity").strip().lower()
    if coding not in ("identity", "", "gzip", "x-gzip", "deflate"):
        raise UnreadableError(f"the body is packed as {coding[:20]!r}, which was not asked for")
    packed = coding not in ("identity", "")
    unpack = zlib.decompressobj(wbits=47 if "gzip" in coding else 15) if packed else None
    whole = bytearray()
    async for piece in response.aiter_raw(_RAW_PIECE):
        try:
            whole += piece if unpack is None else unpack.decompress(piece, largest + 1 - len(whole))
        except zlib.error:
            raise UnreadableError("the body is packed wrongly") from None
        if len(whole) > largest or (unpack is not None and unpack.unconsumed_tail):
            raise UnreadableError(f"the body is larger than {largest} bytes")
    if unpack is not None and not unpack.eof:
        raise UnreadableError("the body is cut off")
    return bytes(whole)


def is_page(content_type: str, body: bytes) -> bool:
    """Whether *body* is a web page, whatever it is called: a content network's, a login's, an error's."""
    head = body[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return "text/html" in content_type.lower() or head.startswith(
        (b"<!doctype html", b"<html", b"<head", b"<body")
    )


def parsed(body: bytes) -> Any:
    """The JSON of *body*; fractions as decimals, exactly as they were written.

    Raises:
        UnreadableError: empty, cut off, not JSON, or with ``NaN`` or ``Infinity``.
    """
    if not body.strip():
        raise UnreadableError("the body is empty")
    try:
        return json.loads(body, parse_float=Decimal, parse_constant=_refuse)
    except UnreadableError:
        raise
    except (ValueError, RecursionError, ArithmeticError):
        raise UnreadableError("the body is not JSON, or is cut off") from None


def _refuse(constant: str) -> NoReturn:
    raise UnreadableError(f"the body holds {constant}, which is no number")
