"""Starting is recovering: an account is what its stream says it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from agent.runtime.account import Account, Checkpoint
from agent.runtime.bookings import postings
from core.codec import decode
from core.errors import JournalError
from core.events import Ended, Started, event
from core.market import Instrument
from core.money import ONE
from core.ports import JournalReader


def recover(
    reader: JournalReader, name: str, instrument: Callable[[str], Instrument]
) -> tuple[Account, Mapping[str, Any] | None]:
    """The account called *name* as its journal leaves it, and the configuration it was started with.

    An account that never started has the configuration `None`. Folds only from its last fresh start
    on; everything before belongs to an account that `--new` left behind.
    """
    account = Account(name)
    fresh = [
        record for record in reader.records(account.stream, kinds=("started",)) if not record.body["resumed"]
    ]
    if not fresh:
        return account, None
    account.starts = len(fresh)
    for record in reader.records(account.stream, after=fresh[-1].seq - 1):
        told = event(record.kind, record.body)
        account.apply(record.at, told, postings(record.at, told, instrument, account.portfolio.quantity))
        if isinstance(told, Ended):
            account.ended = told.reason
        elif isinstance(told, Started):
            account.ended = None
    saved = reader.checkpoint(account.stream)
    if saved is None:
        raise JournalError(
            f"the checkpoint of {account.stream} is gone",
            "Run 'tokenwise journal verify' and restore a copy.",
        )
    account.restore(decode(Checkpoint, saved))
    return account, fresh[-1].body["config"]


def any_instrument(symbol: str) -> Instrument:
    """Enough of an instrument to fold an account by: its base and quote."""
    return Instrument(symbol, ONE, ONE, ONE, ONE)
