"""The books with what is on its way: what positions are worth, what pending orders will take."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from core.money import ONE, ZERO, add, multiply, subtract
from core.orders import ApprovedOrder, Side
from core.portfolio import Portfolio
from strategies.risk.case import Case, is_resting_stop


def value_held(portfolio: Portfolio, symbol: str, marks: Mapping[str, Decimal]) -> Decimal:
    """What the position is worth at its mark, in quote currency.

    Raises:
        KeyError: held, and without a mark.
        ValueError: held, and its mark is no price; below zero it would hide exposure.
    """
    held = portfolio.positions.get(symbol)
    if held is None:
        return ZERO
    mark = marks[symbol]
    if not (mark.is_finite() and mark > 0):
        raise ValueError(f"the mark of {symbol} is {mark}")
    return multiply(held.quantity, mark)


def taken(order: ApprovedOrder, marks: Mapping[str, Decimal], taker: Decimal) -> Decimal:
    """Quote currency that a pending buy will take, fee included; zero for a sale.

    Raises:
        KeyError: a buy of a quantity without any price.
    """
    if order.side is Side.SELL:
        return ZERO
    if order.spend is not None:
        return order.spend
    quantity = ZERO if order.quantity is None else order.quantity
    price = marks[order.symbol] if order.limit_price is None else order.limit_price
    return multiply(multiply(quantity, price), add(ONE, taker))


def value_after(case: Case, symbol: str) -> Decimal:
    """The position at its mark and every pending buy of it, in quote currency."""
    total = value_held(case.portfolio, symbol, case.marks)
    for order in case.pending:
        if order.symbol == symbol:
            total = add(total, taken(order, case.marks, case.costs.taker))
    return total


def all_taken(case: Case) -> Decimal:
    """Quote currency that all pending buys will take."""
    total = ZERO
    for order in case.pending:
        total = add(total, taken(order, case.marks, case.costs.taker))
    return total


def exposed_symbols(case: Case) -> tuple[str, ...]:
    """Every symbol that is held or being bought, alphabetically."""
    buying = {order.symbol for order in case.pending if order.side is Side.BUY}
    return tuple(sorted(buying.union(case.portfolio.positions)))


def sellable(portfolio: Portfolio, symbol: str, pending: tuple[ApprovedOrder, ...]) -> Decimal:
    """Base units that no sale on its way has claimed; a resting stop gives way and claims none."""
    free = portfolio.quantity(symbol)
    for order in pending:
        if order.symbol == symbol and order.side is Side.SELL and not is_resting_stop(order):
            free = subtract(free, ZERO if order.quantity is None else order.quantity)
    return free if free > 0 else ZERO
