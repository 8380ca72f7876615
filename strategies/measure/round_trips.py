"""Positions opened and fully closed, with what each earned."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from core.instant import Instant
from core.money import ZERO, add, divide, multiply, subtract
from core.orders import Fill, Side


@dataclass(frozen=True, slots=True)
class RoundTrip:
    """One position from flat to flat. Prices are averages without fees, *pnl* is after all *fees*.

    *quantity* is all that was bought; *entry_fees* are those of the purchases, a part of *fees*.
    *exit_order* is the id of the order that closed it.
    """

    symbol: str
    entered_at: Instant
    exited_at: Instant
    quantity: Decimal
    entry_price: Decimal
    exit_price: Decimal
    fees: Decimal
    entry_fees: Decimal
    pnl: Decimal
    exit_order: str

    @property
    def gain(self) -> float:
        """Profit as a fraction of what was paid for the position, fees included: a total loss is -1."""
        cost = add(multiply(self.quantity, self.entry_price), self.entry_fees)
        return float(divide(self.pnl, cost)) if cost else 0.0


@dataclass(slots=True)
class _Open:
    entered_at: Instant
    held: Decimal = ZERO
    bought: Decimal = ZERO
    paid: Decimal = ZERO
    raised: Decimal = ZERO
    fees: Decimal = ZERO
    entry_fees: Decimal = ZERO


def round_trips(fills: Iterable[Fill]) -> tuple[RoundTrip, ...]:
    """Every position that was closed, in the order of closing. A position still open is none.

    Raises:
        ValueError: a sale of more than is held.
    """
    opened: dict[str, _Open] = {}
    closed: list[RoundTrip] = []
    for fill in sorted(fills, key=lambda each: each.at):
        position = opened.setdefault(fill.symbol, _Open(fill.at))
        notional = multiply(fill.quantity, fill.price)
        position.fees = add(position.fees, fill.fee)
        if fill.side is Side.BUY:
            position.held = add(position.held, fill.quantity)
            position.bought = add(position.bought, fill.quantity)
            position.paid = add(position.paid, notional)
            position.entry_fees = add(position.entry_fees, fill.fee)
            continue
        position.held = subtract(position.held, fill.quantity)
        position.raised = add(position.raised, notional)
        if position.held < 0:
            raise ValueError(f"fill {fill.trade_id} sells more {fill.symbol} than is held")
        if position.held == 0:
            closed.append(_closed(opened.pop(fill.symbol), fill))
    return tuple(closed)


def _closed(position: _Open, last: Fill) -> RoundTrip:
    return RoundTrip(
        symbol=last.symbol,
        entered_at=position.entered_at,
        exited_at=last.at,
        quantity=position.bought,
        entry_price=divide(position.paid, position.bought),
        exit_price=divide(position.raised, position.bought),
        fees=position.fees,
        entry_fees=position.entry_fees,
        pnl=subtract(subtract(position.raised, position.paid), position.fees),
        exit_order=last.order_id,
    )
