"""All rows at once and row by row: the same numbers, and none that saw the future."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.market import Floats
from strategies.indicators.universe import evaluate
from strategies.indicators.universe.frame import Frame
from strategies.indicators.universe.registry import REGISTRY, measure_universe, stream_universe
from tests.strategies.indicators.universe.frames import any_frames, walks


def assert_same(one: dict[str, Floats], other: dict[str, Floats]) -> None:
    for name, values in one.items():
        np.testing.assert_array_equal(values, other[name], err_msg=name)


def row_by_row(frame: Frame, begin: int = 0) -> dict[str, Floats]:
    stream = stream_universe(len(frame.assets))
    stream.follow(frame.until(begin))
    rows = [stream.push(frame.row(index)) for index in range(begin, len(frame))]
    return {name: np.array([row[name] for row in rows]) for name in REGISTRY}


@settings(max_examples=10)
@given(frame=any_frames())
def test_row_by_row_gives_what_all_rows_at_once_give(frame: Frame) -> None:
    assert_same(measure_universe(frame), row_by_row(frame))


def test_so_it_is_once_everything_has_warmed_up() -> None:
    frame = walks(380, 21, facts=True)
    whole = measure_universe(frame)
    assert [name for name, values in whole.items() if np.isnan(values[-1]).all()] == []
    assert_same({name: values[370:] for name, values in whole.items()}, row_by_row(frame, begin=370))


@pytest.mark.parametrize("portion", [9, 1000])
def test_how_the_rows_are_portioned_changes_nothing(portion: int, monkeypatch: pytest.MonkeyPatch) -> None:
    frame = walks(250, 21, facts=True)
    whole = measure_universe(frame)
    monkeypatch.setattr(evaluate, "_PORTION", portion)
    assert_same(whole, measure_universe(frame))


def test_what_comes_later_changes_no_digit() -> None:
    frame = walks(250, 21, facts=True)
    early = measure_universe(frame.until(200))
    other = {name: np.array(matrix) for name, matrix in frame.columns.items()}
    for matrix in other.values():
        matrix[200:] *= 3.0
    late = measure_universe(replace(frame, columns=other))
    for name, values in early.items():
        np.testing.assert_array_equal(values, late[name][:200], err_msg=name)


@settings(max_examples=10)
@given(frame=any_frames(), share=st.floats(0, 1))
def test_of_any_rows_the_first_give_what_they_give_alone(frame: Frame, share: float) -> None:
    count = int(share * len(frame))
    whole = measure_universe(frame)
    alone = measure_universe(frame.until(count))
    assert_same({name: values[:count] for name, values in whole.items()}, alone)


def test_a_fact_that_goes_and_comes_back_begins_anew() -> None:
    frame = walks(40, 1, facts=True)
    stream = stream_universe(1, ["funding_mean_7"])
    told = []
    for index in range(40):
        row = frame.row(index)
        if 10 <= index < 15:
            row = replace(row, columns={k: v for k, v in row.columns.items() if k != "funding_rate"})
        told.append(float(stream.push(row)["funding_mean_7"][0]))
    funding = frame.columns["funding_rate"][:, 0]
    assert np.flatnonzero(np.isnan(told)).tolist() == [*range(6), *range(10, 21)]
    assert told[21] == pytest.approx(funding[15:22].mean())
