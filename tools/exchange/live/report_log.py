"""What we know of our own orders at a venue, durable in ``live.db``: sent ones, their trades, numbered reports.

Venues do not number what they say, and say it twice or late. Here every trade counts once (by venue and
trade id) and every report gets the next number. Where the file was lost, it is filled from the venue again.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from core.codec import decode, encode
from core.errors import FaultError
from core.ids import OrderId
from core.instant import MINUTE, Instant
from core.money import ZERO, add, exact, plain
from core.orders import ExecutionReport, Fill, OrderStatus
from tools.database import Schema, connect, transaction

LATE = 15 * MINUTE
"""How long an order that has ended is watched for a late fill."""

_TABLES = (
    """CREATE TABLE orders (
        account TEXT NOT NULL, id TEXT NOT NULL, symbol TEXT NOT NULL, sent_at INTEGER NOT NULL,
        number TEXT, status TEXT NOT NULL, ended_at INTEGER,
        PRIMARY KEY (account, id)) STRICT, WITHOUT ROWID""",
    """CREATE TABLE trades (
        account TEXT NOT NULL, id TEXT NOT NULL, order_id TEXT NOT NULL, quantity TEXT NOT NULL,
        PRIMARY KEY (account, id)) STRICT, WITHOUT ROWID""",
    """CREATE TABLE reports (
        account TEXT NOT NULL, seq INTEGER NOT NULL, body TEXT NOT NULL,
        PRIMARY KEY (account, seq)) STRICT, WITHOUT ROWID""",
)


def _first(connection: sqlite3.Connection) -> None:
    for table in _TABLES:
        connection.execute(table)


SCHEMA = Schema("live", (_first,))


@dataclass(frozen=True, slots=True)
class Known:
    """An order of ours. *number* is the venue's id, once the venue has named it."""

    id: OrderId
    symbol: str
    sent_at: Instant
    number: str | None
    status: OrderStatus
    ended_at: Instant | None


