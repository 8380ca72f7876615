"""Imports files into the store. Each file is taken whole or refused whole; one refusal stops no other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path

import numpy as np
import polars as pl

from core.assets import AssetRef, split_symbol
from core.errors import UsageError
from core.instant import Instant
from tools.database import transaction
from tools.store import assets, candles, catalog, figures, news
from tools.store.articles import Articles, MergedArticles, merged_articles
from tools.store.catalog import MARKET, SeriesInfo, SeriesKey
from tools.store.frames import ROW, RefusedFile, read_frame
from tools.store.gate import CODES
from tools.store.manifest import Entry, matching
from tools.store.merge import Merged, merged
from tools.store.parts import Part
from tools.store.rows import RESTATED, Rows
from tools.store.store import Store
from tools.store.writing import Change, Imported, commit, importing

Progress = Callable[[Path, int, int], None]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A file that was not taken. *row*: its data row, counted from 1; None means the file as a whole."""

    file: str
    row: int | None
    code: str
    message: str


@dataclass(slots=True)
class SeriesReport:
    """What an import did to one series; *unclosed* candles were left out."""

    info: SeriesInfo
    rows_read: int = 0
    rows_new: int = 0
    rows_same: int = 0
    rows_revised: int = 0
    unclosed: int = 0


@dataclass(slots=True)
class ImportReport:
    """What an import did.

    *new_assets*: ids that no table knows, taken as they were written. *mismatches*: symbols whose base is
    not their asset's ticker, in words. *early*: rows that an explicit rule makes known before the table of
    publication lags allows, by series.
    """

    files: int = 0
    series: dict[SeriesKey, SeriesReport] = field(default_factory=dict)
    refused: list[Refusal] = field(default_factory=list)
    new_assets: list[str] = field(default_factory=list)
    mismatches: list[str] = field(default_factory=list)
    early: dict[SeriesKey, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Job:
    """One file, how to read it, and what the names in the entry's path stand for."""

    entry: Entry
    path: Path
    bound: Mapping[str, str] = field(default_factory=dict)


def jobs(entries: Sequence[Entry], root: Path) -> tuple[Job, ...]:
    """Every file that the entries of a manifest name under *root*, in their order.

    Raises:
        UsageError: a path fits no file.
    """
    found: list[Job] = []
    for entry in entries:
        fitting = matching(entry.path, root)
        if not fitting:
            raise UsageError(f"no file fits {entry.path!r} under {root}", "Check the path, or give --root.")
        found += [Job(entry, path, bound) for path, bound in fitting if entry.takes(bound)]
    return tuple(found)


def import_files(
    store: Store, todo: Sequence[Job], root: Path, progress: Progress | None = None
) -> ImportReport:
    """Imports files one by one.

    Args:
        store: What is imported into.
        todo: The files.
        root: What their names are told relative to.
        progress: Called before each file with its path, its number from 1 on, and their count.

    Raises:
        UsageError: another import is running.
        OSError: disk full, no permission: the file at hand is not stored, those before it are.
    """
    with importing(store):
        run = _Import(store, root)
        run.meet([job.entry for job in todo])
        for number, job in enumerate(todo, 1):
            if progress is not None:
                progress(job.path, number, len(todo))
            run.take(job.entry, job.path, job.bound)
    return run.report


def import_rows(store: Store, entry: Entry, frame: pl.DataFrame, name: str) -> ImportReport:
    """Imports rows that are no file: what a source answered, judged as a file would be, whole or not at all.

    Args:
        store: What is imported into.
        entry: How the rows are read.
        frame: The rows.
        name: What the record of imports calls them.

    Raises:
        UsageError: another import is running.
        OSError: disk full, no permission: nothing of it is stored.
    """
    with importing(store):
        run = _Import(store, store.folder)
        run.meet([entry])
        numbered = frame.with_row_index(ROW)
        run.judge(entry, name, lambda now: _judged(entry, numbered, {}, now), lambda: _digest(frame))
    return run.report


def _digest(frame: pl.DataFrame) -> str:
    return sha256(frame.write_csv().encode()).hexdigest()


_Result = tuple[Part, Merged | MergedArticles]


def _parts(entry: Entry, path: Path, bound: Mapping[str, str], now: Instant) -> tuple[Part, ...]:
    frame = news.read_lines(path) if entry.kind == "news" else read_frame(path)
    return _judged(entry, frame, bound, now)


def _judged(entry: Entry, frame: pl.DataFrame, bound: Mapping[str, str], now: Instant) -> tuple[Part, ...]:
    read = {"news": news.parts, "ohlcv": candles.parts}.get(entry.kind, figures.parts)
    return read(frame, entry, bound, now)


def _onto(store: Store, old: SeriesInfo | None, part: Part) -> Merged | MergedArticles:
    """The rows of *part* on those that are stored."""
    now, incoming = store.clock.now(), part.incoming
    if isinstance(incoming, Articles):
        return merged_articles(None if old is None else store.articles(old), incoming, now)
    if old is not None and old.unit and part.unit and part.unit != old.unit:
        wrong = np.uint32(CODES["wrong_unit"].bit)
        incoming = replace(incoming, flags=incoming.flags | wrong)
    return merged(None if old is None else store.rows(old), incoming, now)


def _any_restated(rows: Rows | Articles) -> bool:
    return bool((rows.flags & np.uint32(RESTATED)).any())


class _Import:
    """One run: what is stored now, and what was done so far."""

    def __init__(self, store: Store, root: Path) -> None:
        self.report = ImportReport()
        self._store = store
        self._root = root
        self._present = {info.key: info for info in store.series()}
        self._taken: set[str] = set()

    def meet(self, entries: Sequence[Entry]) -> None:
        """Remembers the assets that are named and that no table knows."""
        known = assets.known(self._store.connection)
        named: dict[str, str] = {}
        for entry in entries:
            ticker = split_symbol(entry.symbol)[0] if entry.symbol and "{" not in entry.symbol else ""
            named |= {part.asset: ticker for part in entry.split}
            if isinstance(entry.asset, str):
                named[entry.asset] = ticker
                self._compare(known, entry.asset, ticker)
            elif entry.asset is not None:
                named |= {asset: base for base, asset in entry.asset.items()}
                for base, asset in entry.asset.items():
                    self._compare(known, asset, base)
        self.report.new_assets += [asset for asset in named if asset not in known and asset != MARKET]
        with transaction(self._store.connection) as connection:
            for asset in self.report.new_assets:
                assets.remember(connection, asset, named[asset] or asset)

    def _compare(self, known: Mapping[str, AssetRef], asset: str, base: str) -> None:
        why = assets.mismatch(known, asset, base) if base else None
        if why is not None and why not in self.report.mismatches:
            self.report.mismatches.append(why)

    def take(self, entry: Entry, path: Path, bound: Mapping[str, str]) -> None:
        """One file, whole or not at all."""
        name = path.relative_to(self._root).as_posix() if path.is_relative_to(self._root) else str(path)
        self.judge(
            entry,
            name,
            lambda now: _parts(entry, path, bound, now),
            lambda: sha256(path.read_bytes()).hexdigest(),
        )

    def judge(
        self,
        entry: Entry,
        name: str,
        read: Callable[[Instant], tuple[Part, ...]],
        digest: Callable[[], str],
    ) -> None:
        """What *read* finds at an instant, whole or not at all; *digest* is that of the rows as they came."""
        try:
            found = read(self._store.clock.now())
        except RefusedFile as refused:
            fault = refused.fault
            row = None if fault.row is None else fault.row + 1
            self.report.refused.append(Refusal(name, row, fault.code, fault.message))
            return
        self._taken.add(name)  # a file that holds several series is read for each of them
        self.report.files = len(self._taken)
        results, changes = self._merge(entry, found)
        if changes:
            imported = Imported(
                name,
                digest(),
                entry.model_dump_json(exclude_defaults=True),
                sum(result.new for _, result in results),
                sum(result.revised for _, result in results),
            )
            self._present |= {info.key: info for info in commit(self._store, changes, imported)}
        for part, result in results:
            self._tell(part, result)

    def _merge(self, entry: Entry, found: Sequence[Part]) -> tuple[list[_Result], list[Change]]:
        results: list[_Result] = []
        changes: list[Change] = []
        for part in found:
            if entry.kind == "ohlcv" and not entry.split:
                self._adopt(part.key)
            old = self._present.get(part.key)
            if old is None and not len(part):
                continue
            result = _onto(self._store, old, part)
            results.append((part, result))
            restated = entry.restated or (old is not None and old.restated) or _any_restated(result.rows)
            ends_at = old.ends_at if old is not None and part.ends_at is None else part.ends_at
            if old is None or result.changed or (restated, ends_at) != (old.restated, old.ends_at):
                unit = old.unit if old is not None and old.unit else part.unit
                changes.append(Change(part.key, result.rows, old, restated, ends_at, unit))
        return results, changes

    def _tell(self, part: Part, result: Merged | MergedArticles) -> None:
        info = self._present[part.key]
        told = self.report.series.setdefault(part.key, SeriesReport(info))
        told.info = info
        told.rows_read += len(part) + part.unclosed
        if part.early:
            self.report.early[part.key] = self.report.early.get(part.key, 0) + part.early
        told.rows_new += result.new
        told.rows_same += result.same
        told.rows_revised += result.revised
        told.unclosed += part.unclosed

    def _adopt(self, key: SeriesKey) -> None:
        """An unmapped series whose asset is named at last is that asset's from now on."""
        nameless = catalog.unmapped_key(key)
        if nameless in self._present and key not in self._present:
            with transaction(self._store.connection) as connection:
                catalog.rename(connection, self._present.pop(nameless), key.asset)
            self._present[key] = {info.key: info for info in self._store.series()}[key]
