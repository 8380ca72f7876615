"""The daily candles of a whole market as they are known at its now, of those that trade no more as well."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from core.instant import DAY, Instant, interval
from core.market import Bars, BarSeries, Instants
from core.observation import Missing
from core.ports import MarketData
from strategies.grades.alignment import frame_start
from strategies.grades.universe_view import Flags
from strategies.indicators.universe.frame import BENCHMARK, CANDLES, Frame, frame_of

DAILY = interval("1d")
_APART = 1_000_000
_COLUMNS = ("opened_at", *CANDLES)


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """What the newest close of a market shows, and what came before it.

    *closed_at*: when its newest daily candle closed; `None` where there is none. *series*: by symbol, the candles
    of whoever showed one since the frame's start. *showing*: who of them shows the newest one, and may.
    *missing*: why the others do not. *begins*: when the first candle of the asset that a symbol stands for now opened.
    """

    closed_at: Instant | None
    series: Mapping[str, BarSeries]
    showing: tuple[str, ...]
    missing: Mapping[str, str]
    begins: Mapping[str, int] = field(default_factory=dict)

    def follows(self, earlier: Reading) -> bool:
        """Whether this is *earlier* and at most one more candle of each asset: nobody came, nothing was revised."""
        if self.closed_at is None or earlier.closed_at is None or self.series.keys() != earlier.series.keys():
            return False
        return self.closed_at == earlier.closed_at + DAY and all(
            _goes_on(earlier.series[symbol], one, earlier.closed_at) for symbol, one in self.series.items()
        )

    def repeats(self, earlier: Reading) -> bool:
        """Whether this shows nothing but what *earlier* shows."""
        return (
            self.closed_at == earlier.closed_at
            and self.missing == earlier.missing
            and self.showing == earlier.showing
            and self.series.keys() == earlier.series.keys()
            and all(_same(earlier.series[symbol], one) for symbol, one in self.series.items())
        )

    def of(self, symbols: Iterable[str]) -> Reading:
        """The same, of *symbols* alone."""
        kept = set(symbols)
        series = {symbol: one for symbol, one in self.series.items() if symbol in kept}
        showing = tuple(symbol for symbol in self.showing if symbol in kept)
        return Reading(self.closed_at, series, showing, self.missing, self.begins)


def read_daily(market: MarketData, symbols: Iterable[str]) -> Reading:
    """The daily candles of *symbols* on *market* since the frame's start; point in time is the market's own.

    Whoever does not show the newest candle of the market is ``delisted``, ``stale``, or what the market says.
    """
    asked = tuple(symbols)
    if DAY % market.grain.ms:
        return Reading(None, {}, (), dict.fromkeys(asked, "no_data"))
    newest: set[int] = set()
    missing: dict[str, str] = {}
    for symbol in asked:
        shown = market.window(symbol, DAILY, 1)
        if isinstance(shown, Missing):
            ended = market.delisted_at(symbol) is not None
            missing[symbol] = "delisted" if ended else shown.why
        else:
            newest.add(int(shown.opened_at[0]))
    if not newest:
        return Reading(None, {}, (), missing)
    last = max(newest)
    since = Instant(frame_start(last // DAY) * DAY)
    series: dict[str, BarSeries] = {}
    begins: dict[str, int] = {}
    showing = []
    for symbol in asked:
        found = market.series_since(symbol, DAILY, since)
        if found:
            one = series[symbol] = _joined(found, last)
            begins[symbol] = int(found[-1].bars.opened_at[0])
        if symbol in missing:
            if found and int(one.bars.opened_at[-1]) == last:
                series[symbol] = _refused(one)
            continue
        if not found or int(one.bars.opened_at[-1]) < last:
            missing[symbol] = "delisted" if market.delisted_at(symbol) is not None else "stale"
        elif int(one.last_bad[-1]) == len(one.bars) - 1:
            missing[symbol] = f"gate:{one.bad_code[-1]}"
        else:
            showing.append(symbol)
    return Reading(Instant(last + DAY), series, tuple(showing), missing, begins)


def laid_out(reading: Reading, benchmark: str | None) -> Frame:
    """The frame of *reading*, its assets called by their symbols. A candle that is refused is none.

    Raises:
        ValueError: nobody shows a candle.
    """
    judged = [_as_known_now(symbol, one) for symbol, one in reading.series.items()]
    frame = frame_of(judged, benchmark=benchmark if benchmark in reading.series else None)
    columns = dict(frame.columns)
    # what is refused may be nobody's memory
    for name in CANDLES:
        columns[name] = np.where(frame.age > 0, columns[name], np.nan)
    if benchmark in reading.series:
        close = columns["close"][:, [frame.assets.index(benchmark)]]
        columns[BENCHMARK] = np.broadcast_to(close, frame.age.shape)
    return replace(frame, columns=columns)


def unshown(reading: Reading, frame: Frame) -> Flags:
    """Where a candle of *frame* was refused on its own day, and let through when the next one confirmed it: T x N."""
    found = np.zeros(frame.age.shape, dtype=bool)
    for column, one in enumerate(reading.series.values()):
        rows = np.arange(len(one.bars))
        then = (one.last_bad == rows) & (_last_bad_now(one) < rows)
        if then.any():
            found[(one.bars.opened_at[then] - int(frame.opened_at[0])) // DAY, column] = True
    return found


def age_after(before: int, series: BarSeries, closed_at: Instant) -> int:
    """The age of the candle that closed at *closed_at*, where the row before it has age *before*; 0 for none."""
    row = len(series.bars) - 1
    if int(series.bars.opened_at[row]) + DAY != closed_at or int(series.last_bad[row]) == row:
        return 0
    is_new = row == 0 or series.segment[row] != series.segment[row - 1]
    return 1 if is_new else before + 1


def _joined(several: Sequence[BarSeries], last: int) -> BarSeries:
    """The candles opened up to *last*, one after the other; with each of *several* a new stretch begins."""
    whole = several[-1]
    if len(several) > 1:
        segments, refused, rows = [], [], 0
        for number, one in enumerate(several):
            segments.append(one.segment + np.int32(number * _APART))
            refused.append(np.maximum(one.last_bad, -1) + rows)
            rows += len(one.bars)
        columns = [np.concatenate([getattr(one.bars, name) for one in several]) for name in _COLUMNS]
        whole = replace(
            whole,
            bars=Bars(whole.bars.symbol, whole.bars.interval, *columns),
            segment=np.concatenate(segments),
            last_bad=np.concatenate(refused),
            bad_code=tuple(code for one in several for code in one.bad_code),
        )
    return _first(whole, int(np.searchsorted(whole.bars.opened_at, last, "right")))


def _refused(series: BarSeries) -> BarSeries:
    """The same, its newest candle refused: of an asset's several series the narrowest one has the say."""
    last_bad = series.last_bad.copy()
    last_bad[-1] = len(last_bad) - 1
    return replace(series, last_bad=last_bad)


