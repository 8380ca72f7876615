"""What an indicator of the catalogue is."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from core.market import Bars


@dataclass(frozen=True, slots=True)
class Indicator:
    """One number about the newest of some bars, and what a reader must know to judge it.

    *name*: unique; lower-case letters, digits and underscores.
    *unit*: one word; ``fraction``: 0.1 is 10 %, ``percent``: 10 is 10 %, ``index``: a scale of its own.
    *warm_up*: the fewest bars that give a value.
    *formula*: called with at least *warm_up* bars and with *period*.
    """

    name: str
    meaning: str
    unit: str
    warm_up: int
    source: str
    formula: Callable[[Bars, int], float | None]
    period: int

    def compute(self, bars: Bars) -> float | None:
        """The value at the newest of *bars*; `None` while warming up and where the formula has no answer."""
        if len(bars) < self.warm_up:
            return None
        value = self.formula(bars, self.period)
        return value if value is not None and math.isfinite(value) else None
