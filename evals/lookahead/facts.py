"""What is known beside prices, with garbage in whatever an instant could not know."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from decimal import Decimal

import numpy as np

from core.instant import Instant
from core.market import Floats, Instants
from core.observation import Missing, Observation
from evals.facts import Told
from evals.lookahead.garbage import noise
from evals.lookahead.sources import EVERY, FIGURES, FUNDING, NEWS
from tools.store.readings import FundingRate, NewsItem


class SpoiledFacts:
    """Implements `evals.facts.Told` over *beneath*: what describes or was told a time after *after* is garbage.

    Who keeps to its present never meets any of it, however often it asks.
    """

    def __init__(self, beneath: Told, after: Instant, seed: int, sources: Collection[str] = EVERY) -> None:
        self._beneath = beneath
        self._after = after
        self._seed = seed
        self._sources = frozenset(sources)

    def metrics(self, asset: str, now: Instant) -> Mapping[str, str]:
        """As beneath; nothing known later than the instant is named."""
        at = min(now, self._after) if FIGURES in self._sources else now
        return self._beneath.metrics(asset, at)

    def facts(self, asset: str, metric: str, now: Instant, count: int) -> tuple[Observation, ...] | Missing:
        """As beneath, later figures replaced."""
        found = self._beneath.facts(asset, metric, now, count)
        return found if isinstance(found, Missing) else self._figures(found)

    def each(
        self, asset: str, metric: str, now: Instant, count: int
    ) -> tuple[tuple[Observation, ...] | Missing, ...]:
        """As beneath, later figures replaced."""
        found = self._beneath.each(asset, metric, now, count)
        return tuple(one if isinstance(one, Missing) else self._figures(one) for one in found)

    def at(self, asset: str, metric: str, now: Instant, moment: Instant) -> Observation | None:
        """As beneath, replaced where it is a later one."""
        found = self._beneath.at(asset, metric, now, moment)
        return None if found is None else self._figures((found,))[0]

    def highest(self, asset: str, metric: str, now: Instant) -> Observation | None:
        """As beneath, replaced where it is a later one."""
        found = self._beneath.highest(asset, metric, now)
        return None if found is None else self._figures((found,))[0]

    def newest_at(self, asset: str, metric: str, moments: Instants) -> tuple[Floats, Instants] | None:
        """As beneath, where it can be asked so; what became known after the instant is replaced."""
        ask = getattr(self._beneath, "newest_at", None)
        found = None if ask is None else ask(asset, metric, moments)
        then = None if ask is None else ask(asset, metric, np.array([self._after], dtype=np.int64))
        if found is None or then is None:
            return None
        values, as_of = found[0].copy(), found[1]
        if FIGURES in self._sources:
            other = (as_of != then[1][0]) | (values != then[0][0])
            later = ((moments > self._after) & other) | (as_of > self._after)
            for row in np.flatnonzero(later & ~np.isnan(values)):
                values[row] = float(self._number(metric, Instant(int(as_of[row]))))
        return values, as_of

    def funding(self, asset: str, now: Instant, since: Instant) -> tuple[FundingRate, ...] | Missing:
        """As beneath, later rates replaced."""
        found = self._beneath.funding(asset, now, since)
        if isinstance(found, Missing) or FUNDING not in self._sources:
            return found
        return tuple(
            replace(one, rate=self._number(one.as_of)) if self._is_later(one.as_of, one.known_at) else one
            for one in found
        )

    def news(self, asset: str | None, now: Instant, count: int) -> tuple[NewsItem, ...] | Missing:
        """As beneath, later pieces replaced."""
        found = self._beneath.news(asset, now, count)
        if isinstance(found, Missing) or NEWS not in self._sources:
            return found
        return tuple(
            replace(one, title=f"garbage {self._number(one.as_of)}", content="")
            if self._is_later(one.as_of, one.known_at)
            else one
            for one in found
        )

    def credit(self, source: str) -> str:
        """As beneath."""
        return self._beneath.credit(source)

    def _figures(self, found: tuple[Observation, ...]) -> tuple[Observation, ...]:
        if FIGURES not in self._sources:
            return found
        return tuple(
            replace(one, value=self._number(one.metric, one.as_of))
            if self._is_later(one.as_of, one.known_at)
            else one
            for one in found
        )

    def _is_later(self, as_of: Instant, known_at: Instant) -> bool:
        """A value cannot be known before the moment that it describes, whatever its source says."""
        return max(as_of, known_at) > self._after

    def _number(self, *about: object) -> Decimal:
        return Decimal(int(noise(self._seed, *about).integers(1, 2**40)))
