"""Everything that a report is made of, so that rendering is a pure function."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.instant import Instant, Interval
from core.market import Bars, BarSeries
from core.ports import Record
from strategies.measure.curve import Curve


@dataclass(frozen=True, slots=True)
class SeriesNote:
    """What is to be said of one series that was read. *flags*: rows that the gate refuses, by code."""

    symbol: str
    asset: str
    source: str
    interval: Interval
    rows: int
    first: Instant | None
    last: Instant | None
    segments: int
    flags: Mapping[str, int]
    restated: bool
    delisted_at: Instant | None
    fingerprint: str


def series_note(series: BarSeries) -> SeriesNote:
    """The note of a whole series, gate and segments included."""
    bars = series.bars
    return SeriesNote(
        symbol=bars.symbol,
        asset=series.asset,
        source=series.source,
        interval=bars.interval,
        rows=len(bars),
        first=Instant(int(bars.opened_at[0])) if len(bars) else None,
        last=Instant(int(bars.opened_at[-1])) if len(bars) else None,
        segments=len(set(series.segment.tolist())),
        flags=dict(sorted(Counter(code for code in series.bad_code if code).items())),
        restated=series.restated,
        delisted_at=series.delisted_at,
        fingerprint=series.fingerprint,
    )


@dataclass(frozen=True, slots=True)
class ReportInput:
    """One run of one account.

    *summary*: the data of ``paper --json``. *records*: the account's journal stream. *bars*: closed
    candles of the run by symbol, in the market's grain. *limits*: what `strategies.risk.in_force.describe` says. *warnings*:
    ``{"code", "message"}``. *series*: a note per series read.
    """

    summary: Mapping[str, Any]
    records: Sequence[Record]
    curve: Curve
    benchmark: Curve | None
    bars: Mapping[str, Bars]
    limits: Mapping[str, Any]
    warnings: Sequence[Mapping[str, str]] = ()
    series: Sequence[SeriesNote] = field(default=())
    code_version: str = ""
