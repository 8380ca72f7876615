"""The seams, on one page. The loop knows these and nothing of what stands behind them.

Each docstring is the contract; `tests/contracts/` holds every adapter to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Protocol

from core.decision import Decision, MarketView, Situation, Unchanged
from core.events import Event
from core.ids import OrderId
from core.instant import Instant, Interval
from core.ledger import Transaction
from core.market import BarSeries, Instrument
from core.observation import Missing, Observation
from core.orders import ApprovedOrder, ExecutionReport, OrderState


class Clock(Protocol):
    """The only source of now."""

    def now(self) -> Instant:
        """The current instant; never goes back."""
        ...

    async def sleep_until(self, moment: Instant) -> None:
        """Waits (system) or jumps (simulated) to *moment*; returns at once where it has passed."""
        ...


class MarketData(MarketView, Protocol):
    """Prices as they were known at the clock's now.

    Reads never look past `now`: a candle opened at t is served from t + interval on. A window that
    would span two segments or holds a row that the gate refuses is `Missing`, never shortened.
    """

    grain: Interval
    symbols: tuple[str, ...]
    simulated: bool

    async def advance(self, now: Instant) -> None:
        """Takes in everything that is known at *now*; later reads answer as of it.

        Raises:
            LookAheadError: *now* is after the clock's now.
        """
        ...

    def series_since(self, symbol: str, interval: Interval, opened_from: Instant) -> tuple[BarSeries, ...]:
        """The closed candles of *interval* opened at or after *opened_from*, with what the gate says of each.

        Unlike in a window, refused ones, stretches that have ended and candles that are stale are among them.
        One series of each asset that *symbol* stood for, oldest first; none is empty. Later vintages are written
        in, as far as they are known.
        """
        ...

    def close(self, symbol: str) -> tuple[float, Instant] | Missing:
        """The last good close and when it was known, however old: what a position is marked at."""
        ...

    def instrument(self, symbol: str) -> Instrument:
        """The venue's filters.

        Raises:
            NoAnswerError: a symbol that this market does not have.
        """
        ...

    def delisted_at(self, symbol: str) -> Instant | None:
        """When trading of *symbol* ended, once that is known; `None` while it trades."""
        ...

    def fingerprints(self) -> Mapping[str, str]:
        """SHA-256 over the rows of each series that are known now, by symbol."""
        ...


class FactSource(Protocol):
    """Observations that are no candles, point in time."""

    def facts(self, asset: str, metric: str, now: Instant, count: int) -> tuple[Observation, ...] | Missing:
        """The newest *count* observations with ``known_at <= now``, oldest first."""
        ...


class Exchange(Protocol):
    """A venue. It accepts only what the risk engine approved.

    *grace_ms*: how long after its sending an order may still appear; from then on its absence proves
    that it never will. `None`: this venue gives no such proof. *remembers*: an order id is unique for
    ever here, so that the very same order may be sent twice and is placed once.

    Raises (every method):
        UnreachableError: the venue did not answer; nothing follows from that.
        KeyRefusedError: the venue refuses our key.
    """

    grace_ms: int | None
    remembers: bool

    def wire(self, order: ApprovedOrder) -> Mapping[str, Any]:
        """What `submit` will ask the venue for, without keys: journalled with the intent."""
        ...

    async def submit(self, order: ApprovedOrder) -> OrderState:
        """Places *order*; returning means that the venue has it.

        Raises:
            RejectedError: the venue refused it; it does not exist there.
            UnknownFateError: nobody knows whether it arrived.
        """
        ...

    async def cancel(self, order_id: OrderId) -> OrderState:
        """Ends an order if it is still open; its state afterwards.

        Raises:
            RejectedError: the venue never had such an order.
        """
        ...

    async def order(self, order_id: OrderId) -> OrderState | None:
        """An order by our id; `None` where the venue shows none now (a proof only after *grace_ms*)."""
        ...

    async def open_orders(self) -> tuple[OrderState, ...]:
        """Every order that can still fill, of ours and of others on the same account."""
        ...

    async def reports(self, after: int) -> tuple[ExecutionReport, ...]:
        """What happened to our orders after report number *after* and is known at the clock's now, in order."""
        ...

    async def balances(self) -> Mapping[str, Decimal]:
        """What the account owns of each asset, reserved amounts included."""
        ...

    async def trouble(self) -> str | None:
        """Why no entry may go out now (clock skew, cool-down, maintenance), in words; `None` where all is well."""
        ...

    async def close(self) -> None:
        """Gives back what is held open."""
        ...


class Decider(Protocol):
    """Answers a situation. Has no hands: it holds nothing that can trade."""

    spec: str

    async def decide(self, situation: Situation) -> Decision | Unchanged:
        """A decision; never raises for a failed model (it abstains)."""
        ...


class Approver(Protocol):
    """Says whether an order that passed the risk engine may go out now."""

    async def approve(self, order: ApprovedOrder) -> bool | None:
        """True to send; False where it was denied; `None` while a person has not answered."""
        ...


@dataclass(frozen=True, slots=True)
class Entry:
    """One event as it is to be written: when, what, the blobs it cites and the postings it books."""

    at: Instant
    event: Event
    blobs: Mapping[str, bytes] = field(default_factory=dict)
    postings: tuple[Transaction, ...] = ()


@dataclass(frozen=True, slots=True)
class Record:
    """One event as it stands in the journal."""

    stream: str
    seq: int
    at: Instant
    kind: str
    body: Mapping[str, Any]
    blobs: tuple[str, ...]
    prev: str
    hash: str


class Journal(Protocol):
    """Append-only memory, hash-chained per stream."""

    def append(
        self, stream: str, entries: Sequence[Entry], checkpoint: Mapping[str, Any] | None = None
    ) -> tuple[Record, ...]:
        """Writes *entries* (and the account's *checkpoint*) in one transaction, whole or not at all.

        Raises:
            JournalError: nothing was written; nothing may trade.
        """
        ...

    def anchor(self) -> None:
        """Makes the heads durable outside the database."""
        ...


class JournalReader(Protocol):
    """Reads what was journalled."""

    def records(self, stream: str, after: int = 0, kinds: Iterable[str] = ()) -> Iterator[Record]:
        """The stream in order, from seq *after* + 1 on, only *kinds* where given."""
        ...

    def blob(self, digest: str) -> bytes:
        """A blob by its SHA-256 (64 hex digits).

        Raises:
            JournalError: not there, or not what its name says.
        """
        ...

    def checkpoint(self, stream: str) -> Mapping[str, Any] | None:
        """The account's last checkpoint."""
        ...


class Notifier(Protocol):
    """Tells a person."""

    async def notify(self, code: str, message: str) -> None:
        """Delivers or logs; never raises."""
        ...
