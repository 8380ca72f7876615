"""The filters an order must pass before it exists."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from decimal import Decimal

from core.money import floor_to, multiply
from tools.exchange.stand_in.engine.listing import TRADING, Listing
from tools.exchange.stand_in.engine.orders import NewOrder
from tools.exchange.stand_in.engine.refusals import Refusal, Refused
from tools.exchange.stand_in.wrongs import Wrong


def admitted(order: NewOrder, listing: Listing, price: Decimal, wrong: Collection[Wrong]) -> NewOrder:
    """*order* as the venue takes it; a correct venue changes nothing.

    Args:
        order: As it was asked for.
        listing: Its symbol's filters.
        price: What a market order is valued at for the minimum notional.
        wrong: What this venue does wrong.

    Raises:
        Refused: a filter is not met.
    """
    if listing.status != TRADING:
        raise Refused(Refusal.MARKET_CLOSED)
    rules = listing.instrument
    for name in ("limit", "stop"):
        value: Decimal | None = getattr(order, name)
        if value is None:
            continue
        if value <= 0:
            raise Refused(Refusal.TICK, name)
        if value != (on_tick := floor_to(value, rules.tick_size)):
            if Wrong.ROUNDS_PRICE not in wrong:
                raise Refused(Refusal.TICK, name)
            order = replace(order, **{name: on_tick})  # type: ignore[arg-type]  # the name picks the field
    worth = order.spend
    if order.quantity is not None:
        order = _with_good_quantity(order, order.quantity, listing, wrong)
        assert order.quantity is not None  # noqa: S101 - for the type checker: it was above
        worth = multiply(order.quantity, order.limit or order.stop or price)
    if worth is None:
        raise Refused(Refusal.BAD_PARAMETER, "quantity")
    if worth < rules.min_notional and Wrong.NO_MIN_NOTIONAL not in wrong:
        raise Refused(Refusal.NOTIONAL)
    if rules.max_notional is not None and worth > rules.max_notional:
        raise Refused(Refusal.NOTIONAL)
    return order


def _with_good_quantity(
    order: NewOrder, quantity: Decimal, listing: Listing, wrong: Collection[Wrong]
) -> NewOrder:
    rules = listing.instrument
    lots = floor_to(quantity, rules.lot_size)
    if quantity != lots and Wrong.ROUNDS_QUANTITY not in wrong:
        raise Refused(Refusal.LOT)
    if lots <= 0 or lots < rules.min_quantity:
        raise Refused(Refusal.LOT, "minimum")
    if rules.max_quantity is not None and lots > rules.max_quantity:
        raise Refused(Refusal.LOT)
    return replace(order, quantity=lots)
