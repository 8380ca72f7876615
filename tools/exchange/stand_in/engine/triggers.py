"""When an order that waits for a price wakes up."""

from __future__ import annotations

from decimal import Decimal

from core.money import ONE, multiply, subtract
from core.orders import Side
from tools.exchange.stand_in.engine.orders import NewOrder, VenueOrder


def reached(order: NewOrder, stop: Decimal, last: Decimal) -> bool:
    """Whether the last price has reached *stop*: a stop-loss sells below it and buys above it, a take-profit the other way."""
    downwards = (order.side is Side.SELL) is not order.take_profit
    return last <= stop if downwards else last >= stop


def follow(order: VenueOrder, last: Decimal) -> None:
    """Draws a trailing stop after the best price since it began to follow (at its activation price, if it has one)."""
    trail = order.wanted.trail
    if trail is None:
        return
    activation = order.wanted.stop
    if order.best is None:
        if activation is not None and not _touched(order, activation, last):
            return
        order.best = last
    order.best = max(order.best, last) if order.wanted.side is Side.SELL else min(order.best, last)
    away = trail.amount or multiply(order.best, trail.fraction)
    sign = ONE if order.wanted.side is Side.SELL else -ONE
    order.stop = subtract(order.best, multiply(sign, away))


def _touched(order: VenueOrder, activation: Decimal, last: Decimal) -> bool:
    return last >= activation if order.wanted.side is Side.SELL else last <= activation
