"""The grades of one run's market: made when they are first asked for, and one desk for all who ask."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from core.ports import Decider, FactSource, MarketData

if TYPE_CHECKING:
    from agent.graph.graded import GradesOf
    from tools.desk.grading.grades import GradeDesk


class RunGrades:
    """The grade desk of a run's market. Who never asks pays nothing.

    *assets*: the id that each symbol's facts are kept under. *facts*: what is known beside prices, if anything.
    """

    def __init__(self, assets: Mapping[str, str], facts: FactSource | None = None) -> None:
        self._assets = dict(assets)
        self._facts = facts
        self._made: tuple[MarketData, GradeDesk] | None = None

    def complete(self, assets: Mapping[str, str]) -> None:
        """Takes in the ids of symbols that nobody has told yet, before anything is graded."""
        self._assets = {**assets, **self._assets}

    def __call__(self, market: MarketData) -> GradeDesk:
        """The desk over *market*; the same one as long as it is the same market."""
        if self._made is None or self._made[0] is not market:
            from tools.desk.grading.grades import GradeDesk

            assets = {symbol: self._assets.get(symbol, symbol) for symbol in market.symbols}
            self._made = market, GradeDesk(market, assets, self._facts)
        return self._made[1]


@runtime_checkable
class Grading(Protocol):
    """A decider that reads grades: its run's risk rules read the same desk."""

    grades: GradesOf | None


def grades_of(decider: Decider, assets: Mapping[str, str], facts: FactSource | None) -> GradesOf:
    """What *decider* reads grades from, told of *assets*; where it reads none, a desk over *assets* and *facts*."""
    held = decider.grades if isinstance(decider, Grading) else None
    if isinstance(held, RunGrades):
        held.complete(assets)
    return RunGrades(assets, facts) if held is None else held
