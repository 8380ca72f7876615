"""What the venue holds against what the books and earlier findings explain."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from core.assets import split_symbol
from core.market import Instrument
from core.money import ZERO, add, multiply, plain, subtract
from core.portfolio import Portfolio

_SHARE = Decimal("0.001")


@dataclass(slots=True)
class Watch:
    """What a process remembers from one look at the venue to the next.

    *due_at*: when the next one is due. *suspected*: amounts outside that were seen once, at *seen_at*.
    *lived_until*: how far the venue has lived; in simulated time a run that was cut off leaves it ahead of
    its journal, and until then its balances are not comparable. *is_open*: they are still to be compared.
    """

    due_at: int = 0
    lived_until: int = 0
    is_open: bool = False
    seen_at: int = 0
    suspected: Mapping[str, Decimal] = field(default_factory=dict)

    def is_confirmed(self, found: Mapping[str, Decimal], now: int) -> bool:
        """Whether *found* was there at an earlier look too; else it is suspected from now on."""
        if found == self.suspected and now > self.seen_at:
            return True
        if found != self.suspected:
            self.suspected, self.seen_at = found, now
        return False


def of_the_books(portfolio: Portfolio) -> dict[str, Decimal]:
    """What the books say is owned of each asset."""
    held = {split_symbol(symbol)[0]: one.quantity for symbol, one in portfolio.positions.items()}
    return {portfolio.quote: portfolio.cash, **held}


def differences(
    books: Mapping[str, Decimal],
    outside: Mapping[str, Decimal],
    balances: Mapping[str, Decimal],
    assets: Iterable[str],
    least: Callable[[str], Decimal],
) -> dict[str, Decimal]:
    """The new amount outside of the books, of each of *assets* where it moved by more than *least* of it."""
    found: dict[str, Decimal] = {}
    for asset in assets:
        ours = books.get(asset, ZERO)
        moved = subtract(balances.get(asset, ZERO), add(ours, outside.get(asset, ZERO)))
        if moved.copy_abs() > least(asset):
            found[asset] = subtract(balances.get(asset, ZERO), ours)
    return found


def tolerance(
    books: Mapping[str, Decimal], instruments: Mapping[str, Instrument], quote: str
) -> Callable[[str], Decimal]:
    """The largest drift of an asset that says nothing: 0.1 % of the books, or one step of the venue.

    *instruments* by base. A step of the quote is the coarsest tick.
    """
    tick = max((one.tick_size for one in instruments.values()), default=ZERO)

    def least(asset: str) -> Decimal:
        step = tick if asset == quote else ZERO if asset not in instruments else instruments[asset].lot_size
        return max(multiply(books.get(asset, ZERO), _SHARE), step)

    return least


def in_words(
    found: Mapping[str, Decimal], books: Mapping[str, Decimal], outside: Mapping[str, Decimal]
) -> str:
    """What was found, asset by asset."""
    told = []
    for asset, now in sorted(found.items()):
        expected = add(books.get(asset, ZERO), outside.get(asset, ZERO))
        there = add(books.get(asset, ZERO), now)
        told.append(f"{plain(there)} {asset} where {plain(expected)} were expected")
    return "; ".join(told)
