"""Wider candles out of narrower ones, with the quality gate's verdicts carried over."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.instant import Interval
from core.market import Bars, BarSeries


def resample(series: BarSeries, width: Interval) -> BarSeries:
    """The candles of *series* at *width* (a multiple of its interval), anchored at 00:00 UTC.

    A wide candle is complete, and so known, at its own end. One that holds only some of its narrow
    candles stands (holes are never filled); it is refused while one of them is, or where a segment
    ends inside it.
    """
    bars = series.bars
    if width == bars.interval or not len(bars):
        return replace(series, bars=replace(bars, interval=width))
    slot = bars.opened_at // width.ms
    first = np.flatnonzero(np.diff(slot, prepend=slot[0] - 1))
    last = np.append(first[1:], len(bars)) - 1
    wide = Bars(
        bars.symbol,
        width,
        slot[first] * width.ms,
        bars.open[first],
        np.maximum.reduceat(bars.high, first),
        np.minimum.reduceat(bars.low, first),
        bars.close[last],
        np.add.reduceat(bars.volume, first),
    )
    number = np.cumsum(np.diff(slot, prepend=slot[0]) != 0)
    bad_row = series.last_bad[last]
    last_bad = np.where(bad_row >= 0, number[bad_row], -1)
    codes = [series.bad_code[row] if row >= start else "" for row, start in zip(bad_row, first, strict=True)]
    broken = series.segment[first] != series.segment[last]
    for index in np.flatnonzero(broken):
        codes[index] = codes[index] or "segment"
    # a broken candle stays refused for every window that holds it
    newest_broken = np.maximum.accumulate(np.where(broken, np.arange(len(first)), -1))
    return replace(
        series,
        bars=wide,
        segment=series.segment[last],
        last_bad=np.maximum(last_bad, newest_broken),
        bad_code=tuple(codes),
    )
