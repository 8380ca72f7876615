"""Who is who: the assets that come with the program, and which of them a text means at an instant."""

from __future__ import annotations

from tools.identity.extending import Conflict, conflicts, extend
from tools.identity.registry import Ambiguous, Registry, built_in, chain_of
from tools.identity.rows import asset_of, row_of

__all__ = [
    "Ambiguous",
    "Conflict",
    "Registry",
    "asset_of",
    "built_in",
    "chain_of",
    "conflicts",
    "extend",
    "row_of",
]
