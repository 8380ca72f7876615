"""One account: a fold over its stream of events, live and after a restart alike."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

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
from core.money import ZERO
from core.orders import ApprovedOrder
from core.portfolio import Portfolio
from strategies.risk.breaker import Watermarks, first_marks
from strategies.risk.case import State
from strategies.risk.engine import rest_of
from strategies.risk.exits import ExitPlan


@dataclass(frozen=True, slots=True)
class Protection:
    """What guards one position: its plan, the highest high since the entry, the stop that rests at the venue.

    *opened_at* tells that position from one that was opened after it.
    """

    opened_at: Instant
    plan: ExitPlan
    high: Decimal
    resting: OrderId | None = None


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


class Account:
    """The state that decisions and risk rules look at.

    *starts* counts the fresh starts under its name. `apply` folds one event in. `checkpoint` and `restore` carry the watermarks, which follow from
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
        self.unacknowledged: dict[OrderId, ApprovedOrder] = {}
        self.known: set[OrderId] = set()
        self.begun: set[OrderId] = set()
        self.recent: deque[Instant] = deque()
        self.venue_seq = 0
        self.decisions = 0
        self.beat = Instant(0)
        self.equity = cash
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
            self.portfolio = self.portfolio.after(event.fill)
            self.venue_seq = event.venue_seq
            self._filled(event)
        elif isinstance(event, Span):
            self.decided_until = event.last
        elif isinstance(event, Decided):
            self.decisions += 1
            self.decided_until = at
            for proposal in event.proposals:
                self.wished[event.menu[proposal.asset]] = proposal.stance
        elif isinstance(event, Approved):
            self.open[event.order.id] = event.order
            self.known.add(event.order.id)
        elif isinstance(event, Submitted):
            order = self.unacknowledged[event.order_id] = self.open[event.order_id]
            self._pace(order.created_at)
        elif isinstance(event, Acknowledged):
            self.unacknowledged.pop(event.order_id, None)
        else:
            self._apply_rare(event)
        for transaction in postings:
            self.ledger.apply(transaction)

    def _apply_rare(self, event: Event) -> None:
        if isinstance(event, Cancelled) or (isinstance(event, Resolved) and event.outcome == "dead"):
            self._close(event.order_id)
        elif isinstance(event, Unknown):
            self.unacknowledged[event.order_id] = self.open[event.order_id]
        elif isinstance(event, Alert):
            self.waiting = after(self.waiting, event)
        elif isinstance(event, Halted):
            self.state = State(event.state)
        elif isinstance(event, Resumed):
            self.state = State.ACTIVE
        elif isinstance(event, Started) and not event.resumed:
            self._reset(event.cash, event.quote)

    def _filled(self, event: Filled) -> None:
        order = self.open.get(event.fill.order_id)
        if event.done:
            self._close(event.fill.order_id)
        elif order is not None:
            self.open[order.id] = rest_of(order, event.fill)
            self.begun.add(order.id)

    def _close(self, order: OrderId) -> None:
        self.open.pop(order, None)
        self.begun.discard(order)
        self.unacknowledged.pop(order, None)

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
        )

    def restore(self, saved: Checkpoint) -> None:
        """Takes over what the events alone do not say."""
        self.beat = saved.beat
        self.decided_until = saved.decided_until
        self.equity = saved.equity
        self.watermarks = saved.watermarks
        self.protections = dict(saved.protections)
        self.retries = dict(saved.retries)
