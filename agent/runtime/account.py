"""One account: a fold over its stream of events, live and after a restart alike."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from agent.runtime.intents import NOT_SENT, Intent
from agent.runtime.remembered import Remembered
from agent.runtime.waiting import Request, after
from core.decision import Proposal
from core.events import (
    Acknowledged,
    Alert,
    Approved,
    Cancelled,
    Decided,
    Event,
    Filled,
    Halted,
    Refused,
    Resolved,
    Resumed,
    Span,
    Started,
    Submitted,
    Unknown,
)
from core.ids import DecisionId, OrderId
from core.instant import DAY, Instant
from core.ledger import Ledger, Transaction
from core.money import ZERO, add, subtract
from core.orders import ApprovedOrder, Fill, Side
from core.portfolio import Portfolio
from strategies.risk.breaker import Watermarks, first_marks
from strategies.risk.case import State
from strategies.risk.engine import rest_of
from strategies.risk.exits import ExitPlan


@dataclass(frozen=True, slots=True)
class Protection:
    """What guards one position: its plan, the highest high since the entry, the stop that rests at the venue.

    *opened_at* tells that position from one that was opened after it. *is_dust*: what is left is less than the
    venue takes, so nothing guards it, and what is bought beside it begins anew.
    """

    opened_at: Instant
    plan: ExitPlan
    high: Decimal
    resting: OrderId | None = None
    is_dust: bool = False


@dataclass(frozen=True, slots=True)
class Retry:
    """A wish to be flat: it stands, and is wished again on every beat, until the position is gone."""

    decision_id: DecisionId
    proposal: Proposal
    attempt: int


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What the events alone do not say, kept beside them in the same transaction."""

    beat: Instant
    decided_until: Instant
    equity: Decimal
    watermarks: Watermarks
    protections: Mapping[str, Protection] = field(default_factory=dict)
    retries: Mapping[str, Retry] = field(default_factory=dict)
    compared: bool = False


