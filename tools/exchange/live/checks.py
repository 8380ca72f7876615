"""What is refused before the wire: ccxt would round it, or send it and let the venue say no."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from core.errors import RejectedError
from core.market import Instrument
from core.money import floor_to, multiply
from core.orders import Order, OrderType

SUPPORTED = frozenset({OrderType.LIMIT, OrderType.STOP_LIMIT})


def check(order: Order, instruments: Mapping[str, Instrument], venue: str) -> Decimal:
    """The quantity of *order*, which meets the venue's filters as we know them.

    Raises:
        RejectedError: it does not, or it is of a kind that is never sent live; nothing was sent.
    """
    if order.type not in SUPPORTED:
        raise _refused(
            f"a {order.type.value} order is never sent to {venue}",
            "Orders there carry a limit.",
            "order_type",
        )
    rules = instruments.get(order.symbol)
    if rules is None:
        raise _refused(
            f"{order.symbol} does not trade on {venue} now", "It is frozen until it does.", "market_closed"
        )
    for named in (order.quantity, order.limit_price, order.stop_price):
        if named is not None and not (named.is_finite() and named > 0):
            raise _refused(
                f"an order of {order.quantity} at {order.limit_price}", "Both are above 0.", "precision"
            )
    quantity = order.quantity
    if quantity is None or order.limit_price is None:
        raise _refused("an order without a quantity or a limit", "It needs both.", "precision")
    if order.type is OrderType.STOP_LIMIT and order.stop_price is None:
        raise _refused("a stop-limit order without a stop", "It needs a stop price.", "precision")
    for name, value, step in (
        ("quantity", quantity, rules.lot_size),
        ("limit", order.limit_price, rules.tick_size),
        ("stop", order.stop_price, rules.tick_size),
    ):
        if value is not None and floor_to(value, step) != value:
            raise _refused(
                f"the {name} {value} of {order.symbol} is off its step {step}", "Round it.", "precision"
            )
    _check_bounds(quantity, multiply(quantity, order.limit_price), rules)
    return quantity


def _check_bounds(quantity: Decimal, notional: Decimal, rules: Instrument) -> None:
    for value, least, most, name in (
        (quantity, rules.min_quantity, rules.max_quantity, "quantity"),
        (notional, rules.min_notional, rules.max_notional, "notional"),
    ):
        if value < least:
            raise _refused(f"{name} {value} of {rules.symbol} is below {least}", "Order more.", f"{name}.min")
        if most is not None and value > most:
            raise _refused(f"{name} {value} of {rules.symbol} is above {most}", "Order less.", f"{name}.max")


def _refused(message: str, mend: str, code: str) -> RejectedError:
    return RejectedError(message, mend, code=code)
