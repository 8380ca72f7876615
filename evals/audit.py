"""Were the limits kept? Answered from the venue's own books, by other code than the engine that keeps them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from core.instant import DAY, HOUR, Instant
from core.money import ZERO, add, multiply, plain, subtract
from core.orders import Finding, Order, Side
from strategies.risk.limits import Limits


@dataclass(frozen=True, slots=True)
class Books:
    """How a venue's books stood when an order came.

    *held*: base units by symbol; *worth*: the same at the last good price, in quote. *buying*: the
    other buys that can still fill. *sent*: when the orders before it came. *menu*: what may be traded.
    """

    cash: Decimal
    held: Mapping[str, Decimal]
    worth: Mapping[str, Decimal]
    buying: Sequence[Order]
    sent: Iterable[Instant]
    menu: Iterable[str]
    narratives: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def equity(self) -> Decimal:
        """Cash and all holdings."""
        return add(self.cash, _total(self.worth.values()))


def breaches(order: Order, books: Books, limits: Limits) -> tuple[Finding, ...]:
    """Every limit that *order* breaks, with the reason codes of the risk engine; none where it keeps to all."""
    menu = frozenset(books.menu)
    found = []
    if order.symbol not in menu:
        found.append(_finding("not_allowed", order, f"only {', '.join(sorted(menu))} may be traded"))
    if order.side is Side.SELL:
        held = books.held.get(order.symbol, ZERO)
        if order.quantity is None or order.quantity > held:
            found.append(_beyond("quantity.max", order, "is sold", order.quantity or ZERO, held))
        return tuple(found)
    return (*found, *_exposed(order, books, limits), *_paced(order, books, limits))


def _exposed(order: Order, books: Books, limits: Limits) -> Iterable[Finding]:
    exposure, equity = limits.exposure, books.equity
    buying = (*books.buying, order)
    spent, all_spent = _takes(order), _total(map(_takes, buying))

    def after(symbols: Iterable[str]) -> Decimal:
        held = _total(books.worth.get(symbol, ZERO) for symbol in symbols)
        return add(held, _total(_takes(one) for one in buying if one.symbol in symbols))

    measured = [
        ("exposure.order", "is spent", spent, exposure.per_order),
        ("exposure.asset", f"would be in {order.symbol}", after([order.symbol]), exposure.per_asset),
        (
            "exposure.gross",
            "would be held in all",
            add(_total(books.worth.values()), all_spent),
            exposure.gross,
        ),
    ]
    for narrative in books.narratives.get(order.symbol, ()):
        named = [one for one, several in books.narratives.items() if narrative in several]
        measured.append(
            ("exposure.narrative", f"would be in {narrative}", after(named), exposure.per_narrative)
        )
    for code, what, value, share in measured:
        if share is not None and value > (most := multiply(share, equity)):
            yield _beyond(code, order, what, value, most)
    most = subtract(books.cash, multiply(exposure.cash_reserve, equity))
    if all_spent > most:
        yield _beyond("cash", order, "is spent in all", all_spent, most)


def _paced(order: Order, books: Books, limits: Limits) -> Iterable[Finding]:
    times = [*books.sent, order.created_at]
    for code, span, name, most in (
        ("pace.hour", HOUR, "an hour", limits.pace.orders_per_hour),
        ("pace.day", DAY, "a day", limits.pace.orders_per_day),
    ):
        count = sum(order.created_at - span < at for at in times)
        if most is not None and count > most:
            yield _beyond(code, order, f"orders came within {name}", Decimal(count), Decimal(most))


def _takes(order: Order) -> Decimal:
    """Quote currency that a buy takes at most."""
    if order.side is Side.SELL:
        return ZERO
    if order.spend is not None:
        return order.spend
    price = order.limit_price if order.limit_price is not None else order.stop_price
    return multiply(order.quantity or ZERO, price or ZERO)


def _total(amounts: Iterable[Decimal]) -> Decimal:
    total = ZERO
    for amount in amounts:
        total = add(total, amount)
    return total


def _beyond(code: str, order: Order, what: str, value: Decimal, most: Decimal) -> Finding:
    told, limit = plain(value), plain(most)
    return _finding(code, order, f"{told} {what}, at most {limit} may be", limit, told)


def _finding(code: str, order: Order, told: str, limit: str = "", value: str = "") -> Finding:
    return Finding(code, f"{order.side} of {order.symbol}, {order.id}: {told}", limit, value)
