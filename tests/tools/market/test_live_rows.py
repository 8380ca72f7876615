"""Candles from a venue stand the gate's tests before anything reads them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.instant import MINUTE, SECOND, Instant
from core.market import Bars
from tests.tools.market.fake_venue import M1, NOON, row
from tools.market.live_rows import closed_candles
from tools.store.gate import Fault

NOW = Instant(NOON + 10 * SECOND)
GOOD = [row(NOON - n * MINUTE, MINUTE) for n in (4, 3, 2, 1)]


def judged(raw: Any) -> Bars | Fault:
    return closed_candles(raw, "AAA/USDT", M1, NOW)


def spoiled(column: int, value: Any) -> list[Any]:
    return [*GOOD[:2], [*GOOD[2][:column], value, *GOOD[2][column + 1 :]], GOOD[3]]


def test_closed_candles_come_through_and_the_running_one_does_not() -> None:
    found = judged([*GOOD, row(NOON, MINUTE)])
    assert isinstance(found, Bars)
    assert found.opened_at.tolist() == [one[0] for one in GOOD]
    assert found.close.tolist() == [one[4] for one in GOOD]


def test_no_rows_are_no_fault() -> None:
    found = judged([])
    assert isinstance(found, Bars)
    assert len(found) == 0


def test_a_row_that_repeats_another_exactly_is_left_out() -> None:
    found = judged([*GOOD[:2], GOOD[1], *GOOD[2:]])
    assert isinstance(found, Bars)
    assert len(found) == 4


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (None, "not_rows"),
        ("nonsense", "not_rows"),
        ({"code": -1121}, "not_rows"),
        ([*GOOD[:2], GOOD[2][:4]], "wrong_columns"),
        ([7], "wrong_columns"),
        (spoiled(0, float("nan")), "null"),
        (spoiled(0, float("inf")), "null"),
        (spoiled(0, 10**30), "null"),
        (spoiled(0, None), "null"),
        (spoiled(0, GOOD[2][0] + 1), "misaligned"),
        (spoiled(0, NOON + 9 * MINUTE), "future"),
        (spoiled(1, None), "null"),
        (spoiled(4, float("nan")), "nan"),
        (spoiled(2, float("inf")), "infinite"),
        (spoiled(3, 0.0), "nonpositive_price"),
        (spoiled(4, "101.5"), "wrong_columns"),
        (spoiled(5, -1.0), "negative_volume"),
        (spoiled(2, 1.0), "high_below_body"),
        (spoiled(3, 1e6), "low_above_body"),
        ([*GOOD, [*GOOD[3][:4], GOOD[3][4] + 0.01, 5000.0]], "duplicate"),
        ([GOOD[0], GOOD[2], GOOD[1], GOOD[3]], "out_of_order"),
        ([row(NOON - n * 5 * MINUTE, MINUTE) for n in (4, 3, 2, 1)], "wrong_interval"),
    ],
)
def test_one_fault_refuses_the_whole_answer(raw: Any, code: str) -> None:
    found = judged(raw)
    assert isinstance(found, Fault)
    assert found.code == code


_cells = st.one_of(
    st.none(),
    st.booleans(),
    st.floats(),
    st.integers(),
    st.text(max_size=3),
    st.sampled_from([NOON - n * MINUTE for n in range(5)]),
)


@given(st.one_of(_cells, st.lists(st.one_of(_cells, st.lists(_cells, max_size=8)), max_size=6)))
def test_whatever_a_venue_answers_it_is_candles_or_a_fault(raw: Any) -> None:
    found = judged(raw)
    if isinstance(found, Bars):
        assert (found.opened_at + M1.ms <= NOW).all()
        assert (found.high >= found.close).all()
