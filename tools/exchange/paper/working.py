"""An order in the venue's hands."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from core.instant import Instant
from core.money import ZERO
from core.orders import Order, OrderState, OrderStatus, Side


@dataclass(slots=True)
class Working:
    """An order and how far it has come. Mutable; owned by the book, which keeps it durable.

    *active_at*: from when on it can trade. *placed_at*: when it arrived; a candle that had closed by
    then never fills it. *reserved*: what is still set aside for it, quote for a buy, base for a sale.
    *left*: base still to trade; ``None`` for a market buy, which trades until *reserved* is spent.
    *spent*: quote paid (buys) or raised (sales), fees included. *seen*: opening of the newest candle
    that it was held against. *rests*: whether a limit was away from the market at its first candle;
    ``None`` before that. *triggered*: a stop that was touched, and is a market order (a stop-limit: a
    limit) from then on. *best*: the best price that a trailing stop has followed.
    """

    order: Order
    placed_at: Instant
    active_at: Instant
    reserved: Decimal
    left: Decimal | None
    status: OrderStatus = OrderStatus.OPEN
    filled: Decimal = ZERO
    spent: Decimal = ZERO
    seen: int = -1
    rests: bool | None = None
    triggered: bool = False
    ended: str = ""
    best: Decimal | None = None

    @property
    def is_open(self) -> bool:
        """Whether it can still fill."""
        return self.status in {OrderStatus.OPEN, OrderStatus.PARTIAL}

    @property
    def reserves(self) -> str:
        """The asset that is set aside."""
        base, _, quote = self.order.symbol.partition("/")
        return quote if self.order.side is Side.BUY else base

    @property
    def state(self) -> OrderState:
        """The order as it is told to the outside."""
        order = self.order
        return OrderState(
            order.id, order.symbol, order.side, self.status, self.filled, self.spent, self.ended
        )
