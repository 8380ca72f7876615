"""What followed: growth of a holding from one day's open to a later one's, to the last print of its stretch at most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.market import BarSeries, Floats
from strategies.indicators.universe.frame import Frame


@dataclass(frozen=True, slots=True, eq=False)
class Outcomes:
    """Prices at which a holding can be had and left, T x N.

    *entry*: the day's open, NaN where the asset shows no (accepted) candle, so that nobody can buy. *worth*: what a
    holding is worth at each open; over holes of up to three days the next open. *stop*: the row after the
    last of the stretch that a row belongs to. *last*: the close of that last row. *is_ended*: the stretch ended
    for good (delisting, long hole, redenomination) rather than with the collection.
    """

    entry: Floats
    worth: Floats
    stop: NDArray[np.int64]
    last: Floats
    is_ended: NDArray[np.bool_]

    def forward(self, horizon: int, lag: int) -> Floats:
        """Simple returns of row D's decision: bought at the open of row D + *lag*, left *horizon* days later.

        A stretch that ended before is left at its last close, and cash from there; NaN where nobody could buy or
        where the collection ends first.
        """
        rows = len(self.entry)
        answer = np.full(self.entry.shape, np.nan)
        if lag >= rows:
            return answer
        grown = self.growth(lag, rows - lag, horizon)
        answer[: rows - lag] = grown - 1.0
        return answer

    def growth(self, first: int, count: int, days: int) -> Floats:
        """What 1 bought at the open of each of *count* rows from *first* on is worth *days* later; NaN as above."""
        stop, worth = len(self.entry), self.worth
        begins = np.arange(first, first + count)[:, None]
        ends = begins + days
        own = self.stop[first : first + count]
        inside = ends < own
        price = np.where(
            inside, np.take_along_axis(worth, np.minimum(ends + 0 * own, stop - 1), axis=0), np.nan
        )
        over = ~inside & (self.is_ended[first : first + count] | (ends == own))
        price = np.where(over, self.last[first : first + count], price)
        found: Floats = price / self.entry[first : first + count]
        return found

    def path(self, row: int, days: int) -> Floats:
        """Worth of 1 bought at the open of *row*, at that open and each of the next *days*; (days + 1) x N.

        Where the collection ends earlier the last worth stays; NaN where nobody could buy.
        """
        rows = np.arange(row, row + days + 1)[:, None]
        inside = rows < self.stop[row]
        known = self.worth[np.minimum(rows[:, 0], len(self.worth) - 1)]
        found: Floats = np.where(inside, known, self.last[row]) / self.entry[row]
        return found


def outcomes_of(series: Sequence[BarSeries], frame: Frame) -> Outcomes:
    """What followed in each of *series* on the days of *frame*; rows after its last day are not there."""
    shape = frame.age.shape
    entry, worth, last = (np.full(shape, np.nan) for _ in range(3))
    stop, is_ended = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=bool)
    first, step = int(frame.opened_at[0]), frame.interval.ms
    for column, one in enumerate(series):
        accepted = np.array([code == "" for code in one.bad_code], dtype=bool)
        places = (one.bars.opened_at - first) // step
        accepted &= (places >= 0) & (places < shape[0])
        is_cut = bool(len(places)) and int(places[-1]) >= shape[0]
        rows, stretches = places[accepted], one.segment[accepted]
        opens, closes = one.bars.open[accepted], one.bars.close[accepted]
        entry[rows, column] = opens
        for number in np.unique(stretches):
            there = np.flatnonzero(stretches == number)
            begins, ends = int(rows[there[0]]), int(rows[there[-1]]) + 1
            span = slice(begins, ends)
            # the next open on or after each day: what a holding over a short hole comes to
            following = np.searchsorted(rows[there], np.arange(begins, ends))
            worth[span, column] = opens[there][following]
            stop[span, column] = ends
            last[span, column] = closes[there[-1]]
            is_newest = there[-1] == len(rows) - 1
            is_ended[span, column] = not is_newest or (one.delisted_at is not None and not is_cut)
    return Outcomes(entry, worth, stop, last, is_ended)
