"""Where a stream stands, and how a digest is written."""

from __future__ import annotations

from typing import NamedTuple

GENESIS = "0" * 64
PREFIX = "sha256:"


class Head(NamedTuple):
    """Where a stream stands. *checkpoint*: digest of the checkpoint that goes with it, or ``""``."""

    seq: int = 0
    hash: str = GENESIS
    checkpoint: str = ""


def bare(digest: str) -> str:
    """The 64 hex digits of ``sha256:<hex>`` or of the digits alone."""
    return digest.removeprefix(PREFIX)
