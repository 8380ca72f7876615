"""An account as it stood at an instant, read from its journal beside the process that trades it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from agent import settings
from core.instant import Instant, instant
from core.portfolio import Portfolio
from core.ports import JournalReader, Record


class Until:
    """A journal that ends at an instant; implements `core.ports.JournalReader`."""

    def __init__(self, journal: JournalReader, until: Instant) -> None:
        self._journal = journal
        self._until = until

    def records(self, stream: str, after: int = 0, kinds: Iterable[str] = ()) -> Iterator[Record]:
        """The stream's events at or before the instant."""
        return (one for one in self._journal.records(stream, after, kinds) if one.at <= self._until)

    def blob(self, digest: str) -> bytes:
        """See `core.ports.JournalReader.blob`."""
        return self._journal.blob(digest)

    def checkpoint(self, stream: str) -> Mapping[str, Any] | None:
        """The last checkpoint, where it is not of later than the instant."""
        saved = self._journal.checkpoint(stream)
        return None if saved is None or instant(saved["beat"]) > self._until else saved


@dataclass(frozen=True, slots=True)
class AccountThen:
    """*at*: the last instant up to which it was lived. *peak* equity is `None` where only later is known."""

    name: str
    at: Instant
    portfolio: Portfolio
    state: str
    peak: Decimal | None
    market: str
    simulated: bool
    limits: Mapping[str, Any]
    records: JournalReader


@contextmanager
def account_then(home: Path, name: str, until: Instant) -> Iterator[AccountThen | None]:
    """The account called *name* as of *until*; `None` where it had not started by then.

    Raises:
        UsageError: a newer version wrote the journal.
        JournalError: it cannot be read.
    """
    place = settings.database_url() or home / "journal.db"
    if isinstance(place, Path) and not place.exists():
        yield None
        return
    from agent.journal.store import SqlJournal

    with SqlJournal.open(place, home / "heads.json", readonly=True) as journal:
        yield _read(Until(journal, until), name, until)


def _read(journal: Until, name: str, until: Instant) -> AccountThen | None:
    from agent.runtime.account import Account, Checkpoint
    from core.codec import decode
    from core.events import event

    account = Account(name)
    started = [*journal.records(account.stream, kinds=("started",))]
    fresh = [record for record in started if not record.body["resumed"]]
    if not fresh:
        return None
    for record in journal.records(account.stream, after=fresh[-1].seq - 1):
        account.apply(record.at, event(record.kind, record.body))
    saved = journal.checkpoint(account.stream)
    if saved is not None:
        account.restore(decode(Checkpoint, saved))
    return AccountThen(
        name,
        until if saved is None else account.beat,
        account.portfolio,
        account.state.value,
        None if saved is None else account.watermarks.peak_equity,
        str(started[-1].body["config"]["market"]),
        bool(started[-1].body["simulated"]),
        started[-1].body["limits"],
        journal,
    )
