"""The venue's own durable book: orders, reports and a double-entry ledger in ``paper.db``.

Memory holds what is open; the database holds everything. A change is staged, then written in one
transaction; where that fails, memory is read back from the database, so the two never part.
"""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from core.errors import FaultError, InvariantError
from core.ids import OrderId
from core.instant import Instant
from core.ledger import AVAILABLE, OURS, RESERVED, Ledger, Transaction, deposit
from core.money import ZERO, Money, add, exact, plain
from core.orders import ExecutionReport, Fill, OrderStatus
from tools.database import connect, transaction
from tools.exchange.paper import schema
from tools.exchange.paper.working import Working

_TAIL = 1024


@dataclass(slots=True)
class _Staged:
    """What the change under way will write."""

    opened_at: Instant | None = None
    booked: list[Transaction] = field(default_factory=list)
    placed: list[Working] = field(default_factory=list)
    moved: dict[OrderId, Working] = field(default_factory=dict)
    said: list[ExecutionReport] = field(default_factory=list)


class Book:
    """One account's book. Change it only inside ``with book.change()``."""

    def __init__(self, connection: sqlite3.Connection, account: str) -> None:
        self.account = account
        self._connection = connection
        self.quote = ""
        self.ledger = Ledger()
        self.working: dict[OrderId, Working] = {}
        self.last_report = 0
        self._newest = Instant(0)
        self._orders = 0
        self._tail: deque[ExecutionReport] = deque(maxlen=_TAIL)
        self._staged = _Staged()
        self._load()

    @classmethod
    def connect(cls, path: Path, account: str, *, durable: bool = True) -> Book:
        """Opens *account*'s book in the database at *path* (``:memory:`` works).

        Raises:
            UsageError: a newer version wrote the file.
            FaultError: the file cannot be used.
        """
        return cls(connect(path, schema.SCHEMA, durable=durable), account)

    def open(self, cash: Money, at: Instant) -> None:
        """Opens the account with *cash*, once; an account that is open already goes on as it is."""
        if self.quote:
            return
        with self.change():
            self.quote, self._staged.opened_at = cash.asset, at
            self.post(deposit(cash.asset, cash.amount, "opening", at))

    def close(self) -> None:
        """Closes the database."""
        self._connection.close()

    @contextmanager
    def change(self) -> Iterator[None]:
        """A unit of work: all of it is written when the block ends, or none of it happened.

        Raises:
            FaultError: the database did not take it.
        """
        try:
            yield
            self._write()
        except (sqlite3.Error, OSError) as failure:
            self._load()
            raise FaultError(
                f"the paper venue's book cannot be written: {failure}",
                "Free some disk space or check the file's permissions, then start again.",
                code="database",
            ) from failure
        except BaseException:
            self._load()
            raise

    def post(self, booked: Transaction) -> None:
        """Books *booked*.

        Raises:
            InvariantError: it does not balance, or overdraws us.
        """
        self.ledger.apply(booked)
        self._staged.booked.append(booked)

    def place(self, working: Working) -> None:
        """Takes in a new order."""
        self.working[working.order.id] = working
        self._staged.placed.append(working)

    def moved(self, working: Working) -> None:
        """Says that an order went on; one that ended leaves the open ones."""
        self._staged.moved[working.order.id] = working
        if not working.is_open:
            self.working.pop(working.order.id, None)

    def report(
        self,
        order_id: OrderId,
        symbol: str,
        status: OrderStatus,
        known_at: Instant,
        *,
        fill: Fill | None = None,
        reason: str = "",
    ) -> None:
        """Numbers and keeps what the venue says of an order.

        Where the clock began again at an earlier time, it is known no sooner than what was said before:
        who reads on after the newest number must not have been shown it before an older one.
        """
        known_at = self._newest = max(known_at, self._newest)
        self.last_report += 1
        said = ExecutionReport(self.last_report, order_id, symbol, status, known_at, fill, reason)
        self._staged.said.append(said)
        self._tail.append(said)

    def find(self, order_id: OrderId) -> Working | None:
        """An order by its id, open or ended; ``None`` where there never was one."""
        known = self.working.get(order_id)
        if known is None:
            row = self._connection.execute(schema.ONE_ORDER, (self.account, order_id)).fetchone()
            known = None if row is None else schema.working(row)
        return known

    @property
    def count(self) -> int:
        """How many orders there ever were."""
        return self._orders

    def orders(self) -> tuple[Working, ...]:
        """Every order that there ever was, oldest first."""
        rows = self._connection.execute(schema.ALL_ORDERS, (self.account,))
        return tuple(self.working.get(kept.order.id, kept) for kept in map(schema.working, rows))

    def reports(self, after: int, now: Instant) -> tuple[ExecutionReport, ...]:
        """The reports after number *after* that are known at *now*, in order."""
        news = self.last_report - after
        if news <= 0:
            return ()
        if news <= len(self._tail):
            newest = (self._tail[-back] for back in range(news, 0, -1))
            return tuple(said for said in newest if said.known_at <= now)
        rows = self._connection.execute(schema.REPORTS_AFTER, (self.account, after, now))
        return tuple(map(schema.report, rows))

    def free(self, asset: str) -> Decimal:
        """What can be spent of *asset*."""
        return self.ledger.balance(AVAILABLE, asset)

    def owned(self) -> dict[str, Decimal]:
        """What the account owns of each asset, set aside or not; assets it has none of are left out."""
        owned: dict[str, Decimal] = {}
        for (role, asset), amount in self.ledger.balances().items():
            if role in OURS and amount:
                owned[asset] = add(owned.get(asset, ZERO), amount)
        return owned

    def held(self) -> tuple[str, ...]:
        """The symbols of everything owned but the account's currency."""
        return tuple(f"{asset}/{self.quote}" for asset in self.owned() if asset != self.quote)

    def audit(self) -> Mapping[str, Decimal]:
        """Adds up every posting anew and compares; what the account owns of each asset.

        Raises:
            InvariantError: an asset's accounts do not sum to zero, one of ours is below zero, memory
                says otherwise than the rows, or the open orders otherwise than what is set aside.
        """
        rows = self._ledger()
        for asset in {asset for _, asset in rows.balances()}:
            _same("the sum of all accounts", asset, rows.total(asset), ZERO)
            aside = ZERO
            for working in self.working.values():
                if working.reserves == asset:
                    aside = add(aside, working.reserved)
            _same("the open orders' reserve", asset, rows.balance(RESERVED, asset), aside)
        for key in rows.balances().keys() | self.ledger.balances().keys():
            _same(key[0], key[1], self.ledger.balance(*key), rows.balance(*key))
            if key[0] in OURS and rows.balance(*key) < 0:
                raise InvariantError(f"{key[0]} {key[1]} is {rows.balance(*key)}", "Restore the book.")
        return self.owned()

    def _ledger(self) -> Ledger:
        balances: dict[tuple[str, str], Decimal] = {}
        for role, asset, amount in self._connection.execute(schema.POSTINGS, (self.account,)):
            balances[role, asset] = add(balances.get((role, asset), ZERO), exact(amount))
        return Ledger(balances)

    def _load(self) -> None:
        """Reads memory's part from the database and drops whatever was staged."""
        ask = self._connection.execute
        me = (self.account,)
        row = ask(schema.QUOTE, me).fetchone()
        self.quote = "" if row is None else row[0]
        self.ledger = self._ledger()
        orders = [schema.working(row) for row in ask(schema.OPEN_ORDERS, me)]
        self.working = {working.order.id: working for working in orders}
        self.last_report, self._newest = ask(schema.NEWEST_REPORT, me).fetchone()
        self._orders = ask(schema.COUNT_ORDERS, me).fetchone()[0]
        self._tail.clear()
        self._staged = _Staged()

    def _write(self) -> None:
        staged = self._staged
        if not (staged.booked or staged.placed or staged.moved or staged.said):
            return
        account = self.account
        with transaction(self._connection) as connection:
            write = connection.execute
            if staged.opened_at is not None:
                write(schema.ADD_ACCOUNT, (account, self.quote, staged.opened_at))
            for working in staged.placed:
                self._orders += 1
                write(schema.ADD_ORDER, schema.order_row(account, self._orders, working))
            for working in staged.moved.values():
                write(schema.MOVE_ORDER, schema.moved_row(account, working))
            for said in staged.said:
                write(schema.ADD_REPORT, schema.report_row(account, said))
            postings: list[tuple[int | None, str, str, str]] = []
            for booked in staged.booked:
                head = write(schema.ADD_TRANSACTION, (account, booked.kind, booked.ref, booked.at)).lastrowid
                postings += [(head, p.account, p.asset, plain(p.amount)) for p in booked.postings]
            connection.executemany(schema.ADD_POSTING, postings)
        self._staged = _Staged()


def _same(what: str, asset: str, found: Decimal, wanted: Decimal) -> None:
    if found != wanted:
        raise InvariantError(
            f"{what} of {asset} is {found}; the book's rows say {wanted}", "Restore the book from a copy."
        )
