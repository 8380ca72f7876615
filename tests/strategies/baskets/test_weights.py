"""Weights of a basket: they sum to one at most, keep the cap, and keep their order."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategies.baskets.weights import capped, shares

SIZES = st.lists(st.floats(1e-6, 1e12), min_size=1, max_size=50)


@given(SIZES)
def test_shares_make_one(sizes: list[float]) -> None:
    found = shares(sizes)
    assert sum(found) == pytest.approx(1.0)
    assert all(share > 0 for share in found)


@pytest.mark.parametrize("size", [0.0, -1.0, float("nan"), float("inf")])
def test_a_size_that_is_none_has_no_share(size: float) -> None:
    with pytest.raises(ValueError, match="above 0"):
        shares([1.0, size])


@given(SIZES, st.floats(0.01, 1.0))
def test_no_weight_is_above_the_cap_and_what_all_may_take_is_taken(sizes: list[float], cap: float) -> None:
    found = capped(shares(sizes), cap)
    assert max(found) <= cap + 1e-12
    assert sum(found) == pytest.approx(min(1.0, cap * len(sizes)))


@given(SIZES, st.floats(0.01, 1.0))
def test_a_cap_turns_nobody_round(sizes: list[float], cap: float) -> None:
    pairs = sorted(zip(sizes, capped(shares(sizes), cap), strict=True))
    weights = [weight for _, weight in pairs]
    assert all(before <= after + 1e-12 for before, after in pairwise(weights))


def test_what_is_cut_off_goes_to_the_others_in_proportion() -> None:
    assert capped([0.7, 0.2, 0.1], 0.4) == pytest.approx([0.4, 0.4, 0.2])
    assert capped([0.6, 0.4], 0.3) == [0.3, 0.3], "where all reach the cap the rest is cash"
    assert capped([], 0.3) == []
