"""Letting halted accounts go on: only a person asks for this."""

from __future__ import annotations

from pathlib import Path

from agent import settings
from agent.journal.store import SqlJournal
from agent.runtime.lease import Lease
from agent.runtime.recovery import any_instrument, recover
from core.codec import encode
from core.errors import NoAnswerError
from core.events import Resumed
from core.instant import Instant
from core.money import ZERO
from core.ports import Entry
from strategies.risk.breaker import resumed
from strategies.risk.case import State

_STREAM = "trading/"


def resume_accounts(home: Path, only: str | None) -> list[str]:
    """Sets every halted account active again, or *only* one whether halted or reducing; their names.

    An account that its breaker lets only reduce is not lifted in passing. Its drawdown is measured anew from where it stands. The event is dated at the account's own time.

    Raises:
        NoAnswerError: *only* never ran.
        UsageError: a process trades the account.
    """
    path = settings.database_url() or home / "journal.db"
    if isinstance(path, Path) and not path.exists():
        if only is not None:
            raise NoAnswerError(
                f"the account {only!r} never ran in {home}", "Start it with 'tokenwise paper'."
            )
        return []
    journal = SqlJournal.open(path, home / "heads.json")
    try:
        names = [stream.removeprefix(_STREAM) for stream in journal.heads() if stream.startswith(_STREAM)]
        if only is not None and only not in names:
            raise NoAnswerError(
                f"the account {only!r} never ran in {home}", "Start it with 'tokenwise paper'."
            )
        lifted = (State.HALTED,) if only is None else (State.HALTED, State.REDUCING)
        return [
            name for name in sorted(names) if only in (None, name) and _resume(journal, home, name, lifted)
        ]
    finally:
        journal.close()


def _resume(journal: SqlJournal, home: Path, name: str, lifted: tuple[State, ...]) -> bool:
    account, _ = recover(journal, name, any_instrument)
    if account.state not in lifted:
        return False
    lease = Lease(home, name)
    try:
        # the next mark lifts the peak from zero to the equity of that moment
        account.watermarks = resumed(account.watermarks, ZERO)
        at = Instant(account.beat)
        journal.append(account.stream, [Entry(at, Resumed("person"))], encode(account.checkpoint()))
        journal.anchor()
    finally:
        lease.release()
    return True