class ReportLog:
    """One account's log at one venue.

    Raises (every method that writes):
        FaultError: the disk did not take it.
    """

    def __init__(self, connection: sqlite3.Connection, venue: str, account: str) -> None:
        self._connection = connection
        self._me = f"{venue}/{account}"
        row = connection.execute("SELECT max(seq) FROM reports WHERE account = ?", (self._me,)).fetchone()
        self.last_seq: int = row[0] or 0

    @classmethod
    def open(cls, path: Path, venue: str, account: str, *, durable: bool = True) -> ReportLog:
        """Opens the log at *path* (``:memory:`` works).

        Raises:
            UsageError: a newer version wrote the file.
            FaultError: the file cannot be used.
        """
        return cls(connect(path, SCHEMA, durable=durable), venue, account)

    def close(self) -> None:
        """Closes the database."""
        self._connection.close()

    def sent(self, order_id: OrderId, symbol: str, at: Instant) -> None:
        """Notes an order before it goes on the wire; one that is known stays as it is."""
        asked = "INSERT INTO orders VALUES (?, ?, ?, ?, NULL, 'open', NULL) ON CONFLICT DO NOTHING"
        with self._writing() as connection:
            connection.execute(asked, (self._me, order_id, symbol, at))

    def placed(self, order_id: OrderId, number: str) -> None:
        """Notes the venue's own id of an order."""
        asked = "UPDATE orders SET number = ? WHERE account = ? AND id = ?"
        with self._writing() as connection:
            connection.execute(asked, (number, self._me, order_id))

    def dropped(self, order_id: OrderId) -> None:
        """Forgets an order that the venue refused: it does not exist there."""
        asked = "DELETE FROM orders WHERE account = ? AND id = ? AND number IS NULL"
        with self._writing() as connection:
            connection.execute(asked, (self._me, order_id))

    def find(self, order_id: OrderId) -> Known | None:
        """An order of ours by its id."""
        row = self._connection.execute(
            f"{_ORDERS} WHERE account = ? AND id = ?", (self._me, order_id)
        ).fetchone()
        return None if row is None else _known(row)

    def watched(self, now: Instant) -> tuple[Known, ...]:
        """The orders that the venue has named and that may still fill, oldest first."""
        rows = self._connection.execute(
            f"{_ORDERS} WHERE account = ? AND number IS NOT NULL AND (ended_at IS NULL OR ended_at > ?) "
            "ORDER BY sent_at, id",
            (self._me, now - LATE),
        )
        return tuple(map(_known, rows))

    def filled(self, order_id: OrderId) -> Decimal:
        """What the trades of an order add up to."""
        total = ZERO
        for (quantity,) in self._connection.execute(
            "SELECT quantity FROM trades WHERE account = ? AND order_id = ?", (self._me, order_id)
        ):
            total = add(total, exact(quantity))
        return total

    def has_trade(self, trade_id: str) -> bool:
        """Whether a trade counts already."""
        asked = "SELECT 1 FROM trades WHERE account = ? AND id = ?"
        return self._connection.execute(asked, (self._me, trade_id)).fetchone() is not None

    def take(
        self, known: Known, fills: Sequence[tuple[Fill, OrderStatus]], status: OrderStatus, now: Instant,
        *, after: int, ended: bool, reason: str = "",
    ) -> None:  # fmt: skip
        """Writes new *fills* (each with the order's status after it) and, once, how the order *ended*.

        Numbers go on after the last one, and after *after*, which the reader has already.
        """
        with self._writing() as connection:
            for fill, so_far in fills:
                self._trade(connection, fill)
                self._report(connection, known, so_far, now, after, fill=fill)
            if ended and known.ended_at is None:
                if status is not OrderStatus.FILLED:
                    self._report(connection, known, status, now, after, reason=reason)
                connection.execute(
                    "UPDATE orders SET status = ?, ended_at = ? WHERE account = ? AND id = ?",
                    (status.value, now, self._me, known.id),
                )

    def restore(self, fills: Sequence[Fill], now: Instant, *, last: int) -> None:
        """Writes *fills* that the reader has booked already, oldest first, so that report *last* is the newest of them."""
        room = last - self.last_seq
        kept = fills[-room:] if room > 0 else ()
        with self._writing() as connection:
            for fill in fills:
                self._trade(connection, fill)
            self.last_seq = last - len(kept)
            for fill in kept:
                known = Known(fill.order_id, fill.symbol, now, None, OrderStatus.PARTIAL, None)
                self._report(connection, known, OrderStatus.PARTIAL, now, 0, fill=fill)

    def reports(self, after: int) -> tuple[ExecutionReport, ...]:
        """The reports after number *after*, in order."""
        rows = self._connection.execute(
            "SELECT body FROM reports WHERE account = ? AND seq > ? ORDER BY seq", (self._me, after)
        )
        return tuple(decode(ExecutionReport, json.loads(body)) for (body,) in rows)

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction; where it fails, numbers go on from what is really written."""
        before = self.last_seq
        try:
            with transaction(self._connection) as connection:
                yield connection
        except sqlite3.Error as failure:
            self.last_seq = before
            raise FaultError(
                f"what the venue said cannot be written down: {failure}",
                "Free some disk space or check the file's permissions, then start again.",
                code="database",
            ) from failure

    def _trade(self, connection: sqlite3.Connection, fill: Fill) -> None:
        row = (self._me, fill.trade_id, fill.order_id, plain(fill.quantity))
        connection.execute("INSERT INTO trades VALUES (?, ?, ?, ?)", row)

    def _report(
        self, connection: sqlite3.Connection, known: Known, status: OrderStatus, now: Instant, after: int,
        *, fill: Fill | None = None, reason: str = "",
    ) -> None:  # fmt: skip
        self.last_seq = max(self.last_seq, after) + 1
        said = ExecutionReport(self.last_seq, known.id, known.symbol, status, now, fill, reason)
        row = (self._me, said.seq, json.dumps(encode(said)))
        connection.execute("INSERT INTO reports VALUES (?, ?, ?)", row)


_ORDERS = "SELECT id, symbol, sent_at, number, status, ended_at FROM orders"


def _known(row: tuple[str, str, int, str | None, str, int | None]) -> Known:
    order_id, symbol, sent_at, number, status, ended_at = row
    ended = None if ended_at is None else Instant(ended_at)
    return Known(OrderId(order_id), symbol, Instant(sent_at), number, OrderStatus(status), ended)
