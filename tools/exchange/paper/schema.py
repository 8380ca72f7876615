"""The tables of the venue's book, and its rows to objects and back."""

from __future__ import annotations

import sqlite3
from typing import Any

from core.codec import decode
from core.instant import Instant, iso
from core.money import exact, plain
from core.orders import ExecutionReport, Fill, Order, OrderStatus
from tools.database import Schema
from tools.exchange.paper.working import Working

_TABLES = (
    "CREATE TABLE accounts (name TEXT PRIMARY KEY, quote TEXT NOT NULL, opened_at INTEGER NOT NULL) STRICT",
    """CREATE TABLE orders (
        account TEXT NOT NULL, id TEXT NOT NULL,
        symbol TEXT NOT NULL, side TEXT NOT NULL, type TEXT NOT NULL, purpose TEXT NOT NULL,
        quantity TEXT, spend TEXT, limit_price TEXT, stop_price TEXT,
        decision_id TEXT, reason TEXT NOT NULL, created_at INTEGER NOT NULL,
        number INTEGER NOT NULL, placed_at INTEGER NOT NULL, active_at INTEGER NOT NULL,
        status TEXT NOT NULL CHECK (status IN ('open', 'partial', 'filled', 'cancelled')),
        left TEXT, reserved TEXT NOT NULL, filled TEXT NOT NULL, spent TEXT NOT NULL,
        seen INTEGER NOT NULL, rests INTEGER, triggered INTEGER NOT NULL, ended TEXT NOT NULL,
        PRIMARY KEY (account, id)) STRICT, WITHOUT ROWID""",
    """CREATE TABLE reports (
        account TEXT NOT NULL, seq INTEGER NOT NULL,
        order_id TEXT NOT NULL, symbol TEXT NOT NULL, status TEXT NOT NULL, known_at INTEGER NOT NULL,
        reason TEXT NOT NULL, trade_id TEXT, side TEXT, quantity TEXT, price TEXT, fee TEXT,
        liquidity TEXT, at INTEGER,
        PRIMARY KEY (account, seq)) STRICT, WITHOUT ROWID""",
    """CREATE TABLE transactions (
        id INTEGER PRIMARY KEY, account TEXT NOT NULL,
        kind TEXT NOT NULL, ref TEXT NOT NULL, at INTEGER NOT NULL) STRICT""",
    """CREATE TABLE postings (
        transaction_id INTEGER NOT NULL REFERENCES transactions,
        role TEXT NOT NULL, asset TEXT NOT NULL, amount TEXT NOT NULL) STRICT""",
)


def _first(connection: sqlite3.Connection) -> None:
    for table in _TABLES:
        connection.execute(table)


def _more_kinds_of_orders(connection: sqlite3.Connection) -> None:
    connection.execute("ALTER TABLE orders ADD COLUMN time_in_force TEXT NOT NULL DEFAULT 'gtc'")
    connection.execute("ALTER TABLE orders ADD COLUMN trail TEXT")
    connection.execute("ALTER TABLE orders ADD COLUMN best TEXT")


SCHEMA = Schema("paper", (_first, _more_kinds_of_orders))

ADD_ACCOUNT = "INSERT INTO accounts VALUES (?, ?, ?)"
QUOTE = "SELECT quote FROM accounts WHERE name = ?"
ADD_ORDER = f"INSERT INTO orders VALUES ({', '.join('?' * 28)})"
MOVE_ORDER = """UPDATE orders SET status = ?, left = ?, reserved = ?, filled = ?, spent = ?, seen = ?,
    rests = ?, triggered = ?, ended = ?, best = ? WHERE account = ? AND id = ?"""
