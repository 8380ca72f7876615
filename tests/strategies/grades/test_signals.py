"""Signals of grades: entered at a threshold, left three points back."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from core.grades import Signal
from strategies.grades.signals import MARGIN, NOTHING, SIGNALS, signal_after, signals

grades = st.floats(0, 100) | st.sampled_from(
    [17.0, 20.0, 23.0, 37.0, 40.0, 43.0, 57.0, 60.0, 63.0, 77.0, 80.0]
)
paths = st.lists(grades | st.just(float("nan")), min_size=1, max_size=40)


def test_thresholds_are_80_60_40_and_20_and_each_is_left_three_points_back() -> None:
    path = [50, 60, 57, 56.9, 59.9, 80, 77, 76.9, 57, 50, 40, 43, 43.1, 20, 23, 23.1, 100, 0]
    told, before = [], None
    for value in path:
        before = signal_after(before, float(value))
        told.append(str(before))
    assert told == [
        "neutral", "buy", "buy", "neutral", "neutral", "strong_buy", "strong_buy", "buy", "buy", "neutral",
        "sell", "sell", "neutral", "strong_sell", "strong_sell", "sell", "strong_buy", "strong_sell",
    ]  # fmt: skip


@given(path=paths)
def test_it_never_goes_and_comes_back_within_the_margin(path: list[float]) -> None:
    codes = signals(np.array(path)[:, None])[:, 0].tolist()
    for t in range(len(path)):
        for u in range(t + 2, len(path)):
            between = codes[t + 1 : u]
            if codes[u] == codes[t] and NOTHING not in codes[t : u + 1] and codes[t] not in between:
                reached = [path[t], *path[t + 1 : u + 1]]
                assert max(reached) - min(reached) >= MARGIN


@given(path=paths)
def test_one_day_at_a_time_it_is_what_the_fold_says(path: list[float]) -> None:
    before: Signal | None = None
    for value, code in zip(path, signals(np.array(path)[:, None])[:, 0].tolist(), strict=True):
        before = signal_after(before, None if np.isnan(value) else value)
        assert before == SIGNALS.get(code)


@given(path=paths, cut=st.integers(0, 40))
def test_a_fold_goes_on_from_where_it_stood(path: list[float], cut: int) -> None:
    values = np.array(path)[:, None]
    first = signals(values[:cut])
    rest = signals(values[cut:], first[-1] if len(first) else None)
    np.testing.assert_array_equal(np.concatenate((first, rest)), signals(values))


def test_a_grade_that_is_not_known_has_no_signal_and_forgets_the_last() -> None:
    assert signal_after(Signal.BUY, None) is None
    assert signals(np.array([[60.0], [np.nan], [58.0]]))[:, 0].tolist() == [1, NOTHING, 0]
