"""Orders and trades as the venue itself keeps them."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from core.instant import Instant
from core.money import ZERO, divide, multiply, subtract
from core.orders import Side


class TimeInForce(StrEnum):
    """How long an order may wait."""

    GTC = "GTC"
    IOC = "IOC"
    FOK = "FOK"


class Status(StrEnum):
    """Where an order stands."""

    OPEN = "open"
    PARTIAL = "partial"
    FILLED = "filled"
    CANCELED = "canceled"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Trail:
    """How far a trailing stop stays behind the best price: a fraction of it, or an amount of quote currency."""

    fraction: Decimal = ZERO
    amount: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class NewOrder:
    """An order as a client asked for it.

    Exactly one of *quantity* (base) and *spend* (quote to pay or to get, at market) is set. Without *limit* it takes any price.
    *stop* or *trail* make it wait for a trigger; *take_profit* turns the trigger round.
    """

    symbol: str
    side: Side
    quantity: Decimal | None = None
    spend: Decimal | None = None
    limit: Decimal | None = None
    stop: Decimal | None = None
    trail: Trail | None = None
    take_profit: bool = False
    time_in_force: TimeInForce = TimeInForce.GTC
    post_only: bool = False
    client_id: str = ""
    by_hand: bool = False

    def by_quantity(self, quantity: Decimal) -> NewOrder:
        """The same order for *quantity* of the base, whatever it was asked for by."""
        return NewOrder(
            self.symbol,
            self.side,
            quantity,
            None,
            self.limit,
            self.stop,
            self.trail,
            self.take_profit,
            self.time_in_force,
            self.post_only,
            self.client_id,
            self.by_hand,
        )


@dataclass(slots=True)
class VenueOrder:
    """An order at the venue. *number* counts from 1; *locked* is what it still holds of `asset_locked`."""

    number: int
    wanted: NewOrder
    quantity: Decimal
    created_at: Instant
    updated_at: Instant
    visible_at: Instant
    client_id: str
    status: Status = Status.OPEN
    filled: Decimal = ZERO
    spent: Decimal = ZERO
    fees: dict[str, Decimal] = field(default_factory=dict)
    locked: Decimal = ZERO
    asset_locked: str = ""
    waiting: bool = False
    stop: Decimal | None = None
    best: Decimal | None = None
    reason: str = ""

    @property
    def symbol(self) -> str:
        """``BASE/QUOTE``."""
        return self.wanted.symbol

    @property
    def is_open(self) -> bool:
        """Can still fill."""
        return self.status in {Status.OPEN, Status.PARTIAL}

    @property
    def left(self) -> Decimal:
        """What has not filled."""
        return subtract(self.quantity, self.filled)

    @property
    def average(self) -> Decimal:
        """The mean price of its fills; 0 before the first."""
        return divide(self.spent, self.filled) if self.filled else ZERO


@dataclass(frozen=True, slots=True)
class VenueTrade:
    """One fill. *fee* is in *fee_asset*, whatever that is at this venue."""

    number: int
    order: int
    client_id: str
    symbol: str
    side: Side
    quantity: Decimal
    price: Decimal
    fee: Decimal
    fee_asset: str
    maker: bool
    at: Instant
    visible_at: Instant

    @property
    def cost(self) -> Decimal:
        """Quote currency that changed hands, before the fee."""
        return multiply(self.quantity, self.price)
