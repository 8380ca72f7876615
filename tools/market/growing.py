"""One live series: candles as they came in, judged anew when more come, and read up to a cursor."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.instant import Instant, Interval
from core.market import Bars
from tools.market.track import Track
from tools.store.gate import judge

COLUMNS = ("open", "high", "low", "close", "volume")
_SLACK = 1.2  # trimmed only now and then


@dataclass(frozen=True, slots=True)
class Revised:
    """A closed candle that the venue tells otherwise than before."""

    opened_at: Instant
    before: float
    after: float


def no_bars(symbol: str, width: Interval) -> Bars:
    """A series without a candle."""
    empty = np.empty(0, np.float64)
    return Bars(symbol, width, np.empty(0, np.int64), empty, empty, empty, empty, empty)


def joined(part: Bars, width: Interval, start: Instant) -> Bars:
    """The one candle of *width* opened at *start* that the narrower candles *part* make."""
    return Bars(
        part.symbol,
        width,
        np.array([start], np.int64),
        part.open[:1],
        np.array([part.high.max()]),
        np.array([part.low.min()]),
        part.close[-1:],
        np.array([part.volume.sum()]),
    )


class Growing:
    """A series that takes in candles and forgets the oldest beyond *keep*, never one that is not yet read.

    *track* reads it; a later vintage of a candle replaces the earlier one from its arrival on.
    """

    def __init__(self, asset: str, symbol: str, width: Interval, source: str, keep: int) -> None:
        self._asset = asset
        self._source = source
        self._keep = keep
        self._now = Instant(0)
        self.width = width
        self.bars = no_bars(symbol, width)
        self.track = Track(judge(asset, self.bars, source))

    @property
    def oldest(self) -> Instant | None:
        """When the oldest kept candle opened."""
        return Instant(int(self.bars.opened_at[0])) if len(self.bars) else None

    @property
    def newest(self) -> Instant | None:
        """When the newest candle opened, read or not."""
        return Instant(int(self.bars.opened_at[-1])) if len(self.bars) else None

    def take(self, fresh: Bars) -> tuple[Revised, ...]:
        """Takes in *fresh* candles, late ones at their place; those that revise a known one."""
        if not len(fresh):
            return ()
        known, revised = self.bars, self._revised(fresh)
        times = np.concatenate([known.opened_at, fresh.opened_at])
        # of two vintages the later one stands last, and stays
        kept = len(times) - 1 - np.unique(times[::-1], return_index=True)[1]
        if len(kept) == len(known) and not revised:
            return ()
        kept = kept[self._surplus(times[kept]) :]
        columns = (np.concatenate([getattr(known, name), getattr(fresh, name)])[kept] for name in COLUMNS)
        self.bars = Bars(known.symbol, self.width, times[kept], *columns)
        self.track = Track(judge(self._asset, self.bars, self._source))
        self.track.advance(self._now)
        return revised

    def advance(self, now: Instant) -> None:
        """Lets the present be *now*."""
        self._now = now
        self.track.advance(now)

    def _revised(self, fresh: Bars) -> tuple[Revised, ...]:
        known = self.bars
        _, old, new = np.intersect1d(known.opened_at, fresh.opened_at, return_indices=True)
        differs = np.zeros(len(old), np.bool_)
        for name in COLUMNS:
            differs |= getattr(known, name)[old] != getattr(fresh, name)[new]
        return tuple(
            Revised(Instant(int(fresh.opened_at[n])), float(known.close[o]), float(fresh.close[n]))
            for o, n in zip(old[differs].tolist(), new[differs].tolist(), strict=True)
        )

    def _surplus(self, times: np.ndarray[tuple[int], np.dtype[np.int64]]) -> int:
        """How many of the oldest rows may go."""
        if len(times) <= self._keep * _SLACK:
            return 0
        unread = int(np.count_nonzero(times + self.width.ms > self._now))
        return max(0, len(times) - max(self._keep, unread))
