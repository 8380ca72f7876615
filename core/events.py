"""The journal's event union: everything that can happen to an account, in the order it happens.

Each event is a frozen dataclass with a `kind`. `body(event)` is what is journalled; `event(kind, body)`
reads it back, so that an account is a fold over its stream.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, ClassVar

from core.codec import decode, encode
from core.decision import Proposal
from core.ids import DecisionId, OrderId, RunId
from core.instant import Instant
from core.orders import ApprovedOrder, Fill, Finding, Wish


@dataclass(frozen=True, slots=True)
class Started:
    """A run began or went on. *config* is everything that was asked for, *data* each series' SHA-256."""

    kind: ClassVar[str] = "started"
    run_id: RunId
    config: Mapping[str, Any]
    config_hash: str
    simulated: bool
    cash: Decimal
    quote: str
    limits: Mapping[str, Any]
    data: Mapping[str, Any]
    resumed: bool = False


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision. *inputs* are the blobs it rested on, by name; *limits_hash* is of the limits in force."""

    kind: ClassVar[str] = "decided"
    decision_id: DecisionId
    account: str
    decider: str
    decided_by: str
    menu: tuple[str, ...]
    proposals: tuple[Proposal, ...]
    abstained: str | None
    wished: Mapping[str, Any]
    inputs: Mapping[str, Any]
    prompt: Mapping[str, Any] | None = None
    model: Mapping[str, Any] | None = None
    limits_hash: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """An unbroken run of a rule's decisions that changed nothing; *inputs_hash* is over all they saw."""

    kind: ClassVar[str] = "span"
    decider: str
    first: Instant
    last: Instant
    count: int
    inputs_hash: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The risk engine let nothing of a wish through."""

    kind: ClassVar[str] = "refused"
    decision_id: DecisionId | None
    wish: Wish
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Approved:
    """The risk engine let an order through, perhaps smaller than wished (*findings*)."""

    kind: ClassVar[str] = "approved"
    order: ApprovedOrder
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Submitted:
    """The durable intent, written before the wire. *sent_at* is the sender's clock, *wire* what is asked for."""

    kind: ClassVar[str] = "submitted"
    order_id: OrderId
    attempt: int = 1
    sent_at: Instant | None = None
    wire: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The venue has the order."""

    kind: ClassVar[str] = "acknowledged"
    order_id: OrderId


@dataclass(frozen=True, slots=True)
class Filled:
    """A trade happened. *venue_seq* is the venue's report number, from which reading goes on."""

    kind: ClassVar[str] = "filled"
    fill: Fill
    venue_seq: int
    done: bool


@dataclass(frozen=True, slots=True)
class Cancelled:
    """An order ended at the venue without being (fully) filled: cancelled, expired or rejected."""

    kind: ClassVar[str] = "cancelled"
    order_id: OrderId
    reason: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody knows whether an order arrived."""

    kind: ClassVar[str] = "unknown"
    order_id: OrderId
    why: str


@dataclass(frozen=True, slots=True)
class Resolved:
    """The fate of an unknown order was proven: *outcome* is ``exists`` or ``dead``."""

    kind: ClassVar[str] = "resolved"
    order_id: OrderId
    outcome: str


@dataclass(frozen=True, slots=True)
class Exit:
    """A protective exit fired. *trigger*: stop, target, trailing or time; *level* is its price."""

    kind: ClassVar[str] = "exit"
    symbol: str
    trigger: str
    level: Decimal | None
    order_id: OrderId


@dataclass(frozen=True, slots=True)
class Halted:
    """Trading stopped until a person resumes it. *state* is ``halted`` or ``reducing``."""

    kind: ClassVar[str] = "halted"
    reason: str
    by: str
    state: str = "halted"


@dataclass(frozen=True, slots=True)
class Resumed:
    """A person let trading go on."""

    kind: ClassVar[str] = "resumed"
    by: str


@dataclass(frozen=True, slots=True)
class Delisted:
    """A symbol's trading ended; a position in it was closed at the last print."""

    kind: ClassVar[str] = "delisted"
    symbol: str
    last_price: Decimal | None


@dataclass(frozen=True, slots=True)
class Alert:
    """Something a person should know. *about*: plain values that a restart takes up again."""

    kind: ClassVar[str] = "alert"
    code: str
    message: str
    about: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ended:
    """A run ended. *reason*: ``until``, ``once``, ``halted``, ``stopped`` or ``error``."""

    kind: ClassVar[str] = "ended"
    reason: str
    summary: Mapping[str, Any] = field(default_factory=dict)


Event = (
    Started
    | Decided
    | Span
    | Refused
    | Approved
    | Submitted
    | Acknowledged
    | Filled
    | Cancelled
    | Unknown
    | Resolved
    | Exit
    | Halted
    | Resumed
    | Delisted
    | Alert
    | Ended
)

EVENTS: dict[str, type[Event]] = {
    kind.kind: kind
    for kind in (
        Started, Decided, Span, Refused, Approved, Submitted, Acknowledged, Filled, Cancelled,
        Unknown, Resolved, Exit, Halted, Resumed, Delisted, Alert, Ended,
    )
}  # fmt: skip


def body(event: Event) -> dict[str, Any]:
    """The JSON object that is journalled for *event*."""
    return encode(event)


def event(kind: str, raw: Mapping[str, Any]) -> Event:
    """The event that `body` made *raw* of.

    Raises:
        KeyError: a kind or a field that this version does not know.
    """
    return decode(EVENTS[kind], raw)
