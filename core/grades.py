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
