"""What a generator of an invented market is given, and what it makes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from hashlib import sha256

import numpy as np

from core.instant import Instant, Interval
from core.market import Bars, Instants
from evals.scenario import Fact


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number that a scenario may give: its *default*, and the *least* and the *most* that make sense.

    *whole*: only a whole number does.
    """

    default: float
    least: float
    most: float
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Stage:
    """Where an invented market plays. *begin*: of the warm-up; *params*: every one of the generator's."""

    begin: Instant
    start: Instant
    end: Instant
    grain: Interval
    symbols: tuple[str, ...]
    seed: int
    params: Mapping[str, float]

    def noise(self, what: str) -> np.random.Generator:
        """A stream of noise of its own for *what*: the same seed gives the same, whatever else is drawn."""
        key = sha256(f"{self.seed}:{what}".encode()).digest()
        return np.random.default_rng(np.frombuffer(key, np.uint32))

    def moment(self, share: float) -> Instant:
        """The candle's opening at *share* of the way from start to end."""
        return self.grain.floor(self.start + round(share * (self.end - self.start)))

    @property
    def opened_at(self) -> Instants:
        """When the candles open, from the warm-up's begin until before the end."""
        return np.arange(self.begin, self.end, self.grain.ms, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Made:
    """An invented market. *news*: what is written about it. *pegs*: dollars per unit of the quote, and since when."""

    bars: Mapping[str, Bars]
    news: tuple[Fact, ...] = ()
    pegs: tuple[tuple[Instant, Decimal], ...] = ()


@dataclass(frozen=True, slots=True)
class Generator:
    """What a file of this folder defines as GENERATOR. *about*: one line for people."""

    about: str
    make: Callable[[Stage], Made]
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
