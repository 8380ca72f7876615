"""A wish, an order, a fill: three different things, in that order.

A `Wish` is what a decider or a protective exit wants. An `ApprovedOrder` is what the risk engine let
through; nothing else may build one, and an exchange accepts nothing else. A `Fill` has happened.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from core.ids import DecisionId, OrderId
from core.instant import Instant


class Side(StrEnum):
    """Direction of an order."""

    BUY = "buy"
    SELL = "sell"


class OrderType(StrEnum):
    """How an order executes."""

    MARKET = "market"
    LIMIT = "limit"
    STOP = "stop"


class Purpose(StrEnum):
    """Why an order exists; it decides which rules may refuse it (DESIGN §8)."""

    ENTRY = "entry"
    REDUCTION = "reduction"
    EXIT = "exit"


class OrderStatus(StrEnum):
    """Where an order stands at its venue."""

    OPEN = "open"
    PARTIAL = "partial"
    FILLED = "filled"
    CANCELLED = "cancelled"
    REJECTED = "rejected"


class Liquidity(StrEnum):
    """Whether a fill took liquidity or made it."""

    MAKER = "maker"
    TAKER = "taker"


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wanted of one symbol: *notional* is quote currency to spend (buys) or to raise (sells)."""

    symbol: str
    side: Side
    purpose: Purpose
    notional: Decimal
    reason: str
    confidence: float = 1.0
    stance: float = 0.0


@dataclass(frozen=True, slots=True)
class ApprovedOrder:
    """An order that may go on the wire. Built only by `strategies.risk.engine`.

    Exactly one of *quantity* (base) and *spend* (quote, fee included; market buys only) is set.
    """

    id: OrderId
    symbol: str
    side: Side
    type: OrderType
    purpose: Purpose
    quantity: Decimal | None
    spend: Decimal | None
    limit_price: Decimal | None
    stop_price: Decimal | None
    decision_id: DecisionId | None
    reason: str
    created_at: Instant


@dataclass(frozen=True, slots=True)
class Fill:
    """A trade that happened. *fee* is in quote currency; *at* is when it executed."""

    trade_id: str
    order_id: OrderId
    symbol: str
    side: Side
    quantity: Decimal
    price: Decimal
    fee: Decimal
    liquidity: Liquidity
    at: Instant


@dataclass(frozen=True, slots=True)
class OrderState:
    """An order as its venue sees it."""

    order: ApprovedOrder
    status: OrderStatus
    filled: Decimal
    spent: Decimal
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ExecutionReport:
    """One thing a venue said about an order, numbered by the venue without holes.

    *status* is the order's after it. *fill* is set where it was a trade. *known_at*: when the venue said it.
    """

    seq: int
    order_id: OrderId
    symbol: str
    status: OrderStatus
    known_at: Instant
    fill: Fill | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a risk rule said: *code* (CONTRACT §3), in words, with both values unrounded."""

    code: str
    message: str
    limit: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The risk engine's answer: an order, perhaps smaller than wished, or none; and every finding."""

    order: ApprovedOrder | None
    findings: tuple[Finding, ...]
