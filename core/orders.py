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
from core.money import ZERO


class Side(StrEnum):
    """Direction of an order."""

    BUY = "buy"
    SELL = "sell"


class OrderType(StrEnum):
    """How an order executes."""

    MARKET = "market"
    LIMIT = "limit"
    STOP = "stop"
    STOP_LIMIT = "stop_limit"
    TRAILING = "trailing"
    OCO = "oco"


class TimeInForce(StrEnum):
    """How long an order may rest: until it is cancelled, or not at all."""

    GTC = "gtc"
    IOC = "ioc"


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
class Order:
    """An order's exact terms. Exactly one of *quantity* (base) and *spend* is set.

    *spend*: quote, fee included; market buys only. *limit_price*: of a limit, a stop-limit, or an OCO's
    target. *stop_price*: the trigger of a stop, a stop-limit, or an OCO's stop. *trail*: how far a
    trailing stop follows behind the best price, in quote currency per unit.
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
    time_in_force: TimeInForce = TimeInForce.GTC
    trail: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ApprovedOrder(Order):
    """An order that may go on the wire. Built only by `strategies.risk.engine`."""


@dataclass(frozen=True, slots=True)
class Fill:
    """A trade that happened. *fee* is its worth in quote currency; *at* is when it executed.

    *fee_paid* of *fee_asset* is what was really taken, where that was not the quote currency: some
    venues keep a purchase's fee back in what was bought, or take it in a coin of their own.
    """

    trade_id: str
    order_id: OrderId
    symbol: str
    side: Side
    quantity: Decimal
    price: Decimal
    fee: Decimal
    liquidity: Liquidity
    at: Instant
    fee_asset: str = ""
    fee_paid: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class OrderState:
    """An order as its venue sees it. *id* is ours, or ``external:<the venue's>`` where another hand placed it."""

    id: OrderId
    symbol: str
    side: Side
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
