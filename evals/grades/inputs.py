"""What each indicator of a formula, and each family of them, knows by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from core.market import Floats
from evals.grades.ranking import centred_ranks, correlation, ranks_by_row
from strategies.grades.formula import RANGE, Formula
from strategies.indicators.universe.frame import Frame
from strategies.indicators.universe.registry import measure_universe

_AT_ONCE = 16


class Known:
    """The ranks of several outcomes on the days that one lag leaves, kept by who else is missing."""

    def __init__(self, outcomes: Sequence[Floats]) -> None:
        self._outcomes = outcomes
        self._kept: dict[tuple[int, bytes], Floats] = {}

    def coefficients(self, scores: Floats) -> Iterator[Floats]:
        """Spearman's correlation by day with each of the outcomes, in their order."""
        ranked: tuple[bytes, Floats] | None = None
        for number, outcome in enumerate(self._outcomes):
            known = np.isfinite(scores) & np.isfinite(outcome)
            mark = np.packbits(known).tobytes()
            if ranked is None or ranked[0] != mark:
                ranked = (mark, centred_ranks(np.where(known, scores, np.nan)))
            if (number, mark) not in self._kept:
                if len(self._kept) > 3 * len(self._outcomes):
                    self._kept.clear()
                self._kept[number, mark] = centred_ranks(np.where(known, outcome, np.nan))
            yield correlation(ranked[1], self._kept[number, mark], known.sum(axis=1))


def input_scores(frame: Frame, formula: Formula, compared: Floats) -> Iterator[tuple[str, Floats]]:
    """Each input, so signed that more is better, and then the mean rank of each family's inputs.

    *compared*: T x N, NaN where an asset is not compared on a day. A family has a score where at least half of
    its inputs have a value.
    """
    families: dict[str, tuple[Floats, Floats, float]] = {}
    signs = {one.indicator: one for one in formula.inputs}
    names = list(signs)
    for start in range(0, len(names), _AT_ONCE):
        few = names[start : start + _AT_ONCE]
        measured = measure_universe(
            frame, {*few, RANGE} if any(signs[name].in_ranges for name in few) else few
        )
        for name in few:
            one = signs[name]
            with np.errstate(invalid="ignore", divide="ignore"):
                raw = measured[name] / measured[RANGE] if one.in_ranges else measured[name]
            score = np.where(np.isfinite(raw) & np.isfinite(compared), one.sign * raw, np.nan)
            yield name, score
            _add(families, one.family, score, one.weight)
    for family, (total, weight, whole) in sorted(families.items()):
        enough = weight >= whole / 2
        yield f"family:{family}", np.where(enough, total / np.where(enough, weight, 1.0), np.nan)


def _add(
    families: dict[str, tuple[Floats, Floats, float]], family: str, score: Floats, weight: float
) -> None:
    ranks = ranks_by_row(score)
    known = np.isfinite(ranks)
    place = np.where(known, (ranks - 0.5) / np.maximum(known.sum(axis=1, keepdims=True), 1), 0.0)
    total, there, whole = families.get(family, (np.zeros(score.shape), np.zeros(score.shape), 0.0))
    families[family] = (total + weight * place, there + weight * known, whole + weight)


def labels(formula: Formula) -> Mapping[str, tuple[str, str, int]]:
    """Part, family and sign of each input by name."""
    return {one.indicator: (one.part, one.family, one.sign) for one in formula.inputs}
