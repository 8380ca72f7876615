"""Keys stay on the wire: out of logs, messages, the cache and every repr."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from typing import Protocol

MASK = "[secret]"

# what keys of the providers look like, for those that are not ours
_SHAPES = re.compile(
    r"\btm-[0-9a-fA-F-]{20,}|\bCG-[0-9A-Za-z]{20,}"
    r"|(?i:\b(x-api-key|api[_-]?key|x[_-]cg[_-]\w+[_-]key|authorization|token)\b[\"']?\s*[=:]\s*[\"']?)[^\s\"'&,;}]+"
)

# at DEBUG they write what goes over the wire, and at INFO whole addresses
for _library in ("httpx", "httpcore"):
    logging.getLogger(_library).setLevel(logging.WARNING)


class Key(Protocol):
    """A key that shows itself to nobody who does not ask for it by name."""

    def reveal(self) -> str:
        """The text itself."""
        ...


def scrubbed(body: bytes, keys: Iterable[Key]) -> bytes:
    """*body* without our keys: some servers send back what they refuse."""
    for key in keys:
        if key.reveal():
            body = body.replace(key.reveal().encode(), MASK.encode())
    return body


def masked(text: str) -> str:
    """*text* without anything that looks like a key."""
    return _SHAPES.sub(lambda found: f"{found[1]}={MASK}" if found[1] else MASK, text)
