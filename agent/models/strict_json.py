"""JSON from strangers: bounded, without duplicate keys, NaN, Infinity or text that UTF-8 cannot hold.

`json.loads` keeps the last of two equal keys, reads NaN, lets half a surrogate pair through and recurses
as deep as the text asks. Each of these has turned a "hold" into a "buy" or a crash somewhere.
"""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

from pydantic import ValidationError

DEPTH = 16
"""Nested objects and arrays; a completion with log probabilities has 9, an answer has 4."""

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"?', re.DOTALL)
_BRACKET = re.compile(r"[][{}]")
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_CUT_SHORT = ("true", "false", "null", "-")
_SHOWN = 60


class Unacceptable(Exception):
    """Not to be believed. *reason* is one of the contract's words, *detail* a sentence for a person."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail


def parse(given: str | bytes, *, name: str, largest: int) -> Any:
    """The JSON value of *given*, which has at most *largest* bytes of UTF-8 and `DEPTH` levels.

    *name* says in the complaint what *given* is, at the beginning of its sentence.

    Raises:
        Unacceptable: ``empty``, ``schema`` (too large, too deep), ``truncated`` (ends in mid-value),
            ``duplicate_keys``, or ``not_json`` for everything else that is wrong with it.
    """
    size = _bytes(given, name)
    if size > largest:
        raise Unacceptable("schema", f"{name} has {size} bytes; at most {largest}")
    text = _text(given, name)
    if not text.strip():
        raise Unacceptable("empty", f"{name} is empty")
    if _deeper(text, DEPTH):
        raise Unacceptable("schema", f"{name} is nested deeper than {DEPTH} levels")
    try:
        value = _STRICT.decode(text)
    except json.JSONDecodeError as error:
        if _is_cut(text, error):
            raise Unacceptable("truncated", f"{name} ends in the middle of a value") from None
        raise Unacceptable("not_json", f"{name} is not JSON: {error.msg} at character {error.pos}") from None
    except ValueError:
        raise Unacceptable("not_json", f"{name} holds a number of thousands of digits") from None
    if _SURROGATE.search(text):
        _bytes(json.dumps(value, ensure_ascii=False), name)
    return value


def fault(error: ValidationError) -> str:
    """Where and why a shape was not kept, in a few words, without what was given."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    return f"{'.'.join(_shown(part) for part in first['loc'])}: {first['msg']}"


def _shown(part: int | str) -> str:
    return ascii(part)[1:-1][:_SHOWN] if isinstance(part, str) else str(part)


def _bytes(given: str | bytes, name: str) -> int:
    if isinstance(given, bytes):
        return len(given)
    try:
        return len(given.encode())
    except UnicodeEncodeError:
        raise Unacceptable("not_json", f"{name} holds half a surrogate pair, which is no text") from None


def _text(given: str | bytes, name: str) -> str:
    try:
        return given.decode() if isinstance(given, bytes) else given
    except UnicodeDecodeError as error:
        raise Unacceptable("not_json", f"{name} is not UTF-8 at byte {error.start}") from None


def _deeper(text: str, most: int) -> bool:
    if text.count("[") + text.count("{") <= most:
        return False
    depth = 0
    for bracket in _BRACKET.finditer(_STRING.sub("", text)):
        depth += 1 if bracket[0] in "[{" else -1
        if depth > most:
            return True
    return False


def _is_cut(text: str, error: json.JSONDecodeError) -> bool:
    rest = text[error.pos :].rstrip()
    return error.msg.startswith("Unterminated string") or any(word.startswith(rest) for word in _CUT_SHORT)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise Unacceptable("duplicate_keys", f"the key '{_shown(twice)}' stands twice in one object")
    return made


def _no_constant(name: str) -> NoReturn:
    raise Unacceptable("not_json", f"{name} is not JSON")


_STRICT = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_no_constant)
