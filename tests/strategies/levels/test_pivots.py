"""Swings: where price turned, as far as that is known."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.market import Bars
from strategies.levels.pivots import Pivot, pivots
from tests.strategies.candles import any_bars, bars_of, followed_by, walk


def test_a_swing_stands_out_from_the_bars_on_both_sides() -> None:
    #                             high at 3 ---v    low at 6 ---v
    assert pivots(bars_of([2.0, 3.0, 4.0, 9.0, 4.0, 3.0, 1.0, 2.0, 3.0]), 2) == (
        Pivot(3, 9.0, "swing"),
        Pivot(6, 1.0, "swing"),
    )


def test_a_swing_is_not_known_before_enough_bars_have_followed() -> None:
    rise_and_fall = [2.0, 3.0, 4.0, 5.0, 9.0, 8.0, 7.0, 6.5]
    lower_top = [20.0, 1.0, *rise_and_fall]
    for known in (8, 9):
        assert Pivot(6, 9.0, "swing") not in pivots(bars_of(lower_top[:known]), 3)
    assert Pivot(6, 9.0, "swing") in pivots(bars_of(lower_top), 3)


def test_the_extremes_of_all_bars_count_as_soon_as_one_bar_has_followed() -> None:
    assert pivots(bars_of([1.0, 2.0, 3.0, 9.0]), 3) == ()
    assert pivots(bars_of([1.0, 2.0, 3.0, 9.0, 8.0]), 3) == (Pivot(3, 9.0, "extreme"),)
    assert pivots(bars_of([9.0, 8.0, 1.0, 2.0]), 3) == (Pivot(2, 1.0, "extreme"),)


def test_of_two_equal_highs_the_first_is_the_swing() -> None:
    found = pivots(bars_of([1.0, 2.0, 5.0, 5.0, 2.0, 1.5]), 2)
    assert [pivot.index for pivot in found if pivot.price == 5.0] == [2]


@pytest.mark.parametrize("closes", [[], [1.0], [1.0] * 30, [1.0, 2.0, 3.0]])
def test_where_price_never_turned_there_is_nothing(closes: list[float]) -> None:
    assert pivots(bars_of(closes), 2) == ()


@given(bars=any_bars(), more=any_bars(10), reach=st.integers(1, 4))
def test_bars_to_come_take_no_swing_back(bars: Bars, more: Bars, reach: int) -> None:
    def swings(of: Bars) -> set[Pivot]:
        return {pivot for pivot in pivots(of, reach) if pivot.basis == "swing"}

    whole = followed_by(bars, more)
    assert pivots(whole.slice(0, len(bars)), reach) == pivots(bars, reach)
    assert swings(bars) <= swings(whole)
    assert {pivot for pivot in swings(whole) if pivot.index < len(bars) - reach} == swings(bars)


def test_swings_are_those_of_a_plain_search() -> None:
    bars, reach = walk(200), 3
    high, low = bars.high.tolist(), bars.low.tolist()
    expected = set()
    for at in range(reach, 200 - reach):
        before, after = slice(at - reach, at), slice(at + 1, at + reach + 1)
        if high[at] > max(high[before]) and high[at] >= max(high[after]):
            expected.add((at, high[at]))
        if low[at] < min(low[before]) and low[at] <= min(low[after]):
            expected.add((at, low[at]))
    assert {(pivot.index, pivot.price) for pivot in pivots(bars, reach) if pivot.basis == "swing"} == expected


def test_a_swing_without_sides_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1 bar"):
        pivots(bars_of([1.0]), 0)
