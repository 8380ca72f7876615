"""Frames that the tests of the universe's indicators share."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import strategies as st

from core.instant import DAY, Interval
from core.market import Bars, BarSeries, Floats
from strategies.indicators.universe.frame import BENCHMARK, Frame, frame_of
from strategies.indicators.universe.registry import REGISTRY
from tests.strategies.candles import START, walk

FACTS = sorted({name for one in REGISTRY.values() for name in one.needs} - {BENCHMARK})


def series_of(
    asset: str, bars: Bars, segment: list[int] | None = None, last_bad: list[int] | None = None
) -> BarSeries:
    count = len(bars)
    return BarSeries(
        asset,
        bars,
        np.array(segment or [0] * count, dtype=np.int32),
        np.array(last_bad or [-1] * count, dtype=np.int64),
        ("",) * count,
        "test",
        "0" * 64,
    )


def opened(bars: Bars) -> Bars:
    """*bars* with each open where the bar before closed, as far as its range allows."""
    before = np.concatenate((bars.close[:1], bars.close[:-1]))
    return replace(bars, open=np.clip(before, bars.low, bars.high))


def one_asset(bars: Bars) -> Frame:
    return frame_of([series_of("a", bars)])


def walks(count: int, assets: int, facts: bool = False) -> Frame:
    """*assets* random walks of days, the first of them the benchmark; with facts for every metric there is."""
    series = [series_of(f"a{n}", opened(walk(count, seed=n + 1, width=DAY))) for n in range(assets)]
    rng = np.random.default_rng(5)
    made = {name: np.exp(rng.normal(size=(count, assets)) * 0.1) for name in FACTS} if facts else {}
    return frame_of(series, benchmark="a0").with_facts(made)


@st.composite
def any_frames(draw: st.DrawFn) -> Frame:
    """Walks with holes, flat prices, empty volumes, segments that change without a hole, facts that come and go."""
    assets, count = draw(st.sampled_from([1, 3, 21])), draw(st.integers(1, 100))
    rng = np.random.default_rng(draw(st.integers(0, 1 << 30)))
    shape = (count, assets)
    moves = rng.normal(size=shape) * 0.03 * (rng.random(shape) > draw(st.sampled_from([0.0, 0.3, 0.97])))
    close = np.exp(np.cumsum(moves, axis=0)) * 10.0 ** rng.integers(-6, 5, size=assets)
    wild = draw(st.sampled_from([0.0, 0.02]))
    high, low = close * (1 + wild * rng.random(shape)), close / (1 + wild * rng.random(shape))
    volume = rng.random(shape) * 1e3 * (rng.random(shape) > draw(st.sampled_from([0.0, 0.5, 1.0])))
    there = rng.random(shape) > draw(st.sampled_from([0.0, 0.01, 0.2]))
    torn = draw(st.sampled_from([0.0, 0.02]))
    opening = low + (high - low) * rng.random(shape)
    series = []
    for n in range(assets):
        rows = np.flatnonzero(there[:, n])
        columns: list[Floats] = [one[rows, n] for one in (opening, high, low, close, volume)]
        bars = Bars(f"A{n}/USDT", Interval(DAY), START + rows.astype(np.int64) * DAY, *columns)
        segment = np.cumsum(rng.random(len(rows)) < torn).tolist()
        bad = np.maximum.accumulate(np.where(rng.random(len(rows)) < torn, np.arange(len(rows)), -1)).tolist()
        series.append(series_of(f"a{n}", bars, segment, bad))
    frame = frame_of(series, benchmark="a0")
    facts = {}
    for name in FACTS:
        values = np.exp(rng.normal(size=frame.age.shape))
        values[rng.random(frame.age.shape) < draw(st.sampled_from([0.0, 0.01, 0.3]))] = np.nan
        if rng.random() > 0.1:
            facts[name] = values
    return frame.with_facts(facts)
