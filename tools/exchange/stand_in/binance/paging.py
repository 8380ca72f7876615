"""Lists in Binance's pages: from an id on, from a time on, or the newest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from tools.exchange.stand_in.wire.call import Call

Row = TypeVar("Row")

USUAL = 500
MOST = 1000
NEVER = 10**15


def page(
    call: Call, rows: Sequence[Row], from_name: str, number: Callable[[Row], int], at: Callable[[Row], int]
) -> list[Row]:
    """What of *rows* (oldest first) a request asks for by *from_name*, startTime, endTime and limit."""
    limit = call.whole("limit", USUAL, MOST)
    first, start, end = (call.whole(from_name, 0), call.whole("startTime", 0), call.whole("endTime", NEVER))
    if first:
        rows = [row for row in rows if number(row) >= first]
    if start or end != NEVER:
        rows = [row for row in rows if start <= at(row) <= end]
    return list(rows[:limit] if first or start else rows[-limit:])
