"""Figures, funding and news of stored series, as they were known at an instant; each source for itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal

import numpy as np

from core.instant import HOUR, Instant
from core.market import Floats, Instants
from core.money import divide, multiply
from core.observation import Missing, Observation
from tools.store.articles import Articles
from tools.store.catalog import FIGURES, SeriesInfo
from tools.store.gate import CODES
from tools.store.gate.breaks import LONGEST_HOLE
from tools.store.readings import FundingRate, Indices, NewsItem, figures_of, funding_of, known, news_of
from tools.store.rows import Rows

FUNDING = "funding_rate"
"""The metric that `StoredFacts.facts` makes of funding: the rates of the first imported venue, each per 8 hours."""
_PER_8H = "fraction_per_8h"
_USUAL_HOURS, _DAY_HOURS = 8, 24
_KEPT = 512
_NEAR = 12 * HOUR


class StoredFacts:
    """Implements `tools.ask.Facts` and `core.ports.FactSource` over *series*, read by *rows* and *articles*.

    Each series is read when it is first asked for, and kept. Sources come in the order of their import;
    one that is more than 3 days behind another at the instant asked for is left out.
    """

    def __init__(
        self,
        series: Iterable[SeriesInfo],
        rows: Callable[[SeriesInfo], Rows],
        articles: Callable[[SeriesInfo], Articles],
        credit: Callable[[str], str] = lambda _: "",
    ) -> None:
        self._figures: dict[tuple[str, str], list[SeriesInfo]] = defaultdict(list)
        self._funding: dict[str, dict[str, list[SeriesInfo]]] = defaultdict(lambda: defaultdict(list))
        self._news: list[SeriesInfo] = []
        for info in series:
            if info.key.kind in FIGURES:
                self._figures[info.asset, info.key.metric].append(info)
            elif info.key.kind == "funding":
                self._funding[info.asset][info.venue].append(info)
            elif info.key.kind == "news":
                self._news.append(info)
        self._read = rows
        self._read_articles = articles
        self._rows: dict[str, Rows] = {}
        self._then: dict[str, tuple[Instant, Indices]] = {}
        self._articles: dict[str, Articles] = {}
        self.credit = credit

    def metrics(self, asset: str, now: Instant) -> Mapping[str, str]:
        """Every metric of *asset* of which anything was known at *now*, with its kind."""
        return {
            metric: several[0].key.kind
            for (owner, metric), several in self._figures.items()
            if owner == asset and any(one.first <= now and len(self._seen(one, now)[1]) for one in several)
        }

    def facts(self, asset: str, metric: str, now: Instant, count: int) -> tuple[Observation, ...] | Missing:
        """Of the source that is served first, the newest *count* observations known at *now*, oldest first.

        `FUNDING` is a metric as well.
        """
        if metric == FUNDING:
            return self._rates_per_8h(asset, now, count)
        return next(iter(self.each(asset, metric, now, count)), Missing(metric, "no_data"))

    def each(
        self, asset: str, metric: str, now: Instant, count: int
    ) -> tuple[tuple[Observation, ...] | Missing, ...]:
        """The same of each source that is up to date; none where nothing was known."""
        told = self._up_to_date(self._figures.get((asset, metric), ()), now)
        return tuple(figures_of(info, rows, seen, count) for info, rows, seen in told)

    def at(self, asset: str, metric: str, now: Instant, moment: Instant) -> Observation | None:
        """What was known at *now* of *moment*, within half a day, of the source that is served first."""
        told = self._up_to_date(self._figures.get((asset, metric), ()), now)
        if not told:
            return None
        info, rows, seen = told[0]
        stamps = rows.as_of[seen]
        place = int(np.searchsorted(stamps, moment - _NEAR))
        near = seen[place : int(np.searchsorted(stamps, moment + _NEAR, side="right"))]
        if not len(near):
            return None
        closest = int(np.argmin(np.abs(rows.as_of[near] - moment)))
        found = figures_of(info, rows, seen[: place + closest + 1], 1)
        return None if isinstance(found, Missing) else found[0]

    def newest_at(self, asset: str, metric: str, moments: Instants) -> tuple[Floats, Instants] | None:
        """What `facts` tells of its newest figure at each of *moments* (ascending): value and as-of; NaN and 0 for none.

        A figure that the gate refuses has its moment and no value. `None`: `FUNDING` is no series of figures.
        """
        if metric == FUNDING:
            return None
        values, as_of = np.full(len(moments), np.nan), np.zeros(len(moments), dtype=np.int64)
        told = [_newest_at(self._whole(info), moments) for info in self._figures.get((asset, metric), ())]
        newest = np.max([stamps for _, stamps in told], axis=0, initial=0) if told else as_of
        for figures, stamps in reversed(told):  # the source that is served first has the last word
            fresh = (stamps > 0) & (newest - stamps <= LONGEST_HOLE)
            values[fresh], as_of[fresh] = figures[fresh], stamps[fresh]
        return values, as_of

    def highest(self, asset: str, metric: str, now: Instant) -> Observation | None:
        """The highest figure known at *now* of the source that is served first; the earliest of equal ones."""
        told = self._up_to_date(self._figures.get((asset, metric), ()), now)
        if not told:
            return None
        info, rows, seen = told[0]
        top = int(np.argmax(rows.values[seen, 0]))
        found = figures_of(info, rows, seen[: top + 1], 1)
        return None if isinstance(found, Missing) else found[0]

    def funding(self, asset: str, now: Instant, since: Instant) -> tuple[FundingRate, ...] | Missing:
        """The funding rates of each venue settled from *since* on and known at *now*, oldest first.

        Of a venue without any since then its newest one.
        """
        found: list[FundingRate] = []
        for several in self._funding.get(asset, {}).values():
            for info, rows, seen in self._up_to_date(several, now)[:1]:
                recent = len(seen) - int(np.searchsorted(rows.as_of[seen], since))
                found += funding_of(info, rows, seen, max(recent, 1))
        if not found:
            return Missing("funding", "no_data")
        return tuple(sorted(found, key=lambda rate: (rate.as_of, rate.venue)))

    def news(self, asset: str | None, now: Instant, count: int) -> tuple[NewsItem, ...] | Missing:
        """The newest *count* pieces of news of *asset* (`None`: of all) known at *now*, oldest first."""
        chosen = [(one, self._piece(one)) for one in self._news if asset in (None, one.asset)]
        return news_of(chosen, now, count) or Missing("news", "no_data")

    def _rates_per_8h(self, asset: str, now: Instant, count: int) -> tuple[Observation, ...] | Missing:
        """A day's mean stands on its venue's own scale, and is none of these rates."""
        for several in self._funding.get(asset, {}).values():
            for info, rows, seen in self._up_to_date(several, now)[:1]:
                found = tuple(_per_8h(one) for one in funding_of(info, rows, seen, count) if _is_rate(one))
                if found:
                    return found
        return Missing(FUNDING, "no_data")

    def _up_to_date(
        self, several: Sequence[SeriesInfo], now: Instant
    ) -> list[tuple[SeriesInfo, Rows, Indices]]:
        told = [(info, *self._seen(info, now)) for info in several if info.first <= now]
        told = [one for one in told if len(one[2])]
        newest = max((int(rows.as_of[seen[-1]]) for _, rows, seen in told), default=0)
        return [one for one in told if newest - int(one[1].as_of[one[2][-1]]) <= LONGEST_HOLE]

    def _seen(self, info: SeriesInfo, now: Instant) -> tuple[Rows, Indices]:
        rows = self._whole(info)
        then = self._then.get(info.file)
        if then is None or then[0] != now:  # one instant is asked many times over, then never again
            then = self._then[info.file] = now, known(rows, now)
        return rows, then[1]

    def _whole(self, info: SeriesInfo) -> Rows:
        rows = self._rows.get(info.file)
        if rows is None:
            whole = self._read(info)
            if len(self._rows) >= _KEPT:
                self._rows.clear()
                self._then.clear()
            rows = self._rows[info.file] = whole.pick(~whole.is_confirmation())
        return rows

    def _piece(self, info: SeriesInfo) -> Articles:
        found = self._articles.get(info.file)
        if found is None:
            found = self._articles[info.file] = self._read_articles(info)
        return found


def _newest_at(rows: Rows, moments: Instants) -> tuple[Floats, Instants]:
    """Of the rows known at each moment the last: rows stand by the moment they describe, then by vintage."""
    values, as_of = np.full(len(moments), np.nan), np.zeros(len(moments), dtype=np.int64)
    heard = np.argsort(rows.known_at, kind="stable")
    place = np.searchsorted(rows.known_at[heard], moments, side="right") - 1
    known_then = place >= 0
    last = np.maximum.accumulate(heard)[place[known_then]] if len(heard) else heard
    sound = rows.flags[last] & np.uint32(CODES["wrong_unit"].bit) == 0
    values[known_then] = np.where(sound, rows.values[last, 0], np.nan)
    as_of[known_then] = rows.as_of[last]
    return values, as_of


def _is_rate(one: FundingRate) -> bool:
    return one.interval_hours is not None and 0 < one.interval_hours < _DAY_HOURS


def _per_8h(one: FundingRate) -> Observation:
    hours = one.interval_hours or Decimal(_USUAL_HOURS)
    rate = divide(multiply(one.rate, _USUAL_HOURS), hours)
    source = f"{one.source} {one.venue}"
    return Observation(one.asset, FUNDING, rate, _PER_8H, one.as_of, one.known_at, source, one.flags)
