"""What an event books in the ledger."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from core.events import Event, Filled, Started
from core.instant import Instant
from core.ledger import AVAILABLE, Transaction, deposit, settle
from core.market import Instrument


def postings(
    at: Instant, event: Event, instrument: Callable[[str], Instrument], held: Callable[[str], Decimal]
) -> tuple[Transaction, ...]:
    """The balanced transactions of *event*: a deposit where an account starts, a settlement where it trades.

    *held*: base units of a symbol before the event.
    """
    if isinstance(event, Filled):
        fill = event.fill
        return (settle(fill, instrument(fill.symbol), paying=AVAILABLE, held=held(fill.symbol)),)
    if isinstance(event, Started) and not event.resumed:
        return (deposit(event.quote, event.cash, event.run_id, at),)
    return ()
