"""What a person asks to be fetched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from core.assets import AssetRef
from core.instant import DAY, HOUR, Instant, Interval


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """From *start* until before *end*."""

    start: Instant
    end: Instant

    def __bool__(self) -> bool:
        return self.start < self.end

    def within(self, start: int, end: int) -> Span:
        """What of it lies in [*start*, *end*)."""
        return Span(Instant(max(self.start, start)), Instant(min(self.end, end)))


@dataclass(frozen=True, slots=True)
class Asked:
    """One request. *whats*: of `WHATS`, in its order. *span*: which moments.

    *width*: of candles. *venue*: only this one. *refresh*: also what is there already, to see what its
    source has changed since. *top*: how many coins `assets` takes.
    """

    whats: Sequence[str]
    assets: Sequence[AssetRef]
    span: Span
    width: Interval = field(default_factory=lambda: Interval(HOUR))
    venue: str | None = None
    refresh: bool = False
    top: int = 500

    @property
    def days(self) -> Span:
        """*span* in whole days, as far as they have begun."""
        return Span(Instant(self.span.start - self.span.start % DAY), Instant(self.span.end))
