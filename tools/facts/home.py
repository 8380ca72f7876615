"""The facts of a home over a long run: read when they are first asked for, looked through again every hour."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from core.instant import HOUR, Instant
from core.market import Floats, Instants
from core.observation import Missing, Observation
from core.ports import Clock
from tools.facts.stored import StoredFacts
from tools.store.articles import Articles
from tools.store.catalog import SeriesInfo
from tools.store.rows import Rows
from tools.store.store import Store


class HomeFacts:
    """Implements `core.ports.FactSource` over the store of *home*, which stays closed between two readings.

    What comes into the store while a run lasts is seen within an hour of *clock*.
    """

    def __init__(self, home: Path, clock: Clock) -> None:
        self._home = home
        self._clock = clock
        self._read_at = Instant(0)
        self._files: tuple[str, ...] = ()
        self._stored = StoredFacts((), self._rows, self._articles)

    def facts(self, asset: str, metric: str, now: Instant, count: int) -> tuple[Observation, ...] | Missing:
        """The newest *count* observations known at *now*, oldest first."""
        return self._fresh().facts(asset, metric, now, count)

    def at(self, asset: str, metric: str, now: Instant, moment: Instant) -> Observation | None:
        """What was known at *now* of *moment*, within half a day."""
        return self._fresh().at(asset, metric, now, moment)

    def newest_at(self, asset: str, metric: str, moments: Instants) -> tuple[Floats, Instants] | None:
        """What `facts` tells of its newest figure at each of *moments*, ascending."""
        return self._fresh().newest_at(asset, metric, moments)

    def _fresh(self) -> StoredFacts:
        now = self._clock.now()
        if now >= self._read_at + HOUR:
            self._read_at = now
            with closing(Store.open(self._home, self._clock, readonly=True)) as store:
                series = [info for info in store.series() if info.key.kind != "ohlcv"]
            files = tuple(info.file for info in series)
            if files != self._files:
                self._files = files
                self._stored = StoredFacts(series, self._rows, self._articles)
        return self._stored

    def _rows(self, info: SeriesInfo) -> Rows:
        with closing(Store.open(self._home, self._clock, readonly=True)) as store:
            return store.rows(info)

    def _articles(self, info: SeriesInfo) -> Articles:
        with closing(Store.open(self._home, self._clock, readonly=True)) as store:
            return store.articles(info)
