"""Grades every asset of a market at its now, and goes on from where it was when the next day comes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from core.assets import AssetRef
from core.instant import Instant
from core.market import Floats, Instants
from core.ports import FactSource, MarketData
from strategies.grades.formula import Formula
from strategies.grades.investor import INVESTOR
from strategies.grades.trader import TRADER
from tools.desk.grading.facts import fact_columns
from tools.desk.grading.reading import read_daily
from tools.desk.grading.sheet import Sheet
from tools.desk.grading.stream import GradeStream
from tools.desk.grading.universe import Universe, refs_of, universe_of

if TYPE_CHECKING:
    from tools.ask import AskContext

__all__ = ["FORMULAS", "GradeDesk", "Sheet", "grades_of"]

FORMULAS: tuple[Formula, ...] = (TRADER, INVESTOR)


class GradeDesk:
    """The grades of one market.

    However a day is reached, by days that followed one another or at once, its grades are the same to the last
    bit. A kind of grade is worked when it is first asked for.
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
        self._streams = {formula.kind: GradeStream(formula, self._known) for formula in FORMULAS}
        self._sheet: Sheet | None = None
        self._now = Instant(-1)

    def sheet(self) -> Sheet:
        """The grades as of the market's now."""
        now, last = self._market.now, self._sheet
        if last is not None and now == self._now:
            return last
        universe = self._universe_at(now)
        wanted = [symbol for symbol in self._market.symbols if symbol not in universe.refused]
        reading = read_daily(self._market, wanted)
        self._now = now
        if last is None or universe != last.universe or not reading.repeats(last.reading):
            at = now if reading.closed_at is None else reading.closed_at
            symbols = tuple(self._market.symbols)
            self._sheet = last = Sheet(at, symbols, self._assets, reading, universe, self._streams)
        return last

    def _universe_at(self, now: Instant) -> Universe:
        market = self._market
        found = universe_of(market.symbols, self._refs, now, simulated=market.simulated)
        refused = {**found.refused, **self._refused}
        benchmark = self._benchmark or found.benchmark
        return Universe(refused, found.compared - refused.keys(), None if benchmark in refused else benchmark)

    def _known(
        self, symbols: Collection[str], metrics: Collection[str], closes: Instants
    ) -> Mapping[str, Floats]:
        if self._facts is None or not metrics:
            return {}
        assets = [self._assets.get(symbol, symbol) for symbol in symbols]
        return fact_columns(self._facts, assets, sorted(metrics), closes)


def grades_of(context: AskContext) -> GradeDesk:
    """The grades of the market that is asked about."""
    if context.grades is not None:
        return context.grades
    assets = {symbol: one.id for symbol, one in context.assets.items()}
    return GradeDesk(context.market, assets, context.facts, refs=context.assets)
