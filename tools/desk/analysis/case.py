"""What an analysis is made from: one asset at one moment, its candles, and what the answers said of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.grades import Regime
from core.market import Bars
from core.observation import Missing
from strategies.levels import Finding
from tools.ask import AskContext, Evidence, Reply
from tools.desk.analysis.cited import MINE, Cited


@dataclass(frozen=True, slots=True)
class Case:
    """One asset at one moment.

    *name*: what the answers are asked by. *daily*: the candles that levels are found in. *lately*: what price
    did at its zones in the last days, newest first. *regime*: the whole market's, `None` where not known.
    """

    context: AskContext
    symbol: str
    name: str
    daily: Bars | Missing
    lately: tuple[Finding, ...]
    regime: Regime | None
    replies: Mapping[str, Reply]
    cited: Cited

    @property
    def base(self) -> str:
        """What is bought."""
        return self.symbol.partition("/")[0]

    @property
    def quote(self) -> str:
        """What it is paid with."""
        return self.symbol.partition("/")[2]

    def data(self, tool: str) -> dict[str, Any]:
        """What the answer *tool* told."""
        return self.replies[tool].data

    def grade(self, kind: str) -> dict[str, Any]:
        """The trader's or the investor's grade, as it is told."""
        told: dict[str, Any] = self.data("get_grades").get(kind) or {}
        return told

    def note(self, metric: str, value: str, unit: str, like: tuple[str, str]) -> str:
        """Adds an entry of the analysis itself, as old as the entry *like* (without one: as now); returns *value*."""
        at, known_at = self.context.now, self.context.now
        source = self.context.sources.get(self.symbol, self.context.source)
        for found in self.cited.ids(like):
            model = self.cited.evidence[int(found[1:]) - 1]
            at, known_at, source = model.as_of, model.known_at, model.source
        self.cited.put(Evidence(MINE, self.name, metric, value, unit, at, known_at, source))
        return value