OPEN_ORDERS = "SELECT * FROM orders WHERE account = ? AND status IN ('open', 'partial') ORDER BY number"
ONE_ORDER = "SELECT * FROM orders WHERE account = ? AND id = ?"
ALL_ORDERS = "SELECT * FROM orders WHERE account = ? ORDER BY number"
ADD_REPORT = f"INSERT INTO reports VALUES ({', '.join('?' * 14)})"
REPORTS_AFTER = "SELECT * FROM reports WHERE account = ? AND seq > ? AND known_at <= ? ORDER BY seq"
ALL_REPORTS = "SELECT * FROM reports WHERE account = ? ORDER BY seq"
COUNT_ORDERS = "SELECT count(*) FROM orders WHERE account = ?"
NEWEST_REPORT = "SELECT coalesce(max(seq), 0), coalesce(max(known_at), 0) FROM reports WHERE account = ?"
ADD_TRANSACTION = "INSERT INTO transactions (account, kind, ref, at) VALUES (?, ?, ?, ?)"
ADD_POSTING = "INSERT INTO postings VALUES (?, ?, ?, ?)"
POSTINGS = """SELECT role, asset, amount FROM postings
    JOIN transactions ON transactions.id = transaction_id WHERE account = ?"""

_Row = tuple[Any, ...]


def order_row(account: str, number: int, working: Working) -> _Row:
    """The row of a new order."""
    order = working.order
    return (
        account, order.id, order.symbol, order.side.value, order.type.value, order.purpose.value,
        _text(order.quantity), _text(order.spend), _text(order.limit_price), _text(order.stop_price),
        order.decision_id, order.reason, order.created_at, number, working.placed_at, working.active_at,
        *_progress(working)[:-1], order.time_in_force.value, _text(order.trail), _text(working.best),
    )  # fmt: skip


def moved_row(account: str, working: Working) -> _Row:
    """The parameters that bring an order's row up to date."""
    return (*_progress(working), account, working.order.id)


def _progress(working: Working) -> _Row:
    return (
        working.status.value, _text(working.left), plain(working.reserved), plain(working.filled),
        plain(working.spent), working.seen, working.rests, working.triggered, working.ended,
        _text(working.best),
    )  # fmt: skip


def working(row: _Row) -> Working:
    """The order that `order_row` and `moved_row` wrote."""
    names = (
        "id", "symbol", "side", "type", "purpose", "quantity", "spend", "limit_price", "stop_price",
        "decision_id", "reason",
    )  # fmt: skip
    raw = dict(zip(names, row[1:12], strict=True)) | {"created_at": iso(row[12])}
    placed_at, active_at, status, left, reserved, filled, spent, seen, rests, triggered, ended = row[14:25]
    raw["time_in_force"], raw["trail"], best = row[25:]
    return Working(
        order=decode(Order, raw),
        placed_at=placed_at,
        active_at=active_at,
        reserved=exact(reserved),
        left=None if left is None else exact(left),
        status=OrderStatus(status),
        filled=exact(filled),
        spent=exact(spent),
        seen=seen,
        rests=None if rests is None else bool(rests),
        triggered=bool(triggered),
        ended=ended,
        best=None if best is None else exact(best),
    )


def report_row(account: str, report: ExecutionReport) -> _Row:
    """The row of a report, its fill beside it."""
    head = (
        account, report.seq, report.order_id, report.symbol, report.status.value, report.known_at, report.reason,
    )  # fmt: skip
    fill = report.fill
    if fill is None:
        return (*head, None, None, None, None, None, None, None)
    return (
        *head, fill.trade_id, fill.side.value, plain(fill.quantity), plain(fill.price), plain(fill.fee),
        fill.liquidity.value, fill.at,
    )  # fmt: skip


def report(row: _Row) -> ExecutionReport:
    """The report that `report_row` wrote."""
    (
        _,
        seq,
        order_id,
        symbol,
        status,
        known_at,
        reason,
        trade_id,
        side,
        quantity,
        price,
        fee,
        liquidity,
        at,
    ) = row
    fill = None
    if trade_id is not None:
        raw = {"trade_id": trade_id, "order_id": order_id, "symbol": symbol, "side": side}
        raw |= {"quantity": quantity, "price": price, "fee": fee, "liquidity": liquidity, "at": iso(at)}
        fill = decode(Fill, raw)
    return ExecutionReport(seq, order_id, symbol, OrderStatus(status), Instant(known_at), fill, reason)


def _text(value: Any) -> str | None:
    return None if value is None else plain(value)
