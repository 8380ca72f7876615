"""The walk along one stream's chain: does this event follow that one?"""

from __future__ import annotations

import re
from typing import NamedTuple

from agent.journal.chain import StoredEvent, hash_of, line
from agent.journal.head import GENESIS, PREFIX
from core.instant import Instant

# What stands between the body and its neighbours in the hashed line has to be exactly of these forms:
# else text could be shifted from one column into the next one and leave the line as it was.
_KIND = re.compile(r"[a-z_]+", re.ASCII)
_BLOBS = re.compile(rf'\[(?:"{PREFIX}[0-9a-f]{{64}}"(?:,"{PREFIX}[0-9a-f]{{64}}")*)?\]')


class Bad(NamedTuple):
    """The first bad row. An empty stream: not one row, but the database beside them."""

    stream: str
    seq: int
    why: str


class Chain:
    """Takes a stream's events in order. *seq* and *prev*: the last one that was good."""

    def __init__(self, stream: str) -> None:
        self.stream = stream
        self.seq = 0
        self.prev = GENESIS
        self.bad_seq = 0

    def take(self, row: StoredEvent) -> str | None:
        """Why this event does not follow (`bad_seq` says which one is bad), or `None` and it is taken."""
        _, seq, *_, prev, digest = row
        expected = self.seq + 1
        if seq != expected:
            self.bad_seq = min(seq, expected)
            return "missing" if seq > expected else "order"
        whole = self.fits(seq, row)
        if not whole or prev != self.prev:
            self.bad_seq = seq
            return "order" if whole else "hash"
        self.seq, self.prev = seq, digest
        return None

    def fits(self, seq: int, row: StoredEvent) -> bool:
        """Whether the event, taken alone and at place *seq*, has the hash that it says."""
        _, _, at, kind, body, blobs, prev, digest = row
        if not _KIND.fullmatch(kind) or not _BLOBS.fullmatch(blobs):
            return False
        try:
            text = line(self.stream, seq, Instant(at), kind, body=body, blobs=blobs, prev=prev)
            return hash_of(text) == digest
        except (ValueError, OverflowError, OSError):
            # a time outside of the calendar, or text outside of Unicode: nothing of ours
            return False
