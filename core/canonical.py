"""Canonical JSON and SHA-256: the one way to hash anything."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

_dump = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode


def canonical(value: Any) -> bytes:
    """UTF-8 of the canonical JSON of *value*: sorted keys, no spaces, no NaN.

    Raises:
        ValueError: NaN, Infinity, or text that UTF-8 cannot hold.
        TypeError: something JSON has no form for (a `Decimal` must come as text).
    """
    return _dump(value).encode("utf-8")


def digest(value: Any) -> str:
    """64 hex digits: SHA-256 of the canonical JSON of *value*."""
    return sha256(canonical(value)).hexdigest()


def digest_bytes(raw: bytes) -> str:
    """64 hex digits: SHA-256 of *raw* itself."""
    return sha256(raw).hexdigest()