class Account:
    """The state that decisions and risk rules look at.

    *starts* counts the fresh starts under its name. *over* is each order that has ended, as it was before its last fill, *filled* what each order has traded;
    *newest* the last decision that named a symbol; *anew* what is to be made again: an order that never
    arrived, or an exit that was not sent; *refused_exits* why the last exit of a symbol was refused, until
    something of it trades; *compared* whether a shared venue's balances were ever held against the books.
    `apply` folds one event in. `checkpoint` and `restore` carry the watermarks, which follow from
    prices and not from events.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.stream = f"trading/{name}"
        self.starts = 1
        self._reset(ZERO, "USDT")

    def _reset(self, cash: Decimal, quote: str) -> None:
        self.portfolio = Portfolio(cash, quote)
        self.start_cash = cash
        self.ledger = Ledger()
        self.state = State.ACTIVE
        self.wished: dict[str, float] = {}
        self.open: dict[OrderId, ApprovedOrder] = {}
        self.unacknowledged: dict[OrderId, Intent] = {}
        self.over: dict[OrderId, tuple[ApprovedOrder, Fill | None]] = {}
        self.filled: dict[OrderId, Decimal] = {}
        self.trades: set[tuple[str, str]] = set()
        self.newest: dict[str, tuple[DecisionId, Proposal]] = {}
        self.anew: dict[OrderId, Intent] = {}
        self.refused_exits: dict[str, tuple[str, ...]] = {}
        self.remembered = Remembered()
        self.known: set[OrderId] = set()
        self.begun: set[OrderId] = set()
        self.recent: deque[Instant] = deque()
        self.venue_seq = 0
        self.decisions = 0
        self.beat = Instant(0)
        self.equity = cash
        self.compared = False
        self.decided_until = Instant(-1)
        self.watermarks = first_marks(cash, Instant(0))
        self.protections: dict[str, Protection] = {}
        self.retries: dict[str, Retry] = {}
        self.waiting: dict[OrderId, Request] = {}
        self.ended: str | None = None

    @property
    def id(self) -> str:
        """The name that this start's decision and order ids derive from."""
        return self.name if self.starts == 1 else f"{self.name}/{self.starts}"

    def apply(self, at: Instant, event: Event, postings: tuple[Transaction, ...] = ()) -> None:
        """Folds *event* in; *postings* are what it books."""
        if isinstance(event, Filled):
            if not self._is_new(event.fill):
                return
            self._paid(event.fill)
            self.portfolio = self.portfolio.after(event.fill)
            self.refused_exits.pop(event.fill.symbol, None)
            self.venue_seq = event.venue_seq
            self._filled(event)
        elif isinstance(event, Span):
            self.decided_until = event.last
        elif isinstance(event, Decided):
            self.decisions += 1
            self.decided_until = at
            for proposal in event.proposals:
                symbol = event.menu[proposal.asset]
                self.wished[symbol] = proposal.stance
                self.newest[symbol] = (event.decision_id, proposal)
        elif isinstance(event, Approved):
            self.open[event.order.id] = event.order
            self.known.add(event.order.id)
            if self.anew:
                self._made_anew(event.order)
        elif isinstance(event, Submitted):
            order = self.open[event.order_id]
            if order.id not in self.unacknowledged:
                self._pace(order.created_at)
            self.unacknowledged[order.id] = Intent(order, event.attempt, event.sent_at or at)
        elif isinstance(event, Acknowledged):
            self.unacknowledged.pop(event.order_id, None)
        else:
            self._apply_rare(at, event)
        for transaction in postings:
            self.ledger.apply(transaction)

    def _apply_rare(self, at: Instant, event: Event) -> None:
        if isinstance(event, Cancelled):
            unsent = self.unacknowledged.get(event.order_id)
            if unsent is not None and event.reason.startswith(NOT_SENT):
                self.anew[event.order_id] = unsent
            self._close(event.order_id)
        elif isinstance(event, Resolved):
            intent = self.unacknowledged.pop(event.order_id, None)
            if event.outcome == "dead":
                if intent is not None:
                    self.anew[event.order_id] = intent
                self._close(event.order_id)
        elif isinstance(event, Unknown):
            known = self.unacknowledged.get(event.order_id)
            known = known or Intent(self.open[event.order_id], 1, at)
            self.unacknowledged[event.order_id] = replace(known, told=True)
        elif isinstance(event, Refused):
            if event.decision_id is None:
                self.refused_exits[event.wish.symbol] = tuple(one.code for one in event.findings)
            self.anew = {
                number: one
                for number, one in self.anew.items()
                if one.order.decision_id is None
                or (one.order.decision_id, one.order.symbol) != (event.decision_id, event.wish.symbol)
            }
        elif isinstance(event, Alert):
            self.waiting = after(self.waiting, event)
            self.remembered.take(event)
        elif isinstance(event, Halted):
            self.state = State(event.state)
        elif isinstance(event, Resumed):
            self.state = State.ACTIVE
        elif isinstance(event, Started) and not event.resumed:
            self._reset(event.cash, event.quote)

    def left_of(self, order: OrderId) -> ApprovedOrder | None:
        """What is left of an order of ours, open or over; `None` where we never had it."""
        left = self.open.get(order)
        if left is not None or order not in self.over:
            return left
        left, last = self.over[order]
        return left if last is None else rest_of(left, last)

    def _is_new(self, fill: Fill) -> bool:
        """Whether a trade is told for the first time; venues number trades by symbol."""
        key = (fill.symbol, fill.trade_id)
        if key in self.trades:
            return False
        self.trades.add(key)
        return True

    def _paid(self, fill: Fill) -> None:
        """Notes a fee that took of what is not in the books: a third coin, or more of the base than a sale left."""
        base, _, quote = fill.symbol.partition("/")
        if not fill.fee_asset or fill.fee_asset == quote:
            return
        left = ZERO
        if fill.fee_asset == base:
            left = fill.quantity
            if fill.side is Side.SELL:
                left = max(ZERO, subtract(self.portfolio.quantity(fill.symbol), fill.quantity))
        if fill.fee_paid > left:
            self.remembered.paid(fill.fee_asset, subtract(fill.fee_paid, left))

    def _filled(self, event: Filled) -> None:
        fill = event.fill
        order = self.left_of(fill.order_id)
        if order is None:
            return
        # who has filled exists, whatever became of the answer
        self.unacknowledged.pop(order.id, None)
        self.filled[order.id] = add(self.filled.get(order.id, ZERO), fill.quantity)
        if order.id in self.open and not event.done:
            self.open[order.id] = rest_of(order, fill)
            self.begun.add(order.id)
        else:
            self._close(order.id)
            self.over[order.id] = (order, fill)

    def _close(self, order: OrderId) -> None:
        ended = self.open.pop(order, None)
        if ended is not None:
            self.over[order] = (ended, None)
        self.begun.discard(order)
        self.unacknowledged.pop(order, None)

    def _made_anew(self, order: ApprovedOrder) -> None:
        same = (order.symbol, order.purpose, order.decision_id)
        self.anew = {
            number: one
            for number, one in self.anew.items()
            if (one.order.symbol, one.order.purpose, one.order.decision_id) != same
        }

    def _pace(self, at: Instant) -> None:
        self.recent.append(at)
        while self.recent[0] <= at - DAY:
            self.recent.popleft()

    def checkpoint(self) -> Checkpoint:
        """What `restore` needs to go on from here."""
        return Checkpoint(
            self.beat,
            self.decided_until,
            self.equity,
            self.watermarks,
            self.protections,
            self.retries,
            self.compared,
        )

    def restore(self, saved: Checkpoint) -> None:
        """Takes over what the events alone do not say."""
        self.beat = saved.beat
        self.decided_until = saved.decided_until
        self.equity = saved.equity
        self.watermarks = saved.watermarks
        self.protections = dict(saved.protections)
        self.retries = dict(saved.retries)
        self.compared = saved.compared
