"""What is between us and the venue, durable: requests under way, what is not shown yet, what was told when."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from core.codec import decode, encode
from core.ids import OrderId
from core.instant import Instant
from core.orders import Order
from tools.database import Schema, connect, transaction

_TABLES = (
    """CREATE TABLE sent (
        account TEXT NOT NULL, number INTEGER NOT NULL, order_id TEXT NOT NULL,
        PRIMARY KEY (account, number)) STRICT, WITHOUT ROWID""",
    """CREATE TABLE under_way (
        account TEXT NOT NULL, number INTEGER NOT NULL,
        arrives_at INTEGER NOT NULL, valid_until INTEGER NOT NULL, body TEXT NOT NULL,
        PRIMARY KEY (account, number)) STRICT, WITHOUT ROWID""",
    """CREATE TABLE veiled (
        account TEXT NOT NULL, order_id TEXT NOT NULL,
        shown_from INTEGER NOT NULL, fills_late_by INTEGER NOT NULL, ended INTEGER NOT NULL,
        PRIMARY KEY (account, order_id)) STRICT, WITHOUT ROWID""",
    """CREATE TABLE told (
        account TEXT NOT NULL, seq INTEGER NOT NULL, said INTEGER NOT NULL, known_at INTEGER NOT NULL,
        PRIMARY KEY (account, seq)) STRICT, WITHOUT ROWID""",
    """CREATE TABLE asked (
        account TEXT NOT NULL, kind TEXT NOT NULL, count INTEGER NOT NULL,
        PRIMARY KEY (account, kind)) STRICT, WITHOUT ROWID""",
)


def _first(connection: sqlite3.Connection) -> None:
    for table in _TABLES:
        connection.execute(table)


SCHEMA = Schema("border", (_first,))


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A request that has not arrived. The venue refuses it where it arrives after *valid_until*."""

    number: int
    arrives_at: Instant
    valid_until: Instant
    order: Order


@dataclass(frozen=True, slots=True)
class Veil:
    """What is not shown of an order: all of it before *shown_from*, each fill for *fills_late_by* ms.

    *ended*: a cancel was answered while fills were not shown.
    """

    shown_from: Instant
    fills_late_by: int
    ended: bool = False


class Transit:
    """One account's traffic. Everything is on disk when the method that says it returns."""

    def __init__(self, path: Path, account: str) -> None:
        self._connection = connect(path, SCHEMA, durable=False)
        self._account = account
        ask = self._connection.execute
        me = (account,)
        rows = ask(
            "SELECT number, arrives_at, valid_until, body FROM under_way WHERE account = ? ORDER BY arrives_at, number",
            me,
        )
        self._under_way = [
            UnderWay(number, Instant(arrives), Instant(valid), decode(Order, json.loads(body)))
            for number, arrives, valid, body in rows
        ]
        rows = ask("SELECT order_id, shown_from, fills_late_by, ended FROM veiled WHERE account = ?", me)
        self.veils = {OrderId(one): Veil(Instant(shown), late, bool(end)) for one, shown, late, end in rows}
        rows = ask("SELECT said, known_at FROM told WHERE account = ? ORDER BY seq", me)
        self.told: list[tuple[int, Instant]] = [(said, Instant(at)) for said, at in rows]
        rows = ask("SELECT kind, count FROM asked WHERE account = ?", me)
        self._asked: dict[str, int] = dict(rows.fetchall())
        rows = ask("SELECT order_id, count(*) FROM sent WHERE account = ? GROUP BY order_id", me)
        self._sent: Counter[OrderId] = Counter(dict(rows.fetchall()))

    def close(self) -> None:
        """Closes the file."""
        self._connection.close()

    def send(self, order: Order, veil: Veil | None = None) -> int:
        """Notes that *order* is sent; its number, counting from 0."""
        number = self.count
        with transaction(self._connection) as connection:
            connection.execute("INSERT INTO sent VALUES (?, ?, ?)", (self._account, number, order.id))
            if veil is not None:
                self._write(order.id, veil)
        if veil is not None:
            self.veils[order.id] = veil
        self._sent[order.id] += 1
        return number

    @property
    def count(self) -> int:
        """How many orders were sent."""
        return self._sent.total()

    def times_sent(self, order_id: OrderId) -> int:
        """How often an order was sent."""
        return self._sent[order_id]

    def depart(self, request: UnderWay) -> None:
        """Keeps a request until it arrives."""
        row = (self._account, request.number, request.arrives_at, request.valid_until)
        self._connection.execute(
            "INSERT INTO under_way VALUES (?, ?, ?, ?, ?)", (*row, json.dumps(encode(request.order)))
        )
        self._under_way.append(request)
        self._under_way.sort(key=lambda one: (one.arrives_at, one.number))

    def arriving(self, now: Instant) -> Iterator[UnderWay]:
        """Every request that has arrived at *now*, in that order; each is forgotten when the next one is asked for."""
        while self._under_way and self._under_way[0].arrives_at <= now:
            request = self._under_way[0]
            yield request
            self._connection.execute(
                "DELETE FROM under_way WHERE account = ? AND number = ?", (self._account, request.number)
            )
            self._under_way.pop(0)

    def end(self, order_id: OrderId) -> None:
        """Notes that a cancel was answered while fills were not shown."""
        known = self.veils[order_id]
        veil = self.veils[order_id] = Veil(known.shown_from, known.fills_late_by, ended=True)
        self._write(order_id, veil)

    def tell(self, news: list[tuple[int, Instant]]) -> None:
        """Numbers the venue's reports *news* (its number, when it is told) as the next ones."""
        if not news:
            return
        first = len(self.told) + 1
        rows = [(self._account, first + back, said, at) for back, (said, at) in enumerate(news)]
        with transaction(self._connection) as connection:
            connection.executemany("INSERT INTO told VALUES (?, ?, ?, ?)", rows)
        self.told += news

    def ask(self, kind: str) -> int:
        """Counts a question or cancel; its number, counting from 0."""
        number = self._asked.get(kind, 0)
        self._connection.execute(
            "INSERT INTO asked VALUES (?, ?, 1) ON CONFLICT (account, kind) DO UPDATE SET count = count + 1",
            (self._account, kind),
        )
        self._asked[kind] = number + 1
        return number

    def _write(self, order_id: OrderId, veil: Veil) -> None:
        self._connection.execute(
            "INSERT OR REPLACE INTO veiled VALUES (?, ?, ?, ?, ?)",
            (self._account, order_id, veil.shown_from, veil.fills_late_by, veil.ended),
        )
