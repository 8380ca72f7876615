"""What a run in real time has beside its desk."""

from __future__ import annotations

from dataclasses import dataclass

from tools.market.live_feed import LiveFeed


@dataclass(slots=True)
class RealTime:
    """What keeps the market fed, and where the run stands with it.

    *is_behind*: the beat that is lived through is past. *is_closing*: the halt that stands was taken up,
    and asks for the positions to be sold first. *prove_at*, *write_at*: when (Instant ms) orders of unknown
    fate are looked at next, and what stands open in the journal is written.
    """

    feed: LiveFeed
    is_behind: bool = False
    is_closing: bool = False
    prove_at: int = 0
    write_at: int = 0
