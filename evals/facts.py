"""What a scenario knows beside prices: what the store has of its sources, and what was published about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from core.instant import DAY, Instant
from core.market import Floats, Instants
from core.observation import Missing, Observation
from evals.scenario import Fact
from tools.store.readings import FundingRate, NewsItem

PUBLISHED = "published"
"""The flag of an observation that somebody published, and that no source of ours holds."""
_KIND = "fundamental"
_NEAR = DAY // 2


class Told(Protocol):
    """Everything that may be looked up beside prices; nothing is told before its ``known_at``.

    It is `tools.ask.Facts` and `core.ports.FactSource` in one.
    """

    def metrics(self, asset: str, now: Instant) -> Mapping[str, str]:
        """Every metric of *asset* of which anything was known at *now*, with its kind."""
        ...

    def facts(self, asset: str, metric: str, now: Instant, count: int) -> tuple[Observation, ...] | Missing:
        """Of the source that is served first, the newest *count* observations known at *now*, oldest first."""
        ...

    def each(
        self, asset: str, metric: str, now: Instant, count: int
    ) -> tuple[tuple[Observation, ...] | Missing, ...]:
        """The same of each source; none where nothing was known."""
        ...

    def at(self, asset: str, metric: str, now: Instant, moment: Instant) -> Observation | None:
        """What was known at *now* of *moment*, within half a day, of the source that is served first."""
        ...

    def highest(self, asset: str, metric: str, now: Instant) -> Observation | None:
        """The highest figure known at *now* of the source that is served first; the earliest of equal ones."""
        ...

    def funding(self, asset: str, now: Instant, since: Instant) -> tuple[FundingRate, ...] | Missing:
        """The funding rates of each venue settled from *since* on, oldest first; of a silent venue its newest."""
        ...

    def news(self, asset: str | None, now: Instant, count: int) -> tuple[NewsItem, ...] | Missing:
        """The newest *count* pieces of news of *asset* (`None`: of all) known at *now*, oldest first."""
        ...

    def credit(self, source: str) -> str:
        """What *source* asks to stand beside its data; "" where it asks for nothing."""
        ...


class ScenarioFacts:
    """Implements `Told`: the store's sources, and published *facts* beside them.

    A source of the store is served before what was only quoted. A fact without a metric is news.
    """

    def __init__(self, facts: Sequence[Fact], beneath: Told) -> None:
        self._beneath = beneath
        self._figures: dict[tuple[str, str], list[Observation]] = {}
        self._news: list[NewsItem] = []
        for fact in sorted(facts, key=lambda one: (one.as_of, one.known_at)):
            if fact.asset is not None and fact.metric is not None and fact.value is not None:
                told = Observation(
                    fact.asset,
                    fact.metric,
                    fact.value,
                    fact.unit,
                    fact.as_of,
                    fact.known_at,
                    fact.source,
                    (PUBLISHED,),
                )
                self._figures.setdefault((fact.asset, fact.metric), []).append(told)
            else:
                self._news.append(_piece(fact))

    def metrics(self, asset: str, now: Instant) -> Mapping[str, str]:
        """Every metric of *asset* of which anything was known at *now*, with its kind."""
        published = {
            metric: _KIND
            for owner, metric in self._figures
            if owner == asset and self._known(asset, metric, now)
        }
        return {**published, **self._beneath.metrics(asset, now)}

    def facts(self, asset: str, metric: str, now: Instant, count: int) -> tuple[Observation, ...] | Missing:
        """Of the source that is served first, the newest *count* observations known at *now*, oldest first."""
        return next(iter(self.each(asset, metric, now, count)), Missing(metric, "no_data"))

    def each(
        self, asset: str, metric: str, now: Instant, count: int
    ) -> tuple[tuple[Observation, ...] | Missing, ...]:
        """The same of each source; what was published comes last."""
        below = self._beneath.each(asset, metric, now, count)
        published = self._known(asset, metric, now)[-count:] if count > 0 else []
        return (*below, tuple(published)) if published else below

    def at(self, asset: str, metric: str, now: Instant, moment: Instant) -> Observation | None:
        """What was known at *now* of *moment*, within half a day, of the source that is served first."""
        below = self._beneath.at(asset, metric, now, moment)
        if below is not None:
            return below
        near = (one for one in self._known(asset, metric, now) if abs(one.as_of - moment) <= _NEAR)
        return min(near, key=lambda one: abs(one.as_of - moment), default=None)

    def newest_at(self, asset: str, metric: str, moments: Instants) -> tuple[Floats, Instants] | None:
        """The newest figure known at each of *moments*, as of when, as beneath; `None` where some was published."""
        ask = getattr(self._beneath, "newest_at", None)
        if ask is None or (asset, metric) in self._figures:
            return None
        told: tuple[Floats, Instants] | None = ask(asset, metric, moments)
        return told

    def highest(self, asset: str, metric: str, now: Instant) -> Observation | None:
        """The highest figure known at *now* of the source that is served first; the earliest of equal ones."""
        below = self._beneath.highest(asset, metric, now)
        if below is not None:
            return below
        return max(self._known(asset, metric, now), key=lambda one: one.value, default=None)

    def funding(self, asset: str, now: Instant, since: Instant) -> tuple[FundingRate, ...] | Missing:
        """The funding rates of the sources."""
        return self._beneath.funding(asset, now, since)

    def news(self, asset: str | None, now: Instant, count: int) -> tuple[NewsItem, ...] | Missing:
        """The newest *count* pieces of news of *asset* (`None`: of all) known at *now*, oldest first."""
        below = self._beneath.news(asset, now, count)
        published = [one for one in self._news if one.known_at <= now and asset in (None, one.asset)]
        if count <= 0 or not published:
            return below
        told: list[NewsItem] = [*published, *(() if isinstance(below, Missing) else below)]
        return tuple(sorted(told, key=lambda one: (one.as_of, one.known_at))[-count:])

    def credit(self, source: str) -> str:
        """What *source* asks to stand beside its data."""
        return self._beneath.credit(source)

    def _known(self, asset: str, metric: str, now: Instant) -> list[Observation]:
        return [one for one in self._figures.get((asset, metric), ()) if one.known_at <= now]


def _piece(fact: Fact) -> NewsItem:
    about = fact.asset or "market"
    return NewsItem(about, fact.text, "", "", "en", fact.as_of, fact.known_at, fact.source, (PUBLISHED,))
