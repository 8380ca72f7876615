"""What a look at the venue shows that the books do not: orders, balances, listings that ended."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from decimal import Decimal

from agent.runtime.desk import Desk
from agent.runtime.drift import differences, in_words, of_the_books, tolerance
from agent.runtime.remembered import DRIFT, EXTERNAL, FROZEN, OUTSIDE, written
from core.assets import split_symbol
from core.events import Alert, Event, Halted
from core.money import ZERO
from core.orders import OrderState
from strategies.risk.case import State


def strangers(desk: Desk, shown: Sequence[OrderState]) -> list[Event]:
    """Orders of other hands, or of an earlier start, that nobody was told of yet."""
    account = desk.account
    return [
        Alert(
            EXTERNAL,
            f"an order that this account did not place rests at the venue: {state.side} {state.symbol} ({state.id}); it is left alone",
            {"order_id": state.id, "symbol": state.symbol, "side": state.side.value},
        )
        for state in shown
        if state.id not in account.known and state.id not in account.remembered.external
    ]


def frozen(desk: Desk) -> list[Event]:
    """Positions whose trading ended and that the venue does not close by itself, as the paper venue does."""
    account = desk.account
    return [
        Alert(
            FROZEN,
            f"trading of {symbol} has ended: the position is left as it is, at its last good price",
            {"symbol": symbol},
        )
        for symbol in (account.portfolio.positions if desk.is_shared else ())
        if desk.market.delisted_at(symbol) is not None and symbol not in account.remembered.frozen
    ]


def drift(
    desk: Desk, balances: Mapping[str, Decimal], *, confirmed: bool, untold: Collection[str] = ()
) -> list[Event]:
    """What the venue holds beside the books, where that has changed; then the account may only reduce.

    What is found at the first comparison of all was there when the account began. Nothing is said of the
    assets of *untold*: symbols in which an order of ours has filled unreported.
    """
    account, watch = desk.account, desk.watch
    watch.is_open = desk.clock.now() < watch.lived_until
    if watch.is_open:
        return []
    books, outside = of_the_books(account.portfolio), account.remembered.outside
    assets, least = _compared(desk, books, balances)
    unclear = {one.order.symbol for one in account.unacknowledged.values()}.union(untold)
    moving = {asset for symbol in unclear for asset in split_symbol(symbol)}
    found = differences(books, outside, balances, assets - moving, least)
    is_first = desk.is_shared and not account.compared
    if found and not (confirmed or is_first) and not watch.is_confirmed(found, desk.clock.now()):
        return []
    watch.suspected = {}
    account.compared = account.compared or not moving
    if not found:
        return []
    told = f"the venue holds {in_words(found, books, outside)}"
    if is_first:
        return [Alert(OUTSIDE, f"{told}; the difference is left alone", written(found))]
    events: list[Event] = [Alert(DRIFT, f"{told}: somebody else moved it", written(found))]
    if account.state is State.ACTIVE:
        told = f"{told}; a person looks at it, then resumes"
        events.append(Halted(told, "venue", State.REDUCING.value))
    return events


def _compared(
    desk: Desk, books: Mapping[str, Decimal], balances: Mapping[str, Decimal]
) -> tuple[set[str], Callable[[str], Decimal]]:
    """The assets to compare, and how much of each says nothing: of a venue of our own, all, and nothing."""
    account = desk.account
    if not desk.is_shared:
        return {*books, *balances, *account.remembered.outside}, lambda _: ZERO
    symbols = {*desk.config.symbols, *account.portfolio.positions}
    instruments = {split_symbol(symbol)[0]: desk.market.instrument(symbol) for symbol in sorted(symbols)}
    quote = account.portfolio.quote
    return {quote, *instruments}, tolerance(books, instruments, quote)
