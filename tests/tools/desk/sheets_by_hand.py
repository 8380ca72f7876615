"""Grades as one writes them down, of the small world of `tests.tools.ask.worlds`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.grades import Explanation, Grade, Signal
from core.instant import Instant
from core.observation import Missing


@dataclass
class HandSheet:
    """Implements `tools.desk.screening.metrics.Sheet`; *values*: indicators by symbol and name."""

    at: Instant
    symbols: tuple[str, ...]
    trader: Mapping[str, Grade] = field(default_factory=dict)
    investor: Mapping[str, Grade] = field(default_factory=dict)
    values: Mapping[tuple[str, str], float] = field(default_factory=dict)

    def change(self, symbol: str, kind: str, days: int) -> float | None:
        return 1.0 * days if self.grade(symbol, kind) is not None else None

    def grade(self, symbol: str, kind: str) -> float | None:
        found = (self.trader if kind == "trader" else self.investor).get(symbol)
        return None if found is None else found.value

    def explain(self, symbol: str, kind: str) -> Explanation | None:
        return None

    def value(self, symbol: str, indicator: str) -> float | Missing:
        return self.values.get((symbol, indicator), Missing(indicator, "warming_up"))


@dataclass
class HandDesk:
    """A desk with one sheet."""

    hand: HandSheet

    def sheet(self) -> HandSheet:
        return self.hand


def grade_of(value: float | None, at: int, coverage: float = 0.8, **parts: float) -> Grade:
    signal = None if value is None else Signal.BUY if value >= 60 else Signal.NEUTRAL
    why = None if value is not None else "coverage 0.10 of the 0.50 that it needs"
    moment = Instant(at)
    return Grade("x", value, signal, coverage, moment, moment, "v", dict(parts), why)


def sheet_of(
    at: int,
    trader: Mapping[str, float | None],
    investor: Mapping[str, float | None] | None = None,
    values: Mapping[tuple[str, str], float] | None = None,
) -> HandSheet:
    """A sheet of the grades that are given."""
    months = investor or {}
    return HandSheet(
        Instant(at),
        tuple(trader),
        {symbol: grade_of(value, at) for symbol, value in trader.items()},
        {symbol: grade_of(months.get(symbol), at, 0.1) for symbol in trader},
        values or {},
    )
