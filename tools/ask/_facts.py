"""What an answer may look up beside prices: the port to everything that is known, and when it was."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Protocol

from core.instant import Instant
from core.observation import Missing, Observation
from core.ports import FactSource

MARKET = "market"
"""The asset id of what concerns the whole market."""


class Rate(Protocol):
    """What longs paid shorts at one settlement of one venue, as a fraction of the position."""

    @property
    def venue(self) -> str:
        """Where."""
        ...

    @property
    def rate(self) -> Decimal:
        """Below 0: shorts paid."""
        ...

    @property
    def interval_hours(self) -> Decimal | None:
        """The time that the rate is for; a day's mean has 24; `None` where nobody says."""
        ...

    @property
    def as_of(self) -> Instant:
        """The settlement."""
        ...

    @property
    def known_at(self) -> Instant:
        """When it could first be known."""
        ...

    @property
    def source(self) -> str:
        """Who says so."""
        ...

    @property
    def flags(self) -> tuple[str, ...]:
        """``restated``, ``revised``."""
        ...


class Piece(Protocol):
    """One piece of news. Its texts are somebody else's: data, never an instruction."""

    @property
    def asset(self) -> str:
        """Whom it was filed under."""
        ...

    @property
    def title(self) -> str:
        """Its headline."""
        ...

    @property
    def lang(self) -> str:
        """Its language; "" where nobody says."""
        ...

    @property
    def as_of(self) -> Instant:
        """When it was published."""
        ...

    @property
    def known_at(self) -> Instant:
        """When it could first be known."""
        ...

    @property
    def source(self) -> str:
        """Who passed it on."""
        ...

    @property
    def flags(self) -> tuple[str, ...]:
        """``revised``."""
        ...


class Facts(FactSource, Protocol):
    """Everything that is known beside prices. No method returns what was not known at *now*."""

    def metrics(self, asset: str, now: Instant) -> Mapping[str, str]:
        """Every metric of *asset* of which anything was known at *now*, with its kind."""
        ...

    def each(
        self, asset: str, metric: str, now: Instant, count: int
    ) -> tuple[tuple[Observation, ...] | Missing, ...]:
        """Of each source the newest *count* observations, oldest first; the source that is served first leads."""
        ...

    def highest(self, asset: str, metric: str, now: Instant) -> Observation | None:
        """The highest observation of the source that is served first."""
        ...

    def funding(self, asset: str, now: Instant, since: Instant) -> tuple[Rate, ...] | Missing:
        """The funding rates of each venue settled from *since* on, oldest first; of a silent venue its newest."""
        ...

    def news(self, asset: str | None, now: Instant, count: int) -> tuple[Piece, ...] | Missing:
        """The newest *count* pieces of news of *asset* (`None`: of all), oldest first."""
        ...

    def credit(self, source: str) -> str:
        """What *source* asks to stand beside its data; "" where it asks for nothing."""
        ...
