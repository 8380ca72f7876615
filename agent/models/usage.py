"""How many tokens a call took: what the endpoint says, where that can be believed, else our own guess."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

LETTERS_PER_TOKEN = 3
_MOST = 10_000_000


class Usage(NamedTuple):
    """Tokens of the prompt and of the answer."""

    tokens_in: int
    tokens_out: int

    @property
    def tokens(self) -> int:
        """Both together."""
        return self.tokens_in + self.tokens_out


def estimated(request: Mapping[str, Any]) -> Usage:
    """What a call may take at most, near enough: a third of the prompt's letters, and the longest answer."""
    letters = sum(len(json.dumps(request[name])) for name in ("messages", "tools") if name in request)
    longest = request.get("max_completion_tokens") or request.get("max_tokens") or 0
    return Usage(-(-letters // LETTERS_PER_TOKEN), int(longest))


def reported(body: bytes) -> Usage | None:
    """What the endpoint counted, in a completion or in the last chunks of a stream; `None` where it did not."""
    lines = body.split(b"\n")
    streamed = [line.removeprefix(b"data:") for line in lines if line.startswith(b"data:")]
    for text in reversed(streamed or [body]):
        if b'"usage"' in text and (usage := _usage(text)) is not None:
            return usage
    return None


def _usage(text: bytes) -> Usage | None:
    try:
        usage = json.loads(text)["usage"]
        counts = usage["prompt_tokens"], usage["completion_tokens"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return None
    if any(type(count) is not int or not 0 <= count <= _MOST for count in counts):
        return None
    return Usage(*counts)
