"""The terms of an order: its type, its prices at the venue's tick, its quantity at the venue's lot."""

from __future__ import annotations

from dataclasses import replace
from decimal import ROUND_FLOOR, Context, Decimal, DivisionByZero, InvalidOperation, Overflow

from core.money import ONE, add, ceil_to, divide, floor_to, multiply, subtract
from core.orders import OrderType, Side
from strategies.risk.book import sellable
from strategies.risk.case import Case
from strategies.risk.rule import Draft

# The finest step in which a venue takes an amount of quote currency.
MONEY_STEP = Decimal("1e-8")
_FLOOR = Context(prec=60, rounding=ROUND_FLOOR, traps=[InvalidOperation, DivisionByZero, Overflow])

# Where the limits set no collar, a forced sale on missing data still needs a price to stand at.
_COLLAR_BPS_OF_LAST_RESORT = Decimal(100)


def is_price(amount: Decimal | None) -> bool:
    """Whether *amount* is a finite number above zero."""
    return amount is not None and amount.is_finite() and amount > 0


def at_the_collar(case: Case, draft: Draft) -> Draft:
    """A forced sale as a limit at the collar below its price."""
    bps = case.limits.price.collar_bps or _COLLAR_BPS_OF_LAST_RESORT
    lowest = multiply(draft.price, subtract(ONE, divide(bps, Decimal(10_000))))
    price = ceil_to(lowest, case.instrument.tick_size)
    quantity = sellable(case.portfolio, case.wish.symbol, case.pending)
    return replace(_limited_to(draft, price), reference=price, notional=multiply(quantity, price))


def sized_at(case: Case, draft: Draft, most: Decimal) -> Draft:
    """*draft* at *most*, rounded down to the venue's steps."""
    lot = case.instrument.lot_size
    if case.limits_only:
        draft = _limited(case, draft)
    if draft.side is Side.BUY:
        spend = _FLOOR.quantize(most, MONEY_STEP)
        unit = multiply(draft.limit_price or draft.price, add(ONE, case.costs.taker))
        return replace(draft, notional=spend, quantity=floor_to(divide(spend, unit), lot))
    free = sellable(case.portfolio, case.wish.symbol, case.pending)
    quantity = floor_to(min(free, divide(most, draft.price)), lot)
    return replace(draft, notional=multiply(quantity, draft.price), quantity=quantity)


def _limited(case: Case, draft: Draft) -> Draft:
    """*draft* for a venue that is sent no market orders: at the collar now or never, or a stop with a limit."""
    if draft.limit_price is not None:
        return draft
    tick, at = case.instrument.tick_size, draft.stop_price or draft.price
    bps = divide(case.limits.price.collar_bps or _COLLAR_BPS_OF_LAST_RESORT, Decimal(10_000))
    if draft.side is Side.BUY:
        return _limited_to(draft, floor_to(multiply(at, add(ONE, bps)), tick), at_once=True)
    lowest = ceil_to(multiply(at, subtract(ONE, bps)), tick)
    return _limited_to(draft, lowest, at_once=draft.stop_price is None)


def _limited_to(draft: Draft, price: Decimal, *, at_once: bool = False) -> Draft:
    return Draft(
        draft.order_id,
        draft.side,
        draft.purpose,
        draft.notional,
        draft.reference,
        draft.quantity,
        price,
        draft.stop_price,
        at_once,
    )


def kind_of(draft: Draft) -> OrderType:
    """The order type that *draft*'s prices make it."""
    if draft.stop_price is not None:
        return OrderType.STOP if draft.limit_price is None else OrderType.STOP_LIMIT
    return OrderType.MARKET if draft.limit_price is None else OrderType.LIMIT