def _last_bad_now(series: BarSeries) -> Instants:
    """The newest refused row up to each as it is judged now: what a later candle confirmed is refused no more."""
    return np.minimum.accumulate(series.last_bad[::-1])[::-1]


def _as_known_now(symbol: str, series: BarSeries) -> BarSeries:
    return replace(series, asset=symbol, last_bad=_last_bad_now(series))


def _goes_on(before: BarSeries, now: BarSeries, closed_at: Instant) -> bool:
    rows = len(before.bars)
    if len(now.bars) == rows:
        return _same(before, now)
    newest = int(now.last_bad[-1])
    return (
        len(now.bars) == rows + 1
        and int(now.bars.opened_at[-1]) == closed_at
        # the new candle may be refused; it may neither confirm nor refuse one before it
        and newest in (int(before.last_bad[-1]), rows)
        and _same(before, _first(now, rows))
    )


def _first(series: BarSeries, rows: int) -> BarSeries:
    kept = slice(0, rows)
    return replace(
        series,
        bars=series.bars.slice(0, rows),
        segment=series.segment[kept],
        last_bad=series.last_bad[kept],
        bad_code=series.bad_code[kept],
    )


def _same(before: BarSeries, now: BarSeries) -> bool:
    return (
        np.array_equal(before.bars.opened_at, now.bars.opened_at)
        and np.array_equal(before.segment, now.segment)
        and np.array_equal(before.last_bad, now.last_bad)
        and all(np.array_equal(getattr(before.bars, name), getattr(now.bars, name)) for name in CANDLES)
    )
