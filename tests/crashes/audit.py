"""What an account's life came to, as the venue's own book has it, held against the journal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from agent.journal.store import SqlJournal
from agent.journal.verify import verify
from agent.runtime.account import Account
from agent.runtime.recovery import any_instrument, recover
from agent.runtime.remembered import DRIFT, OVERFILLED
from core.events import (
    Alert,
    Approved,
    Cancelled,
    Decided,
    Filled,
    Refused,
    Resolved,
    Submitted,
    Unknown,
    event,
)
from core.ledger import OURS
from core.money import ZERO
from core.orders import ApprovedOrder, Side
from tools.exchange.paper.audit import audit

Wished = tuple[str, str]  # a decision and a symbol

WRONG = frozenset({DRIFT, OVERFILLED})
"""Alerts that a venue whose account is only ours never gives cause for."""


@dataclass(frozen=True, slots=True)
class Book:
    """A venue's own: our id of every order as often as it was placed, every fill's id, what of the account is ours."""

    orders: tuple[str, ...]
    fills: tuple[str, ...]
    owned: Mapping[str, Decimal]


@dataclass
class Findings:
    """How often something went wrong; all zero, or the product is broken. *approved* and *seen* are for scale."""

    approved: int = 0
    orders: int = 0
    unknown: int = 0
    dead: int = 0
    superseded: int = 0
    lost: list[Wished] = field(default_factory=list)
    duplicated: list[Wished] = field(default_factory=list)
    unrecorded: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        """Nothing lost, doubled, unrecorded or wrong."""
        return not (self.lost or self.duplicated or self.unrecorded or self.wrong)

    def add(self, other: Findings) -> None:
        """Takes *other* in."""
        for name in ("approved", "orders", "unknown", "dead", "superseded"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.lost += other.lost
        self.duplicated += other.duplicated
        self.unrecorded += other.unrecorded
        self.wrong += other.wrong


def audited(home: Path, account: str = "paper") -> Findings:
    """Compares the journal and the paper venue's book of *account* in *home*, from outside both."""
    there = audit(home / "paper.db", account)
    book = Book(
        tuple(working.order.id for working in there.orders),
        tuple(fill.trade_id for fill in there.fills),
        there.balances,
    )
    return held_against(home, book, account)


def held_against(home: Path, book: Book, account: str = "paper") -> Findings:
    """Compares the journal of *account* in *home* and a venue's *book*."""
    with SqlJournal.open(home / "journal.db", home / "heads.json", readonly=True) as journal:
        ours, _ = recover(journal, account, any_instrument)
        told = [event(record.kind, record.body) for record in journal.records(ours.stream)]
    found = _orders(book, told)
    _fills(found, book, told)
    _money(found, book, ours)
    found.wrong += [one.message for one in told if isinstance(one, Alert) and one.code in WRONG]
    bad = verify(home / "journal.db", home / "heads.json", None)["first_bad"]
    if bad is not None:
        found.wrong.append(f"journal: {bad}")
    return found


def _orders(book: Book, told: list[object]) -> Findings:
    found = Findings(orders=len(book.orders))
    intents = {one.order_id for one in told if isinstance(one, Submitted)}
    found.unknown = sum(isinstance(one, Unknown) for one in told)
    found.dead = sum(isinstance(one, Resolved) and one.outcome == "dead" for one in told)
    found.unrecorded = [number for number in book.orders if number not in intents]
    approved = [one.order for one in told if isinstance(one, Approved)]
    by_id = {order.id: order for order in approved}
    placed = [by_id[number] for number in book.orders if number in by_id]
    there = Counter(_wished(order) for order in placed if order.decision_id is not None)
    wanted = {_wished(order) for order in approved if order.decision_id is not None}
    found.approved = len(wanted)
    buried = {one.order_id for one in told if isinstance(one, Resolved) and one.outcome == "dead"}
    buried |= {one.order_id for one in told if isinstance(one, Cancelled) and "rejected" in one.reason}
    found.wrong += [f"order {number} is there and was given up" for number in book.orders if number in buried]
    found.wrong += [
        f"order {number} is there {times} times"
        for number, times in Counter(book.orders).items()
        if times > 1
    ]
    found.duplicated = [one for one, count in there.items() if count > 1]
    given_up = _given_up(approved, told)
    missing = wanted - set(there)
    found.superseded = len(missing & given_up)
    found.lost = sorted(missing - given_up)
    return found


def _given_up(approved: list[ApprovedOrder], told: list[object]) -> set[Wished]:
    """Wishes that the journal shows to have ended otherwise: refused, rejected, or overtaken by a newer decision."""
    by_id = {order.id: order for order in approved}
    newest: dict[str, str] = {}
    ended: set[Wished] = set()
    waiting: dict[str, Wished] = {}
    for one in told:
        if isinstance(one, Decided):
            for proposal in one.proposals:
                symbol = one.menu[proposal.asset]
                newest[symbol] = one.decision_id
                if symbol in waiting:
                    ended.add(waiting.pop(symbol))
        elif isinstance(one, Refused) and one.decision_id is not None:
            ended.add((one.decision_id, one.wish.symbol))
        elif isinstance(one, Cancelled):
            order = by_id[one.order_id]
            if not one.reason.startswith("not sent"):
                ended.add(_wished(order))
            elif order.decision_id is not None:
                waiting[order.symbol] = _wished(order)
        elif isinstance(one, Filled) and one.fill.side is Side.SELL and one.fill.symbol in waiting:
            ended.add(waiting.pop(one.fill.symbol))  # its stop had done it
        elif isinstance(one, Resolved) and one.outcome == "dead":
            order = by_id[one.order_id]
            if order.decision_id is not None:
                waiting[order.symbol] = _wished(order)
                if newest[order.symbol] != order.decision_id:
                    ended.add(waiting.pop(order.symbol))
    return ended


def _fills(found: Findings, book: Book, told: list[object]) -> None:
    booked = Counter(one.fill.trade_id for one in told if isinstance(one, Filled))
    real = Counter(book.fills)
    found.wrong += [
        f"fill {one} is booked {booked[one]} times of {real[one]}"
        for one in booked | real
        if booked[one] != real[one]
    ]


def _money(found: Findings, book: Book, ours: Account) -> None:
    ledger: dict[str, Decimal] = {}
    for (role, asset), amount in ours.ledger.balances().items():
        if role in OURS and amount:
            ledger[asset] = ledger.get(asset, ZERO) + amount
    if ledger != book.owned:
        found.wrong.append(f"ledger {ledger} is not the venue's {dict(book.owned)}")
    held = {symbol.partition("/")[0]: one.quantity for symbol, one in ours.portfolio.positions.items()}
    books = {asset: amount for asset, amount in ({"USDT": ours.portfolio.cash} | held).items() if amount}
    if books != book.owned:
        found.wrong.append(f"books {books} are not the venue's {dict(book.owned)}")


def _wished(order: object) -> Wished:
    return str(order.decision_id), str(order.symbol)  # type: ignore[attr-defined]
