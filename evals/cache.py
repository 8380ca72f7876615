"""Rows that have been run already, in a folder: one file per row, named by everything that decides it."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

from core.canonical import canonical
from evals.task import RowResult


class Cache:
    """The rows of *folder*. A row is there whole or not at all, whatever the process dies of."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, key: str) -> RowResult | None:
        """The row called *key*, where it said all that it was to say; what is damaged counts as absent."""
        try:
            raw = json.loads((self._folder / f"{key}.json").read_bytes())
            found = _row(raw)
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return None
        return found if found.ok else None

    def put(self, key: str, result: RowResult) -> None:
        """Keeps *result* under *key*.

        Raises:
            OSError: it cannot be written.
        """
        write_whole(self._folder / f"{key}.json", canonical(asdict(result)) + b"\n")


def _row(raw: dict[str, Any]) -> RowResult:
    several = {name: tuple(raw[name]) for name in ("returns", "missing", "restated", "latencies_s")}
    return RowResult(**{**raw, **several})


def write_whole(path: Path, content: bytes) -> None:
    """Replaces *path* whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{os.getpid()}.fresh")
    fresh.write_bytes(content)
    fresh.replace(path)
