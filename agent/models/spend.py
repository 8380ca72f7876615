"""What models have cost today, in a file that outlives the process and that several processes share."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from core.errors import FaultError
from core.money import ZERO, exact, plain

FILE = "spend.json"


@dataclass(frozen=True, slots=True)
class Spent:
    """USD and tokens of one UTC *day* (``2025-05-14``), reservations included."""

    day: str
    usd: Decimal = ZERO
    tokens: int = 0

    def plus(self, usd: Decimal, tokens: int) -> Spent:
        """The same day after another amount; never below zero."""
        return Spent(self.day, max(ZERO, self.usd + usd), max(0, self.tokens + tokens))


class DaySpend:
    """The day's account: ``spend.json`` in *home*, or memory where there is none.

    Each change reads, decides and writes under one lock, so that two processes cannot both take the
    last cent.
    """

    def __init__(self, home: Path | None) -> None:
        self._home = home
        self._memory: Spent | None = None

    def change(
        self, day: str, usd: Decimal, tokens: int, allowed: Callable[[Spent], bool] = lambda _: True
    ) -> bool:
        """Adds to *day* where *allowed* says yes to what was spent before; whether it did.

        A new day begins at zero. A change for a day that is over is forgotten: it was booked then.

        Raises:
            FaultError: the file is there and unreadable: what was spent is not known.
            OSError: it cannot be written.
        """
        with self._locked():
            held = self._read() or Spent(day)
            if day < held.day:
                return allowed(held)
            held = held if held.day == day else Spent(day)
            if not allowed(held):
                return False
            self._write(held.plus(usd, tokens))
            return True

    @contextmanager
    def _locked(self) -> Iterator[None]:
        if self._home is None:
            yield
            return
        lock = self._home / "locks" / "spend.lock"
        lock.parent.mkdir(parents=True, exist_ok=True)
        with lock.open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _read(self) -> Spent | None:
        if self._home is None:
            return self._memory
        path = self._home / FILE
        try:
            raw = json.loads(path.read_bytes())
            return Spent(str(raw["day"]), exact(raw["usd"]), int(raw["tokens"]))
        except FileNotFoundError:
            return None
        except (ValueError, LookupError, TypeError) as error:
            raise FaultError(
                f"{path} cannot be read, so today's spend is not known: {error}",
                "Remove the file to begin today's account at zero.",
                code="spend",
            ) from None

    def _write(self, spent: Spent) -> None:
        if self._home is None:
            self._memory = spent
            return
        fresh = self._home / f"{FILE}.{os.getpid()}.new"
        text = json.dumps({"day": spent.day, "usd": plain(spent.usd), "tokens": spent.tokens})
        # no fsync, which would cost more than the rest of a call: a power cut at worst closes the account
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(self._home / FILE)
