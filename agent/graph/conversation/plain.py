"""Text from a model or a person, made fit for a file and a terminal."""

from __future__ import annotations

import json
import re
from typing import Any

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_LARGEST_ARGUMENTS = 2_000


def plain_text(text: str) -> str:
    """*text* without what steers a terminal or a reader's direction, and without half surrogate pairs."""
    return _CONTROL.sub("", text.encode("utf-8", "replace").decode())


def plain_arguments(given: Any) -> dict[str, Any] | None:
    """*given* where it is an object of JSON that can be kept and sent; else `None`."""
    if not isinstance(given, dict):
        return None
    try:
        told = json.dumps(given, allow_nan=False, ensure_ascii=False)
        told.encode()
    except (ValueError, TypeError, RecursionError):
        return None
    return given if len(told) <= _LARGEST_ARGUMENTS else None
