"""What a validation judges: scores side by side, and what followed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.errors import NoAnswerError
from core.market import Floats
from evals.grades import judging
from evals.grades.baselines import momentum, trend
from evals.grades.outcomes import Outcomes, outcomes_of
from evals.grades.settings import Settings
from evals.grades.universe import Universe
from strategies.grades.sums import Grades
from strategies.indicators.universe.elementary import LEAST_UNIVERSE

GRADE, MOMENTUM, TREND = "trader", "momentum_30d", "sma_50_distance"


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """Scores (T x N, NaN where an asset is not compared) and what followed, over the judged *rows*."""

    universe: Universe
    settings: Settings
    rows: slice
    scores: Mapping[str, Floats]
    compared: Floats
    outcomes: Outcomes

    def forward(self, lag: int) -> dict[int, Floats]:
        """What followed the judged days, by horizon."""
        return judging.forwards(self.outcomes, self.settings.horizons, lag, self.rows, self.compared)


def case_of(universe: Universe, settings: Settings, made: Grades) -> Case:
    """The scores of *made* and of the baselines, and what followed; judged from the first rankable day to the last.

    Raises:
        NoAnswerError: no day has 20 assets with a grade.
    """
    frame = universe.frame
    compared = np.where((frame.age > 0) & universe.compared, 1.0, np.nan)
    value = np.where(np.isfinite(compared), made.value, np.nan)
    enough = np.isfinite(value).sum(axis=1) >= LEAST_UNIVERSE
    if settings.since is not None:
        enough &= frame.opened_at >= settings.since
    there = np.flatnonzero(enough)
    if not len(there):
        most = int(np.isfinite(value).sum(axis=1).max(initial=0))
        raise NoAnswerError(
            f"no day has {LEAST_UNIVERSE} assets with a grade to rank; at most {most} have one",
            "Import a longer history, or candles of more assets.",
            code="universe",
        )
    rows = slice(int(there[0]), int(there[-1]) + 1)
    scores = {GRADE: value}
    for name, matrix in made.parts.items():
        scores[name] = np.where(np.isfinite(compared), matrix, np.nan)
    for name, matrix in ((MOMENTUM, momentum(frame)), (TREND, trend(frame))):
        scores[name] = np.where(np.isfinite(value), matrix, np.nan)
    return Case(universe, settings, rows, scores, compared, outcomes_of(universe.series, frame))
