"""Grades every asset of a market at its now, and goes on from where it was when the next day comes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

import numpy as np

from core.assets import AssetRef
from core.instant import DAY, Instant
from core.market import Floats, Instants
from core.ports import FactSource, MarketData
from strategies.grades.alignment import frame_start
from strategies.grades.formula import Formula
from strategies.grades.investor import INVESTOR
from strategies.grades.trader import TRADER
from strategies.indicators.universe.frame import Frame, Row
from tools.desk.facts import fact_columns
from tools.desk.reading import Reading, laid_out, read_daily
from tools.desk.sheet import Sheet
from tools.desk.universe import Universe, refs_of, universe_of
from tools.desk.worked import Worked

if TYPE_CHECKING:
    from tools.ask import AskContext

__all__ = ["FORMULAS", "GradeDesk", "Sheet", "grades_of"]

FORMULAS: tuple[Formula, ...] = (TRADER, INVESTOR)
_VERSIONS = {formula.kind: formula.version for formula in FORMULAS}
_METRICS = sorted(frozenset().union(*(formula.metrics for formula in FORMULAS)))


class GradeDesk:
    """The grades of one market.

    However a day is reached, by days that followed one another or at once, its grades are the same to the last
    bit: a new day is pushed where it is the old ones and one more, else all of it begins anew.
    """

    def __init__(
        self,
        market: MarketData,
        assets: Mapping[str, str],
        facts: FactSource | None = None,
        *,
        refs: Mapping[str, AssetRef] | None = None,
        refused: Mapping[str, str] | None = None,
        benchmark: str | None = None,
    ) -> None:
        """*assets*: the id behind each symbol, which facts are kept under; *refs*: more of them, where it is known.

        *refused* (symbol -> why) and *benchmark* (a symbol) come on top of what `universe_of` finds.
        """
        self._market = market
        self._assets = dict(assets)
        self._facts = facts
        self._refs = refs_of(self._assets) if refs is None else refs
        self._refused = dict(refused or {})
        self._benchmark = benchmark
        self._now = Instant(-1)
        self._reading: Reading | None = None
        self._universe: Universe | None = None
        self._facts_then: dict[str, Floats] = {}
        self._worked: tuple[Worked, ...] = ()
        self._sheet: Sheet | None = None

    def sheet(self) -> Sheet:
        """The grades as of the market's now."""
        now = self._market.now
        if self._sheet is not None and now == self._now:
            return self._sheet
        universe = self._universe_at(now)
        wanted = [symbol for symbol in self._market.symbols if symbol not in universe.refused]
        reading = read_daily(self._market, wanted)
        self._now, before = now, self._reading
        if self._sheet is not None and before is not None and reading.repeats(before):
            return self._sheet
        self._reading = reading
        if reading.closed_at is None:
            self._worked, sheet = (), self._blank(now, reading, universe)
        else:
            if before is None or not self._go_on(reading, before, universe):
                self._begin(reading, universe)
            sheet = self._told(reading, universe)
        self._universe, self._sheet = universe, sheet
        return sheet

    def _universe_at(self, now: Instant) -> Universe:
        market = self._market
        found = universe_of(market.symbols, self._refs, now, simulated=market.simulated)
        refused = {**found.refused, **self._refused}
        benchmark = self._benchmark or found.benchmark
        return Universe(refused, found.compared - refused.keys(), None if benchmark in refused else benchmark)

    def _begin(self, reading: Reading, universe: Universe) -> None:
        frame = laid_out(reading, universe.benchmark)
        self._facts_then = self._known(frame.assets, frame.opened_at + DAY)
        frame = frame.with_facts(self._facts_then)
        self._worked = tuple(Worked(formula, frame, universe.compared) for formula in FORMULAS)

    def _go_on(self, reading: Reading, before: Reading, universe: Universe) -> bool:
        """Takes in one more day, where it is the old ones and one more."""
        if not self._worked or universe != self._universe or not reading.follows(before):
            return False
        assert reading.closed_at is not None  # noqa: S101 - it follows another
        day = reading.closed_at // DAY - 1
        if frame_start(day) != frame_start(day - 1):
            return False
        facts = self._known(tuple(reading.bars), np.array([reading.closed_at], dtype=np.int64))
        if facts.keys() != self._facts_then.keys():
            return False
        newest = laid_out(reading, universe.benchmark)
        row = newest.row(len(newest) - 1)
        columns = {**row.columns, **{name: matrix[0] for name, matrix in facts.items()}}
        for worked in self._worked:
            worked.push(Row(columns, row.age), day)
        return True

    def _known(self, symbols: Collection[str], closes: Instants) -> dict[str, Floats]:
        if self._facts is None:
            return {}
        assets = [self._assets.get(symbol, symbol) for symbol in symbols]
        return dict(fact_columns(self._facts, assets, _METRICS, closes))

    def _frame(self, reading: Reading, universe: Universe) -> Frame:
        frame = laid_out(reading, universe.benchmark)
        return frame.with_facts(self._known(frame.assets, frame.opened_at + DAY))

    def _blank(self, now: Instant, reading: Reading, universe: Universe) -> Sheet:
        missing = {**universe.refused, **reading.missing}
        return Sheet(now, tuple(self._market.symbols), self._assets, missing, versions=_VERSIONS)

    def _told(self, reading: Reading, universe: Universe) -> Sheet:
        assert reading.closed_at is not None  # noqa: S101 - somebody shows a candle
        return Sheet(
            reading.closed_at,
            tuple(self._market.symbols),
            self._assets,
            {**universe.refused, **reading.missing},
            {symbol: column for column, symbol in enumerate(reading.bars)},
            {worked.formula.kind: worked.seen() for worked in self._worked},
            lambda: self._frame(reading, universe),
            _VERSIONS,
        )


def grades_of(context: AskContext) -> GradeDesk:
    """The grades of the market that is asked about."""
    if context.grades is not None:
        return context.grades
    assets = {symbol: one.id for symbol, one in context.assets.items()}
    return GradeDesk(context.market, assets, context.facts, refs=context.assets)
