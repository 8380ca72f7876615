"""How many requests a provider may be sent in a calendar month, counted across processes and restarts."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime

from core.instant import Instant, from_datetime, utc
from tools.database import transaction


class Budget:
    """The counters of this month (UTC)."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def spent(self, provider: str, now: Instant) -> int:
        """Requests sent this month."""
        row = self._connection.execute(
            "SELECT requests FROM spent WHERE provider = ? AND month = ?", (provider, _month(now))
        ).fetchone()
        return 0 if row is None else int(row[0])

    def take(self, provider: str, most: int | None, now: Instant) -> bool:
        """Counts one request, before it is sent; false, and nothing counted, where the month's are spent."""
        with transaction(self._connection) as connection:
            if most is not None and self.spent(provider, now) >= most:
                return False
            connection.execute(
                "INSERT INTO spent VALUES (?, ?, 1)"
                " ON CONFLICT (provider, month) DO UPDATE SET requests = requests + 1",
                (provider, _month(now)),
            )
        return True


def next_month(now: Instant) -> Instant:
    """When the next month's budget begins."""
    here = utc(now)
    year, month = (here.year + 1, 1) if here.month == 12 else (here.year, here.month + 1)
    return from_datetime(datetime(year, month, 1, tzinfo=UTC))


def _month(now: Instant) -> str:
    return f"{utc(now):%Y-%m}"
