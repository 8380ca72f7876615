"""Two deciders over several windows: the mean difference of total returns, with one interval for all of them.

Within a window days are drawn in blocks, as in `paired`. Windows that share days are drawn together, day by
calendar day, so that one market's week does not count as several; windows that share none are drawn
independently. What is drawn is averaged over the windows, each counting once whatever its length. The
interval is about these windows: it says nothing of how windows were chosen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from core.market import Floats
from strategies.measure.inference.bootstrap import REPETITIONS, block_length, indices, interval
from strategies.measure.inference.paired import LEVEL, POWER, SHORTEST, Paired, Verdict


@dataclass(frozen=True, slots=True)
class Window:
    """One window. *first*: its first day, counted from any day that all windows share.

    *candidate*: daily simple returns, shape (days, seeds); *other*: those compared with, shape (days,).
    """

    first: int
    candidate: Floats
    other: Floats

    @property
    def after(self) -> int:
        """The day after the last."""
        return self.first + len(self.other)


def pooled(windows: Sequence[Window], *, repetitions: int = REPETITIONS, level: float = LEVEL) -> Paired:
    """The mean over *windows* of the difference of total returns; seeds of a window are averaged first.

    Raises:
        ValueError: no window, or one whose sides are not of the same days.
    """
    if not windows or any(len(one.candidate) != len(one.other) for one in windows):
        raise ValueError("windows of the same days on both sides are needed")
    diff = float(np.mean([_gap(one.candidate[np.newaxis], one.other[np.newaxis])[0] for one in windows]))
    days = sum(len(one.other) for one in windows)
    if days < SHORTEST:
        return Paired(diff, None, None, None, Verdict.INCONCLUSIVE, None, days)
    drawn = np.zeros(repetitions)
    longest = 1.0
    for seed, together in enumerate(_sharing_days(windows)):
        block, draws = _drawn(together, repetitions, seed)
        longest = max(longest, block)
        drawn += draws
    drawn /= len(windows)
    low, high = interval(drawn, level)
    normal = NormalDist()
    reach = normal.inv_cdf(0.5 + level / 2) + normal.inv_cdf(POWER)
    verdict = Verdict.BETTER if low > 0 else Verdict.WORSE if high < 0 else Verdict.INCONCLUSIVE
    return Paired(diff, low, high, reach * float(drawn.std(ddof=1)), verdict, longest, days)


def _gap(candidate: Floats, other: Floats) -> Floats:
    """Total return of the candidate, averaged over seeds, less the other's, per row of days."""
    grown: Floats = np.prod(1.0 + candidate, axis=1).mean(axis=1) - np.prod(1.0 + other, axis=1)
    return grown


def _sharing_days(windows: Sequence[Window]) -> Iterator[list[Window]]:
    """The windows in groups: each shares days with another of its group, and with none of a different one."""
    group: list[Window] = []
    end = 0
    for one in sorted(windows, key=lambda window: window.first):
        if group and one.first >= end:
            yield group
            group = []
        end = max(end, one.after) if group else one.after
        group.append(one)
    yield group


def _drawn(together: Sequence[Window], repetitions: int, seed: int) -> tuple[float, Floats]:
    """The block length and, per resample, the sum of the windows' differences."""
    first = min(one.first for one in together)
    days = max(one.after for one in together) - first
    candidates = [_on_calendar(one.candidate, one.first - first, days) for one in together]
    others = [_on_calendar(one.other[:, np.newaxis], one.first - first, days)[:, 0] for one in together]
    differences = np.array(
        [mine.mean(axis=1) - other for mine, other in zip(candidates, others, strict=True)]
    )
    block = block_length(differences.mean(axis=0))
    drawn = [
        np.sum(
            [_gap(mine[rows], other[rows]) for mine, other in zip(candidates, others, strict=True)], axis=0
        )
        for rows in indices(days, block, repetitions, seed)
    ]
    return block, np.concatenate(drawn)


def _on_calendar(columns: Floats, offset: int, days: int) -> Floats:
    """*columns* on the days that several windows share; nothing happens on days that are not theirs."""
    placed = np.zeros((days, columns.shape[1]))
    placed[offset : offset + len(columns)] = columns
    return placed
