"""What a trading process says of itself while it runs: one small file, replaced whole."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.instant import SECOND, Instant, iso
from core.ports import Clock


class Heartbeat:
    """Writes ``locks/<account>.json`` at most once a second of real time."""

    def __init__(self, home: Path, account: str, wall: Clock) -> None:
        self._path = _path(home, account)
        self._wall = wall
        self._due = Instant(0)

    def is_due(self) -> bool:
        """Whether a second has passed since the last one, or our clock was set back."""
        now = self._wall.now()
        return now >= self._due or self._due - now > SECOND

    def beat(self, facts: Mapping[str, Any]) -> None:
        """Says that the process lives, with *facts* (plain JSON values)."""
        now = self._wall.now()
        self._due = Instant(now + SECOND)
        text = json.dumps({"pid": os.getpid(), "last_beat": iso(now), **facts})
        fresh = self._path.with_suffix(".fresh")
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(self._path)


def read(home: Path, account: str) -> dict[str, Any] | None:
    """The newest heartbeat of *account*; `None` where it never ran."""
    try:
        found: dict[str, Any] = json.loads(_path(home, account).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return found


def _path(home: Path, account: str) -> Path:
    return home / "locks" / f"{account}.json"
