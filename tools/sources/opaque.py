"""What a source nests in ways that it does not document: kept as text, bounded, for people and models to read."""

from __future__ import annotations

import json
from typing import Any

from tools.sources.reading import MalformedError, plain_text

_LONGEST = 20_000


def opaque(value: Any) -> str:
    """*value* as JSON text, or itself where it is a text.

    Raises:
        MalformedError: longer than what anyone would read.
    """
    if isinstance(value, str):
        return plain_text(value, _LONGEST)
    found = json.dumps(value, default=str, ensure_ascii=False, sort_keys=True)
    if len(found) > _LONGEST:
        raise MalformedError("a nested value is too long to be kept")
    return plain_text(found, _LONGEST)
