"""All grades of a market at one close: what every answer, screen and decision reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import isnan

from core.grades import Divergence, Explanation, Grade
from core.instant import DAY, Instant
from core.market import Floats
from core.observation import Missing
from strategies.grades.divergence import divergence
from strategies.grades.reasons import why_null
from strategies.grades.signals import SIGNALS
from strategies.indicators.universe.frame import Frame
from strategies.indicators.universe.registry import REGISTRY, measure_universe
from tools.desk.worked import Seen

TRADER, INVESTOR = "trader", "investor"
KINDS = (TRADER, INVESTOR)


@dataclass(frozen=True, eq=False)
class Sheet:
    """The grades of *symbols* at *at*, the close of the market's newest daily candle (its now, where it has none).

    *assets*: the id behind each symbol. *missing*: who has no grade and why: ``stale``, ``delisted``, what the
    gate says, ``pegged``. *seen*: the grades by kind, one column for each of *columns*. *frame*: what they were
    worked from. Nothing of it is later than *at*.
    """

    at: Instant
    symbols: tuple[str, ...]
    assets: Mapping[str, str]
    missing: Mapping[str, str]
    columns: Mapping[str, int] = field(default_factory=dict)
    seen: Mapping[str, Seen] = field(default_factory=dict)
    frame: Callable[[], Frame] | None = None
    versions: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def trader(self) -> Mapping[str, Grade]:
        """The Trader Grade of each symbol."""
        return {symbol: self.grade(symbol, TRADER) for symbol in self.symbols}

    @cached_property
    def investor(self) -> Mapping[str, Grade]:
        """The Investor Grade of each symbol."""
        return {symbol: self.grade(symbol, INVESTOR) for symbol in self.symbols}

    def grade(self, symbol: str, kind: str) -> Grade:
        """The newest grade of *symbol*; without a value it says why."""
        why = self.missing.get(symbol)
        if why is not None or symbol not in self.columns:
            asset = self.assets.get(symbol, symbol)
            return Grade(
                asset, None, None, 0.0, self.at, self.at, self.versions.get(kind, ""), why=why or "no_data"
            )
        return self._row(symbol, kind, -1)

    def history(self, symbol: str, kind: str, days: int) -> tuple[Grade, ...]:
        """The grades of the last *days* days on which *symbol* showed a candle, oldest first, as they are seen now."""
        if symbol in self.missing or symbol not in self.columns:
            return ()
        seen, column = self.seen[kind], self.columns[symbol]
        rows = range(max(-days, -len(seen.age)), 0)
        return tuple(self._row(symbol, kind, row) for row in rows if seen.age[row, column])

    def change(self, symbol: str, kind: str, days: int) -> float | None:
        """Points since the grade of exactly *days* days before; `None` where one of the two is not known."""
        if symbol in self.missing or symbol not in self.columns:
            return None
        values, column = self.seen[kind].grades.value, self.columns[symbol]
        if len(values) <= days:
            return None
        moved = float(values[-1, column] - values[-1 - days, column])
        return None if isnan(moved) else moved

    def explain(self, symbol: str, kind: str) -> Explanation | None:
        """The newest grade as a sum; `None` where it has no value."""
        if symbol in self.missing or symbol not in self.columns:
            return None
        return self.seen[kind].explain(self.columns[symbol])

    def divergence(self, symbol: str) -> Divergence:
        """How far the two grades of *symbol* are apart."""
        return divergence(self.trader[symbol].value, self.investor[symbol].value)

    def value(self, symbol: str, indicator: str) -> float | Missing:
        """The newest value of any registered indicator; `Missing` where it has none."""
        if symbol not in self.columns or self.frame is None:
            return Missing(indicator, self.missing.get(symbol, "no_data"))
        if indicator not in REGISTRY:
            return Missing(indicator, "unknown_indicator")
        row = next(
            (found for one in self.seen.values() if (found := one.measured(indicator)) is not None), None
        )
        if row is None:
            if indicator not in self._measured:
                self._measured[indicator] = measure_universe(self.frame(), [indicator])[indicator][-1]
            row = self._measured[indicator]
        value = float(row[self.columns[symbol]])
        return Missing(indicator, "warming_up") if isnan(value) else value

    @cached_property
    def _measured(self) -> dict[str, Floats]:
        return {}

    def _row(self, symbol: str, kind: str, row: int) -> Grade:
        seen, column = self.seen[kind], self.columns[symbol]
        value = float(seen.grades.value[row, column])
        at = Instant(self.at + (row + 1) * DAY)
        coverage = float(seen.grades.coverage[row, column])
        parts = {name: float(part[row, column]) for name, part in seen.grades.parts.items()}
        why = None
        if isnan(value):
            covered = {name: float(part[row, column]) for name, part in seen.grades.covered.items()}
            why = why_null(seen.formula, coverage, covered, int(seen.age[row, column]))
        return Grade(
            self.assets.get(symbol, symbol),
            None if isnan(value) else value,
            SIGNALS.get(int(seen.codes[row, column])),
            coverage,
            at,
            at,
            seen.formula.version,
            {name: part for name, part in parts.items() if not isnan(part)},
            why,
        )
