"""The vocabulary of grades: 0-100 opinions with their doubt, and the market's regime."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from core.instant import Instant


class Horizon(StrEnum):
    """What a view speaks to."""

    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"


class Signal(StrEnum):
    """What a grade says to do, in our own thresholds."""

    STRONG_SELL = "strong_sell"
    SELL = "sell"
    NEUTRAL = "neutral"
    BUY = "buy"
    STRONG_BUY = "strong_buy"


class Band(StrEnum):
    """How good a grade is, in five equal bands of our own."""

    VERY_WEAK = "very_weak"
    WEAK = "weak"
    STEADY = "steady"
    STRONG = "strong"
    VERY_STRONG = "very_strong"


class Lead(StrEnum):
    """Which of an asset's two grades is clearly above the other."""

    TRADER = "trader_above"
    INVESTOR = "investor_above"
    NONE = "none"
    UNKNOWN = "unknown"


class Regime(StrEnum):
    """The state of the whole market."""

    BULL = "bull"
    BEAR = "bear"
    RANGE = "range"
    STRESS = "stress"


@dataclass(frozen=True, slots=True)
class Grade:
    """One grade of one asset. *value* is ``None`` below a coverage of 0.5, and *why* then says so."""

    asset: str
    value: float | None
    signal: Signal | None
    coverage: float
    as_of: Instant
    known_at: Instant
    version: str
    parts: dict[str, float] = field(default_factory=dict)
    why: str | None = None

    @property
    def band(self) -> Band | None:
        """The fifth of 0-100 that *value* lies in; a border belongs to the better one."""
        if self.value is None:
            return None
        return tuple(Band)[min(max(int(self.value // 20.0), 0), 4)]


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one indicator adds to a grade: *points*, from its value *input*. *part* is the sub-grade it is in."""

    indicator: str
    part: str
    family: str
    input: float
    points: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """A grade as a sum: *base* and the points of all *contributions* make *value*."""

    value: float
    base: float
    contributions: tuple[Contribution, ...]


@dataclass(frozen=True, slots=True)
class Divergence:
    """How far an asset's two grades are apart: *size* in points, ``None`` where one of them is not known."""

    direction: Lead
    size: float | None
