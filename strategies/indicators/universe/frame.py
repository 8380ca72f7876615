"""The columns that indicators are measured on: moments x assets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.instant import DAY, Interval
from core.market import BarSeries, Floats, Instants
from strategies.indicators.volatility import DAYS_A_YEAR

CANDLES = ("open", "high", "low", "close", "volume")
BARS_A_YEAR = "bars_a_year"
OWN = (*CANDLES, BARS_A_YEAR)
BENCHMARK = "benchmark_close"
Ages = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """One moment: a value for each asset in each column, and the assets' ages. What is absent is absent."""

    columns: Mapping[str, Floats]
    age: Ages


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """Closed candles and facts of N assets at T moments, oldest first.

    *opened_at*: T opening times, one interval apart. *columns*: T x N matrices by name, NaN where nothing is
    known: the candles' five, `BARS_A_YEAR` (intervals in 365 days), `BENCHMARK` (the benchmark's close for every asset), and facts by their metric
    as each was known at the row's close. *age*: T x N; how many rows of its unbroken, unrefused stretch an
    asset has shown up to and with this one, 0 where it shows no candle. No window reaches beyond it.
    """

    assets: tuple[str, ...]
    interval: Interval
    opened_at: Instants
    columns: Mapping[str, Floats]
    age: Ages

    def __len__(self) -> int:
        return len(self.opened_at)

    def row(self, index: int) -> Row:
        """The moment at *index*."""
        return Row({name: matrix[index] for name, matrix in self.columns.items()}, self.age[index])

    def until(self, stop: int) -> Frame:
        """The first *stop* moments."""
        cut = {name: matrix[:stop] for name, matrix in self.columns.items()}
        return Frame(self.assets, self.interval, self.opened_at[:stop], cut, self.age[:stop])

    def since(self, start: int) -> Frame:
        """The moments from number *start* on, as if nothing had been known before them."""
        cut = {name: matrix[start:] for name, matrix in self.columns.items()}
        rows = np.arange(1, len(self) - start + 1)[:, None]
        age = np.minimum(self.age[start:], rows)
        return Frame(self.assets, self.interval, self.opened_at[start:], cut, age)

    def with_facts(self, facts: Mapping[str, Floats]) -> Frame:
        """The same moments with *facts* beside the candles: T x N matrices by metric.

        Raises:
            ValueError: a matrix of another shape, or a fact that is called as one of the frame's own columns.
        """
        for name, matrix in facts.items():
            if matrix.shape != self.age.shape or name in (*OWN, BENCHMARK):
                raise ValueError(f"{name} {matrix.shape} is no fact of a frame of {self.age.shape}")
        return Frame(self.assets, self.interval, self.opened_at, {**self.columns, **facts}, self.age)


def ages(present: NDArray[np.bool_], begins: NDArray[np.bool_]) -> Ages:
    """Rows of its stretch that each asset has shown: T x N, from where candles are and where stretches begin.

    >>> ages(np.array([[True], [True], [False], [True]]), np.zeros((4, 1), dtype=bool)).ravel().tolist()
    [1, 2, 0, 1]
    """
    age = np.zeros(present.shape, dtype=np.int64)
    before = np.zeros(present.shape[1:], dtype=np.int64)
    for index in range(len(present)):
        before = np.where(present[index], np.where(begins[index], 1, before + 1), 0)
        age[index] = before
    return age


def frame_of(series: Sequence[BarSeries], *, benchmark: str | None = None) -> Frame:
    """Lays the candles of *series* side by side on one grid of moments.

    Args:
        series: One of each asset, all of one interval; at least one.
        benchmark: The asset that the others are measured against; without it `BENCHMARK` is absent.

    Returns:
        The moments from the first candle of all to the last; a delisted asset shows no candle after its own.

    Raises:
        ValueError: no series, intervals that differ, or a benchmark that is not among them.
    """
    if not series or len({one.bars.interval for one in series}) != 1:
        raise ValueError("a frame takes the series of one interval, at least one of them")
    interval = series[0].bars.interval
    assets = tuple(one.asset for one in series)
    filled = [one.bars.opened_at for one in series if len(one.bars)]
    first = min((int(opened[0]) for opened in filled), default=0)
    last = max((int(opened[-1]) for opened in filled), default=-interval.ms)
    opened_at = np.arange(first, last + interval.ms, interval.ms, dtype=np.int64)
    shape = (len(opened_at), len(series))
    columns: dict[str, Floats] = {name: np.full(shape, np.nan) for name in CANDLES}
    age = np.zeros(shape, dtype=np.int64)
    for column, one in enumerate(series):
        places = (one.bars.opened_at - first) // interval.ms
        for name in CANDLES:
            columns[name][places, column] = getattr(one.bars, name)
        age[places, column] = _ages_in(one, places)
    columns[BARS_A_YEAR] = np.broadcast_to(np.float64(DAYS_A_YEAR * DAY / interval.ms), shape)
    if benchmark is not None:
        if benchmark not in assets:
            raise ValueError(f"the benchmark {benchmark} is not among the {len(assets)} assets")
        close = columns["close"][:, [assets.index(benchmark)]]
        columns[BENCHMARK] = np.broadcast_to(close, shape)
    return Frame(assets, interval, opened_at, columns, age)


def _ages_in(series: BarSeries, places: Instants) -> Ages:
    """Age of each of a series' rows: since its segment, a hole, or the newest row refused as then judged."""
    rows = np.arange(len(places))
    breaks = np.ones(len(places), dtype=bool)
    breaks[1:] = (np.diff(places) != 1) | (np.diff(series.segment) != 0)
    start = np.maximum.accumulate(np.where(breaks, rows, 0)) if len(rows) else rows
    return np.asarray(rows - np.maximum(start - 1, series.last_bad), dtype=np.int64)
