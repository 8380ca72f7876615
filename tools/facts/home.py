"""The facts of a home over a long run: read when they are first asked for, looked through again every hour."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from core.instant import HOUR, Instant
from core.money import divide, multiply
from core.observation import Missing, Observation
from core.ports import Clock
from tools.facts.stored import StoredFacts
from tools.store.articles import Articles
from tools.store.catalog import SeriesInfo
from tools.store.rows import Rows
from tools.store.store import Store

FUNDING = "funding_rate"
"""The metric under which the funding rates of the first imported venue are served, each on the scale of 8 hours."""
_PER_8H = "fraction_per_8h"
_DAY_HOURS = 24


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
        if metric == FUNDING:
            return self._funding(asset, now, count)
        return self._fresh().facts(asset, metric, now, count)

    def at(self, asset: str, metric: str, now: Instant, moment: Instant) -> Observation | None:
        """What was known at *now* of *moment*, within half a day."""
        return self._fresh().at(asset, metric, now, moment)

    def _funding(self, asset: str, now: Instant, count: int) -> tuple[Observation, ...] | Missing:
        told = self._fresh().funding(asset, now, Instant(now - count * HOUR))
        if isinstance(told, Missing):
            return told
        known = [
            one for one in told if one.interval_hours is not None and 0 < one.interval_hours < _DAY_HOURS
        ]
        first = next(
            (venue for venue in self._stored.venues(asset) if any(o.venue == venue for o in known)), ""
        )
        found = tuple(
            Observation(
                asset,
                FUNDING,
                divide(multiply(one.rate, 8), one.interval_hours),
                _PER_8H,
                one.as_of,
                one.known_at,
                f"{one.source} {one.venue}",
                one.flags,
            )
            for one in known
            if one.venue == first and one.interval_hours is not None
        )
        return found[-count:] or Missing(FUNDING, "no_data")

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
