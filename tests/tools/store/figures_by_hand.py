"""Figures, funding rates and news that a test writes by hand, and how it reads them back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from core.instant import DAY, instant
from core.observation import Missing
from tests.tools.store.candles import START
from tools.store.importer import ImportReport, Job, import_files
from tools.store.manifest import entry
from tools.store.store import Store


def put(store: Store, file: Path, text: str = "", **more: Any) -> ImportReport:
    """Imports *file*, written with *text* where there is any; an entry's key that is None is left out."""
    if text:
        file.write_text(text)
    plain = {"path": "x", "kind": "onchain", "asset": "bitcoin", "source": "test"} | more
    one = entry({name: value for name, value in plain.items() if value is not None}, "test")
    return import_files(store, [Job(one, file)], file.parent)


def put_news(store: Store, file: Path, *pieces: dict[str, Any], **more: Any) -> ImportReport:
    """Imports pieces of news."""
    return put(store, file, "\n".join(map(json.dumps, pieces)), kind="news", **more)


def counts(report: ImportReport) -> list[tuple[int, int, int]]:
    """New, same and revised rows of each series."""
    return [(one.rows_new, one.rows_same, one.rows_revised) for one in report.series.values()]


def days(store: Store, metric: str, at: str | int, count: int = 99) -> list[tuple[int, float]]:
    """What a reader at *at* sees of Bitcoin: days after START, and values."""
    found = store.facts("bitcoin", metric, instant(at) if isinstance(at, str) else at, count)  # type: ignore[arg-type]
    if isinstance(found, Missing):
        return []
    return [((one.as_of - START) // DAY, float(one.value)) for one in found]
