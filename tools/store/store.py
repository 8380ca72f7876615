"""The point-in-time store of a home: what is stored, and candles as they were known."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from core.errors import LookAheadError
from core.instant import Instant, Interval, iso
from core.market import BarSeries
from core.observation import Missing, Observation
from core.ports import Clock
from tools.database import can_write, connect, connect_readonly
from tools.store import catalog
from tools.store.articles import Articles, read_articles
from tools.store.catalog import FIGURES, SeriesInfo
from tools.store.gate import judge
from tools.store.gate.breaks import LONGEST_HOLE
from tools.store.readings import FundingRate, NewsItem, figures_of, funding_of, known, news_of, up_to_date
from tools.store.rows import Rows, as_known, read
from tools.store.schema import SCHEMA

T = TypeVar("T")
_KEPT = 256  # stored files that are kept in memory after they were read


class Store:
    """Opened on one home. Many processes may read while one imports."""

    def __init__(self, folder: Path, connection: sqlite3.Connection, clock: Clock) -> None:
        self.folder = folder
        self.connection = connection
        self.clock = clock
        self._read: dict[str, Any] = {}

    @classmethod
    def open(cls, home: Path, clock: Clock, *, readonly: bool = False) -> Store:
        """The store in ``<home>/store``, which is made where there is none, but not to be read.

        With *readonly* it may also lie where nothing can be written.

        Raises:
            UsageError: a newer version wrote it.
            FaultError: it cannot be opened.
        """
        folder = home / "store"
        file = folder / "store.db"
        if readonly and not file.exists():
            return cls(folder, connect(Path(":memory:"), SCHEMA), clock)
        if readonly and not can_write(file):
            return cls(folder, connect_readonly(file, SCHEMA), clock)
        (folder / "rows").mkdir(parents=True, exist_ok=True)
        return cls(folder, connect(file, SCHEMA), clock)

    def close(self) -> None:
        """Gives the database back."""
        self.connection.close()

    def series(self) -> tuple[SeriesInfo, ...]:
        """Every stored series, in the order of their first import."""
        return catalog.all_series(self.connection)

    def path(self, info: SeriesInfo) -> Path:
        """Where the rows of a series lie."""
        return self.folder / "rows" / info.file

    def rows(self, info: SeriesInfo) -> Rows:
        """Every row of a series, all vintages.

        Raises:
            FaultError: the stored file is damaged.
            FileNotFoundError: it is gone.
        """
        try:
            return read(self.path(info), info.key.kind)
        except FileNotFoundError:
            return read(self.path(self._replaced(info)), info.key.kind)

    def articles(self, info: SeriesInfo) -> Articles:
        """Every piece of news of a series, all vintages.

        Raises:
            FaultError: the stored file is damaged.
            FileNotFoundError: it is gone.
        """
        try:
            return read_articles(self.path(info))
        except FileNotFoundError:
            return read_articles(self.path(self._replaced(info)))

    def _replaced(self, info: SeriesInfo) -> SeriesInfo:
        """What stands in the place of *info*, whose file is gone: an import may just have replaced it."""
        current = catalog.find(self.connection, info.key)
        if current is None or current.file == info.file:
            raise FileNotFoundError(self.path(info))
        return current

    def bars(
        self, symbol: str, interval: Interval, at: Instant, venue: str | None = None
    ) -> BarSeries | Missing:
        """The candles of *symbol*, whole, with what the gate says of each; the reader keeps to its own now.

        *at* is the start of the account that asks: a ticker that changed its meaning is the asset
        that it meant then (``delisted`` between two meanings). Of several sources the one imported
        first is served. A candle that was known only after its close is left out (`as_known`).

        Returns:
            The series; `Missing` with ``no_data``, ``delisted`` or ``known_late`` where there is none.

        Raises:
            FaultError: the stored file is damaged.
        """
        name = f"{symbol} {interval}"
        known = [s for s in catalog.symbol_series(self.connection, symbol) if venue in (None, s.venue)]
        fitting = [s for s in known if s.interval == interval]
        if not fitting:
            return Missing(name, "no_data")
        meant = [s for s in fitting if s.asset == meaning(known, s.venue, at)]
        if not meant:
            return Missing(name, "delisted")
        info = meant[0]
        bars, revisions = as_known(self.rows(info), symbol, interval)
        if not len(bars):
            return Missing(name, "known_late")
        return judge(
            info.asset,
            bars,
            info.source,
            delisted_at=self.ended_at(info),
            restated=info.restated,
            revisions=revisions,
        )

    def facts(self, asset: str, metric: str, now: Instant, count: int) -> tuple[Observation, ...] | Missing:
        """The newest *count* figures of *metric* with ``known_at <= now``, oldest first (a `FactSource`).

        Of several sources the one imported first is served, unless it is more than 3 days behind another
        at *now*. Each figure is marked ``restated``, ``revised`` or ``jump`` where it is so.

        Raises:
            LookAheadError: *now* is after the clock's now.
            FaultError: the stored file is damaged.
        """
        self._refuse_the_future(now)
        series = catalog.figure_series(self.connection, asset, FIGURES, metric)
        chosen = self._chosen(series, now)
        if chosen is None or count <= 0:
            return Missing(metric, "no_data")
        info, rows, seen = chosen
        return figures_of(info, rows, seen, count)

    def funding(
        self, asset: str, now: Instant, count: int, venue: str | None = None
    ) -> tuple[FundingRate, ...] | Missing:
        """The newest *count* funding rates of each venue (or of *venue*) with ``known_at <= now``, oldest first.

        Raises:
            LookAheadError: *now* is after the clock's now.
            FaultError: the stored file is damaged.
        """
        self._refuse_the_future(now)
        by_venue: dict[str, list[SeriesInfo]] = {}
        for info in catalog.figure_series(self.connection, asset, ("funding",)):
            if venue in (None, info.venue):
                by_venue.setdefault(info.venue, []).append(info)
        found: list[FundingRate] = []
        for several in by_venue.values():
            chosen = self._chosen(several, now)
            if chosen is not None and count > 0:
                found += funding_of(*chosen, count)
        if not found:
            return Missing("funding", "no_data")
        return tuple(sorted(found, key=lambda rate: (rate.as_of, rate.venue)))

    def news(self, asset: str | None, now: Instant, count: int) -> tuple[NewsItem, ...] | Missing:
        """The newest *count* pieces of news of *asset* (None: of all) with ``known_at <= now``, oldest first.

        A title that stands there several times on one day is told once.

        Raises:
            LookAheadError: *now* is after the clock's now.
            FaultError: the stored file is damaged.
        """
        self._refuse_the_future(now)
        series = catalog.figure_series(self.connection, asset, ("news",))
        found = news_of([(info, self._kept(info, self.articles)) for info in series], now, count)
        return found if found and count > 0 else Missing("news", "no_data")

    def _refuse_the_future(self, now: Instant) -> None:
        if now > (clock := self.clock.now()):
            raise LookAheadError(f"{iso(now)} was asked for at {iso(clock)}", "This is a bug: report it.")

    def _chosen(
        self, several: Sequence[SeriesInfo], now: Instant
    ) -> tuple[SeriesInfo, Rows, NDArray[np.intp]] | None:
        """The series that answers at *now*, with the rows that were known."""

        def seen(info: SeriesInfo) -> tuple[Rows, NDArray[np.intp]]:
            rows = self._kept(info, self._telling)
            return rows, known(rows, now)

        def last(found: tuple[Rows, NDArray[np.intp]]) -> int | None:
            rows, index = found
            return int(rows.as_of[index[-1]]) if len(index) else None

        found = up_to_date(several, seen, last)
        return None if found is None else (found[0], *found[1])

    def _telling(self, info: SeriesInfo) -> Rows:
        """The rows of a series; of vintages that read the same the first."""
        rows = self.rows(info)
        return rows.pick(~rows.is_confirmation())

    def _kept(self, info: SeriesInfo, read: Callable[[SeriesInfo], T]) -> T:
        """What *read* gives of a series, kept while its file is the same: a stored file never changes."""
        kept: T | None = self._read.get(info.file)
        if kept is None:
            if len(self._read) >= _KEPT:
                self._read.clear()
            kept = self._read[info.file] = read(info)
        return kept

    def ended_at(self, info: SeriesInfo) -> Instant | None:
        """When trading ended: the close of the last candle of a series that goes on no more; else None.

        It ended where the ticker passed to another asset, or where the other series of the same
        source, venue and interval go on for more than 3 days after it, and no other source has later
        candles of it. Where all of them stop together the collection stopped, not the market.
        """
        end = info.last + info.interval.ms
        if info.ends_at is not None:
            return Instant(end)
        reached = end
        for first, last in catalog.stretches(self.connection, info.key):
            if first - reached > LONGEST_HOLE:
                break
            reached = max(reached, last + info.interval.ms)
        if reached - end <= LONGEST_HOLE:
            return None
        elsewhere = (s for s in catalog.symbol_series(self.connection, info.symbol) if s.venue == info.venue)
        goes_on = any(s.asset == info.asset and s.last - end > LONGEST_HOLE for s in elsewhere)
        return None if goes_on else Instant(end)


def meaning(series: Sequence[SeriesInfo], venue: str, at: Instant) -> str | None:
    """The asset that a ticker means at *venue* for an account that starts at *at*; None where it means none.

    *series*: all that are stored under the ticker; unmapped ones count only where there are no others. An asset's time ends with its `ends_at`; one that
    follows another begins with its first candle; one that follows none was always meant.
    """
    spans: dict[str, tuple[int, int | None]] = {}
    named = [s for s in series if s.venue == venue and not s.asset.startswith("unmapped:")]
    for one in named or series:
        if one.venue == venue:
            first, end = spans.get(one.asset, (one.first, one.ends_at))
            ends = [e for e in (end, one.ends_at) if e is not None]
            spans[one.asset] = (min(first, one.first), min(ends) if ends else None)
    for asset, (first, end) in spans.items():
        follows = any(e is not None and e <= first for other, (_, e) in spans.items() if other != asset)
        if (end is None or at < end) and (at >= first or not follows):
            return asset
    return None
