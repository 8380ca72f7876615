"""Reads a paper venue's book from outside, beside the process that writes it or after it was killed."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from core.errors import InvariantError
from core.ledger import OURS
from core.money import ZERO, add, exact
from core.orders import Fill, OrderStatus
from tools.database import connect_readonly
from tools.exchange.paper import schema
from tools.exchange.paper.working import Working


@dataclass(frozen=True, slots=True)
class Audit:
    """What the book says: every order oldest first, every fill in order, what is owned of each asset."""

    orders: tuple[Working, ...]
    fills: tuple[Fill, ...]
    balances: Mapping[str, Decimal]


def audit(path: Path, account: str) -> Audit:
    """*account*'s orders, fills and balances as one consistent moment of the book at *path* has them.

    Raises:
        FaultError: there is no such book, or it cannot be read.
        InvariantError: its postings do not balance, or a fill is of no order.
    """
    with closing(connect_readonly(path, schema.SCHEMA)) as connection:
        connection.execute("BEGIN")
        orders = tuple(map(schema.working, connection.execute(schema.ALL_ORDERS, (account,))))
        reports = tuple(map(schema.report, connection.execute(schema.ALL_REPORTS, (account,))))
        postings = connection.execute(schema.POSTINGS, (account,)).fetchall()
    owned: dict[str, Decimal] = {}
    totals: dict[str, Decimal] = {}
    for role, asset, text in postings:
        amount = exact(text)
        totals[asset] = add(totals.get(asset, ZERO), amount)
        if role in OURS:
            owned[asset] = add(owned.get(asset, ZERO), amount)
    off = {asset: amount for asset, amount in totals.items() if amount}
    if off:
        raise InvariantError(f"the postings of {account!r} are off by {off}", "Restore the book from a copy.")
    fills = tuple(said.fill for said in reports if said.fill is not None)
    _agree(orders, fills, {said.order_id for said in reports if said.reason == "delisted"})
    return Audit(orders, fills, {asset: amount for asset, amount in owned.items() if amount})


def _agree(orders: tuple[Working, ...], fills: tuple[Fill, ...], venues_own: set[str]) -> None:
    filled = {working.order.id: ZERO for working in orders}
    for fill in fills:
        if fill.order_id in filled:
            filled[fill.order_id] = add(filled[fill.order_id], fill.quantity)
        elif fill.order_id not in venues_own:
            raise InvariantError(f"fill {fill.trade_id} is of no order", "Restore the book from a copy.")
    for working in orders:
        wanted = filled[working.order.id]
        if working.filled != wanted or (working.status is OrderStatus.FILLED and not wanted):
            raise InvariantError(
                f"order {working.order.id} is filled by {working.filled}; its fills are {wanted} in all",
                "Restore the book from a copy.",
            )
