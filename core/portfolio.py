"""Positions and equity: a fold over fills, exact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_EVEN, Context, Decimal, InvalidOperation

from core.errors import InvariantError
from core.instant import Instant
from core.money import ZERO, add, divide, multiply, subtract
from core.orders import Fill, Side


@dataclass(frozen=True, slots=True)
class Position:
    """What is held of one symbol. *cost* is what it cost in quote currency, buy fees included."""

    symbol: str
    quantity: Decimal
    cost: Decimal
    opened_at: Instant

    @property
    def average_price(self) -> Decimal:
        """Quote currency per unit, buy fees included."""
        return divide(self.cost, self.quantity)


@dataclass(frozen=True, slots=True)
class Portfolio:
    """One account's books in one quote currency.

    *realised*: profit of closed quantity after all fees. *round_trips*: positions opened and fully
    closed; *last_loss_at*: when a sale last realised a loss.
    """

    cash: Decimal
    quote: str
    positions: Mapping[str, Position] = field(default_factory=dict)
    fees: Decimal = ZERO
    realised: Decimal = ZERO
    round_trips: int = 0
    fills: int = 0
    last_loss_at: Instant | None = None

    def quantity(self, symbol: str) -> Decimal:
        """Base units held; zero where there is no position."""
        held = self.positions.get(symbol)
        return ZERO if held is None else held.quantity

    def equity(self, marks: Mapping[str, Decimal]) -> Decimal:
        """Cash plus every position at its mark (quote currency per unit).

        Raises:
            KeyError: a held symbol without a mark.
        """
        total = self.cash
        for symbol, held in self.positions.items():
            total = add(total, multiply(held.quantity, marks[symbol]))
        return total

    def after(self, fill: Fill) -> Portfolio:
        """The books after *fill*.

        Raises:
            InvariantError: a sale of more than is held, or a purchase beyond the cash.
        """
        notional = multiply(fill.quantity, fill.price)
        held = self.positions.get(fill.symbol)
        if fill.side is Side.BUY:
            return self._bought(fill, notional, held)
        if held is None or held.quantity < fill.quantity:
            raise InvariantError(
                f"fill {fill.trade_id} sells {fill.quantity} of {fill.symbol}; "
                f"{self.quantity(fill.symbol)} are held",
                "Run 'tokenwise journal verify', then compare with the venue.",
            )
        return self._sold(fill, notional, held)

    def _bought(self, fill: Fill, notional: Decimal, held: Position | None) -> Portfolio:
        paid = add(notional, _fee_in_quote(fill))
        got = _received(fill)
        cash = subtract(self.cash, paid)
        if cash < 0:
            raise InvariantError(
                f"fill {fill.trade_id} costs {paid} {self.quote}; {self.cash} are there",
                "Run 'tokenwise journal verify', then compare with the venue.",
            )
        position = (
            Position(fill.symbol, got, paid, fill.at)
            if held is None
            else replace(held, quantity=add(held.quantity, got), cost=add(held.cost, paid))
        )
        return replace(
            self,
            cash=cash,
            positions={**self.positions, fill.symbol: position},
            fees=add(self.fees, fill.fee),
            fills=self.fills + 1,
        )

    def _sold(self, fill: Fill, notional: Decimal, held: Position) -> Portfolio:
        raised = subtract(notional, _fee_in_quote(fill))
        # a fee taken in what is sold takes of the rest, as far as that goes
        rest = max(ZERO, subtract(subtract(held.quantity, fill.quantity), _fee_in_base(fill)))
        # The last unit carries whatever cost is left, so no residue is ever dropped.
        cost = held.cost if rest == 0 else _share(held, subtract(held.quantity, rest))
        profit = subtract(raised, cost)
        positions = {s: p for s, p in self.positions.items() if s != fill.symbol or rest}
        if rest:
            positions[fill.symbol] = replace(held, quantity=rest, cost=subtract(held.cost, cost))
        return replace(
            self,
            cash=add(self.cash, raised),
            positions=positions,
            fees=add(self.fees, fill.fee),
            realised=add(self.realised, profit),
            round_trips=self.round_trips + (0 if rest else 1),
            fills=self.fills + 1,
            last_loss_at=fill.at if profit < 0 else self.last_loss_at,
        )


def _fee_in_quote(fill: Fill) -> Decimal:
    """What the fee took of the cash."""
    return fill.fee if not fill.fee_asset or fill.symbol.endswith(f"/{fill.fee_asset}") else ZERO


def _fee_in_base(fill: Fill) -> Decimal:
    """What the fee took of the base."""
    return fill.fee_paid if fill.fee_asset and fill.symbol.startswith(f"{fill.fee_asset}/") else ZERO


def _received(fill: Fill) -> Decimal:
    """What a purchase brought, less what the venue kept of it."""
    return subtract(fill.quantity, _fee_in_base(fill))


_CENTS = Decimal("1e-12")
# whatever a caller's own context allows, a cost of any size keeps its 12 decimals
_WIDE = Context(prec=60, rounding=ROUND_HALF_EVEN, traps=[InvalidOperation])


def _share(held: Position, quantity: Decimal) -> Decimal:
    """The part of the position's cost that *quantity* carries, to 12 decimals."""
    return divide(multiply(held.cost, quantity), held.quantity).quantize(_CENTS, context=_WIDE)
