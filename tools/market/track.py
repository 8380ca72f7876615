"""One series and how far into it the present is."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

import numpy as np

from core.instant import Instant
from core.market import Bars, BarSeries, Candle
from core.observation import Missing


class Track:
    """A series read up to a cursor that only moves forward. Row `newest` is the last closed one, −1 before."""

    def __init__(self, series: BarSeries) -> None:
        self.series = series
        self.newest = -1
        self._width = series.bars.interval.ms
        self._closes_at: list[int] = (series.bars.opened_at + self._width).tolist()
        self._columns: dict[str, list[float]] = {}
        self._last_bad: list[int] = series.last_bad.tolist()
        self._segment: list[int] = series.segment.tolist()

    def advance(self, now: Instant) -> None:
        """Moves the cursor to the newest candle that closed at or before *now*."""
        closes_at, after = self._closes_at, self.newest + 1
        if after >= len(closes_at) or closes_at[after] > now:
            return
        if after + 1 == len(closes_at) or closes_at[after + 1] > now:
            self.newest = after
        else:
            self.newest = bisect_right(closes_at, now, after) - 1

    def missing(self, count: int, now: Instant) -> Missing | None:
        """Why the newest *count* candles may not be used at *now*; `None` where they may."""
        newest = self.newest
        oldest = newest - count + 1
        symbol = self.series.bars.symbol
        if newest < 0:
            return Missing(symbol, "no_data")
        if now - self._closes_at[newest] >= 2 * self._width:
            return Missing(symbol, "stale")
        if oldest < 0 or self._segment[oldest] != self._segment[newest]:
            return Missing(symbol, "warming_up")
        bad = self._last_bad[newest]
        if bad >= oldest:
            return Missing(symbol, f"gate:{self.series.bad_code[bad] or 'jump'}")
        return None

    def column(self, name: str, count: int) -> list[float]:
        """The newest *count* values of one column, oldest first."""
        values = self._columns.get(name)
        if values is None:
            values = self._columns[name] = getattr(self.series.bars, name).tolist()
        stop = self.newest + 1
        return values[stop - count : stop]

    def bars(self, count: int) -> Bars:
        """The newest *count* candles as columns."""
        return self.series.bars.slice(self.newest + 1 - count, self.newest + 1)

    def series_since(self, opened_from: Instant) -> BarSeries:
        """The closed candles opened at or after *opened_from*, with what the gate says of each."""
        stop = self.newest + 1
        first = bisect_left(self._closes_at, opened_from + self._width, 0, stop)
        whole, rows = self.series, slice(first, stop)
        return BarSeries(
            whole.asset,
            whole.bars.slice(first, stop),
            whole.segment[rows],
            np.maximum(whole.last_bad[rows] - first, -1),
            whole.bad_code[rows],
            whole.source,
            "",
            restated=whole.restated,
        )

    def close(self) -> tuple[float, Instant] | Missing:
        """The close of the newest candle that the gate lets through, and when it was known."""
        newest = self.newest
        # while the newest candle is refused, the last good price is the one before it
        while newest >= 0 and self._last_bad[newest] == newest:
            newest -= 1
        if newest < 0:
            return Missing(self.series.bars.symbol, "no_data")
        values = self._columns.get("close")
        if values is None:
            values = self._columns["close"] = self.series.bars.close.tolist()
        return values[newest], Instant(self._closes_at[newest])

    def since(self, opened_from: Instant) -> list[Candle]:
        """The closed candles opened at or after *opened_from* that the gate let through when they closed."""
        first = bisect_left(self._closes_at, opened_from + self._width, 0, self.newest + 1)
        bars = self.series.bars
        return [bars.candle(row) for row in range(first, self.newest + 1) if self._last_bad[row] != row]
