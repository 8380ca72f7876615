"""One trading process per account: a lock that the operating system gives back when a process dies."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from threading import Event
from typing import IO

from core.errors import UsageError

# a glance of `holder` lasts microseconds; who trades holds on
_TRIES, _PAUSE_S = 30, 0.01


class Lease:
    """Holds ``locks/<account>.lock`` for as long as the process lives or until `release`.

    Raises:
        UsageError: another process trades this account.
    """

    def __init__(self, home: Path, account: str) -> None:
        path = _path(home, account)
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("a+")
        if not _locked(self._file):
            self._file.close()
            raise UsageError(
                f"another process already trades the account {account!r}",
                f"Stop it with 'tokenwise paper stop --account {account}', or use another --account.",
                code="account_busy",
            )
        self._file.truncate(0)
        self._file.write(str(os.getpid()))
        self._file.flush()

    def release(self) -> None:
        """Gives the account back."""
        self._file.truncate(0)
        self._file.close()


def holder(home: Path, account: str) -> int | None:
    """The process that trades *account* now; `None` where none does."""
    path = _path(home, account)
    try:
        file = path.open()
    except FileNotFoundError:
        return None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return int(file.read() or 0) or None
    return None


def _locked(file: IO[str]) -> bool:
    """Whether *file* could be locked for this process alone, momentary readers waited for."""
    for _ in range(_TRIES):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            Event().wait(_PAUSE_S)
        else:
            return True
    return False


def _path(home: Path, account: str) -> Path:
    return home / "locks" / f"{account}.lock"
