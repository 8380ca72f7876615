"""What the paper venue refuses, as a spot venue would, in words and with a code."""

from __future__ import annotations

from decimal import Decimal

from core.errors import RejectedError
from core.market import Costs, Instrument
from core.money import EXACT, ONE, ZERO, add, multiply, plain
from core.orders import Order, OrderType, Side, TimeInForce

# How much dearer a market purchase of a quantity may become before it buys less than it asked for.
_CUSHION = Decimal("1.1")


def check(order: Order, instrument: Instrument) -> None:
    """Refuses an order that the venue's rules do not allow, whatever the account holds.

    Raises:
        RejectedError: *code* is ``malformed``, ``precision`` or ``quantity.min|max``, ``notional.min|max``.
    """
    _shape(order)
    quantity, price = order.quantity, order.limit_price or order.stop_price
    for name, level in (("limit", order.limit_price), ("stop", order.stop_price), ("trail", order.trail)):
        if level is not None:
            _step(order, name, level, instrument.tick_size)
    if quantity is not None:
        _step(order, "quantity", quantity, instrument.lot_size)
        _bounds(order, "quantity", quantity, instrument.min_quantity, instrument.max_quantity)
    # A market sale states no price, so its worth is not known yet.
    notional = order.spend
    if quantity is not None and price is not None:
        notional = multiply(quantity, price)
    if notional is not None:
        _bounds(order, "notional", notional, instrument.min_notional, instrument.max_notional)


def reservation(order: Order, costs: Costs, last: Decimal | None = None) -> Decimal:
    """What an order sets aside: its spend, its dearest notional with the higher fee, or the base it sells.

    *last*: the newest price, which a purchase that names none is measured by.

    Raises:
        RejectedError: *code* ``no_price``: such a purchase, and there was no price yet.
    """
    quantity = order.quantity
    if order.spend is not None:
        return order.spend
    if quantity is None:
        raise ValueError(f"order {order.id} has neither quantity nor spend")
    if order.side is Side.SELL:
        return quantity
    if not names_no_price(order):
        price = dearest(order)
    elif last is None:
        raise _refusal(order, "comes before there was any price", "no_price", "Wait for the first one.")
    else:
        price = add(last, order.trail or ZERO)
    return multiply(multiply(quantity, price), add(ONE, max(costs.maker, costs.taker)))


def names_no_price(order: Order) -> bool:
    """Whether a purchase's reserve can only be measured by the newest price."""
    return order.side is Side.BUY and order.spend is None and not (order.limit_price or order.stop_price)


def set_aside(order: Order, needed: Decimal, free: Decimal) -> Decimal:
    """What is set aside where *needed* is *free*: a market purchase of a quantity keeps a cushion, as prices move."""
    if order.type is OrderType.MARKET and names_no_price(order):
        return min(multiply(needed, _CUSHION), free)
    return needed


def dearest(order: Order) -> Decimal:
    """The highest price that an order of stated prices names; what a stop-limit pays is its limit at most."""
    limit, stop = order.limit_price or ZERO, order.stop_price or ZERO
    return max(limit, stop) if order.type is OrderType.OCO else limit or stop


def check_funds(order: Order, needed: Decimal, free: Decimal, asset: str) -> None:
    """Refuses an order for more than is free.

    Raises:
        RejectedError: *code* ``cash`` (a buy) or ``short`` (a sale of what is not held).
    """
    if needed <= free:
        return
    have = f"{plain(free)} {asset} is free"
    if order.side is Side.BUY:
        raise _refusal(order, f"needs {plain(needed)} {asset}; {have}", "cash", "Buy less, or sell first.")
    raise _refusal(
        order,
        f"sells {plain(needed)} {asset}; {have}",
        "short",
        "This venue is spot only: it takes no shorts; sell at most what is held and not set aside.",
    )


def unknown_symbol(order: Order, symbols: tuple[str, ...]) -> RejectedError:
    """The refusal of a symbol that is not traded here."""
    refusal = _refusal(order, "names a symbol that is not traded here", "unknown_symbol", "Choose another.")
    refusal.candidates = symbols
    return refusal


def ended(order: Order) -> RejectedError:
    """The refusal of a symbol whose trading has ended."""
    return _refusal(order, "comes after trading has ended", "delisted", "Choose another symbol.")


def foreign_quote(order: Order, quote: str) -> RejectedError:
    """The refusal of a symbol that is not paid in the account's currency."""
    return _refusal(order, f"is not paid in {quote}", "quote", f"Choose a symbol that ends in /{quote}.")


def _shape(order: Order) -> None:
    is_market_buy = order.type is OrderType.MARKET and order.side is Side.BUY
    wanted = {
        "spend": is_market_buy and order.quantity is None,
        "quantity": not is_market_buy or order.spend is None,
        "limit_price": order.type in {OrderType.LIMIT, OrderType.STOP_LIMIT, OrderType.OCO},
        "stop_price": order.type in {OrderType.STOP, OrderType.STOP_LIMIT, OrderType.OCO},
        "trail": order.type is OrderType.TRAILING,
    }
    for name, is_wanted in wanted.items():
        value: Decimal | None = getattr(order, name)
        if (value is not None) is not is_wanted:
            needs = "needs a" if is_wanted else "takes no"
            raise _refusal(
                order,
                f"is a {order.type} {order.side} and {needs} {name}",
                "malformed",
                "Market buys say what to spend, or a quantity as all others; limits, stops and trails their price.",
            )
        if value is not None and not (value.is_finite() and value > 0):
            raise _refusal(order, f"has {name} {value}", "malformed", "Send a finite number above zero.")
    if order.time_in_force is TimeInForce.IOC and order.type not in {OrderType.MARKET, OrderType.LIMIT}:
        raise _refusal(order, f"is a {order.type} and cannot be IOC", "malformed", "Let it rest.")
    _sides(order)


def _sides(order: Order) -> None:
    if order.type is not OrderType.OCO or order.limit_price is None or order.stop_price is None:
        return
    above, below = order.limit_price, order.stop_price
    if order.side is Side.BUY:
        above, below = below, above
    if above <= below:
        what = f"has its target {plain(order.limit_price)} and its stop {plain(order.stop_price)} on the wrong sides"
        mend = "A sale's target is above its stop, a purchase's below."
        raise _refusal(order, what, "malformed", mend)


def _step(order: Order, name: str, value: Decimal, step: Decimal) -> None:
    if EXACT.remainder(value, step) != ZERO:
        raise _refusal(
            order, f"has {name} {plain(value)}; the step is {plain(step)}", "precision", "Round it."
        )


def _bounds(order: Order, name: str, value: Decimal, least: Decimal, most: Decimal | None) -> None:
    if value < least:
        message, code = f"has {name} {plain(value)}; at least {plain(least)}", f"{name}.min"
    elif most is not None and value > most:
        message, code = f"has {name} {plain(value)}; at most {plain(most)}", f"{name}.max"
    else:
        return
    raise _refusal(order, message, code, "Change its size.")


def _refusal(order: Order, what: str, code: str, mend: str) -> RejectedError:
    return RejectedError(f"order {order.id} for {order.symbol} {what}", mend, code=code)
