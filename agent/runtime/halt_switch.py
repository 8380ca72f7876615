"""The halt: a file in the home. While it exists nothing new is sent; only a person removes it.

Imports nothing of weight: `tokenwise halt` must work while everything else hangs.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

HOLD = "hold"
FLATTEN = "flatten"
CANCEL_ALL = "cancel-all"


class HaltSwitch:
    """Reads and writes ``<home>/HALT``. Its existence halts, whatever it is: a link to nowhere or a folder too.

    First line: what to do first (`HOLD`, `FLATTEN` or `CANCEL_ALL`); the rest: the reason.
    """

    def __init__(self, home: Path) -> None:
        self._path = str(home / "HALT")

    def is_set(self) -> bool:
        """Whether trading is halted."""
        return os.path.lexists(self._path)  # read on every beat and before every send

    def read(self) -> tuple[str, str]:
        """What to do first, and the reason. What a person made by hand, or cannot be read, holds everything."""
        try:
            text = Path(self._path).read_text(encoding="utf-8", errors="replace")
        except OSError:
            text = ""
        first, _, reason = text.partition("\n")
        if first not in {HOLD, FLATTEN, CANCEL_ALL}:
            first, reason = HOLD, text
        return first, reason.strip() or "halted by a person"

    def set(self, reason: str, first: str = HOLD) -> None:
        """Halts, durably, before it returns; a later halt replaces an earlier one."""
        Path(self._path).parent.mkdir(parents=True, exist_ok=True)
        fresh = f"{self._path}.{os.getpid()}"
        try:
            _write(fresh, f"{first}\n{reason}\n".encode())
            os.replace(fresh, self._path)  # noqa: PTH105 - beside os.open
        except OSError:
            # on a full disk an empty file may still fit, and its existence is what halts
            if not self.is_set():
                os.close(os.open(self._path, os.O_WRONLY | os.O_CREAT, 0o644))
            if os.path.exists(fresh):  # noqa: PTH110
                os.unlink(fresh)  # noqa: PTH108

    def clear(self) -> bool:
        """Removes the halt; whether there was one.

        Raises:
            OSError: it cannot be removed, and so still halts.
        """
        if not self.is_set():
            return False
        remove = os.rmdir if os.path.isdir(self._path) and not os.path.islink(self._path) else os.unlink  # noqa: PTH112, PTH114
        with suppress(FileNotFoundError):
            remove(self._path)
        return True


def _write(path: str, text: bytes) -> None:
    """Writes and syncs a small file."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    try:
        os.write(handle, text)
        os.fsync(handle)
    finally:
        os.close(handle)
