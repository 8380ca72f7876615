"""Live quotes under the gate (codes 19-21): no file holds them, so they are judged where they are read."""

from __future__ import annotations

from decimal import Decimal

from core.instant import MINUTE, SECOND, Instant

OLDEST = MINUTE
AHEAD = SECOND  # by which a venue's clock may be ahead of ours


def quote_fault(
    bid: Decimal | None, ask: Decimal | None, at: Instant | None, now: Instant, oldest: int = OLDEST
) -> str | None:
    """The code of what is wrong with the best prices of a moment; None where nothing is.

    Args:
        bid: The best bid; None or zero where that side of the book is empty.
        ask: The best ask, likewise.
        at: When the venue made the quote; None where it does not say, which proves no age.
        now: The clock's now.
        oldest: Milliseconds after which a quote is stale.
    """
    if bid is None or ask is None or bid <= 0 or ask <= 0:
        return "empty_book"
    if bid >= ask:
        return "crossed_book"
    if at is not None and not now - oldest <= at <= now + AHEAD:
        return "stale_ticker"
    return None
