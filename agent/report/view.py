"""A report's input, read once, as every block sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from agent.report.history import History, history
from agent.report.inputs import ReportInput
from agent.report.thinking import restated_facts
from agent.report.timeline import Row, timeline
from core.errors import UsageError
from core.instant import Instant, instant
from core.spec import parse_pairs
from strategies.measure.performance import Performance, performance
from strategies.measure.round_trips import RoundTrip, round_trips


@dataclass(frozen=True, slots=True)
class View:
    """What the blocks draw from. *hold* is buy and hold, by its curve alone."""

    report: ReportInput
    story: History
    rows: tuple[Row, ...]
    run: Performance
    hold: Performance | None
    trips: tuple[RoundTrip, ...]

    @property
    def summary(self) -> Mapping[str, Any]:
        """The data of ``paper --json``."""
        return self.report.summary

    @property
    def quote(self) -> str:
        """The currency of the account."""
        return str(self.story.started["quote"])

    @property
    def simulated(self) -> bool:
        """Whether the market itself is invented."""
        return bool(self.story.started["simulated"])

    @property
    def start(self) -> Instant:
        """First instant of the run."""
        return instant(self.summary["from"])

    @property
    def end(self) -> Instant:
        """Last instant that was lived through."""
        return Instant(int(self.report.curve.at[-1]))

    @property
    def restated(self) -> tuple[str, ...]:
        """Every series that the run saw as it is today, and not as it was shown then."""
        candles = (f"{note.symbol} candles ({note.source})" for note in self.report.series if note.restated)
        return (*candles, *restated_facts(self.story))

    @property
    def costs(self) -> Mapping[str, Decimal | str]:
        """The costs in force, by name; empty where there were none."""
        text = str(self.story.config["costs"])
        try:
            pairs = parse_pairs(text.partition("?")[2] or text)
        except UsageError:
            return {}
        return {key: value if key == "latency" else Decimal(value) for key, value in pairs.items()}


def view_of(report: ReportInput) -> View:
    """Reads the records and measures the run.

    Raises:
        NoAnswerError: no run was journalled.
    """
    story = history(report.records)
    return View(
        report=report,
        story=story,
        rows=timeline(story),
        run=performance(report.curve, story.fills),
        hold=None if report.benchmark is None else performance(report.benchmark, ()),
        trips=round_trips(story.fills),
    )
