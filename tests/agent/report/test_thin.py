"""Drawing less than there is, without hiding a peak or a fall."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from agent.report.thin import SHOWN, aggregated, kept_rows
from core.instant import DAY, HOUR, MINUTE, Interval
from core.market import Bars


def bars(hours: list[int], grain: int = HOUR) -> Bars:
    at = np.array(hours, dtype=np.int64) * grain
    draw = np.random.default_rng(1)
    low, high = np.sort(draw.uniform(1, 2, (2, len(hours))), axis=0)
    return Bars(
        "A/USDT", Interval(grain), at, (low + high) / 2, high, low, (low + high) / 2, np.ones(len(hours))
    )


def test_a_short_series_is_drawn_as_it_is() -> None:
    series = bars(list(range(SHOWN)))
    assert aggregated(series) is series


@given(st.integers(SHOWN + 1, 60_000), st.sampled_from([MINUTE, HOUR, DAY]))
def test_a_long_one_keeps_extremes_volume_and_both_ends(count: int, grain: int) -> None:
    series = bars(list(range(7, 7 + count)), grain)
    drawn = aggregated(series)
    assert len(drawn) <= SHOWN
    assert drawn.interval.ms % grain == 0
    assert drawn.high.max() == series.high.max()
    assert drawn.low.min() == series.low.min()
    assert drawn.volume.sum() == series.volume.sum()
    assert (drawn.open[0], drawn.close[-1]) == (series.open[0], series.close[-1])
    assert (np.diff(drawn.opened_at) >= drawn.interval.ms).all()


def test_a_hole_stays_a_hole() -> None:
    drawn = aggregated(bars([*range(1_500), *range(5_000, 6_500)]))
    assert np.diff(drawn.opened_at).max() >= 3_400 * HOUR


@given(st.integers(1, 50_000))
def test_rows_of_a_curve_keep_both_ends(size: int) -> None:
    rows = kept_rows(size)
    assert len(rows) <= SHOWN
    assert (rows[0], rows[-1]) == (0, size - 1)
    assert (np.diff(rows) > 0).all()
