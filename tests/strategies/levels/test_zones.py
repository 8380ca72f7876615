"""Clusters of prices."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from strategies.levels.round_numbers import holds_round_number, round_step
from strategies.levels.zones import bounds, clusters

PRICES = st.lists(st.tuples(st.floats(0.01, 1e5), st.floats(1e-3, 1.0)), max_size=30)


def test_the_heaviest_stretch_is_taken_first() -> None:
    prices = np.array([1.0, 1.5, 2.0, 2.4, 9.0])
    # [1.5, 2.0, 2.4] outweighs [1.0, 1.5, 2.0], so 1.0 is left alone.
    assert clusters(prices, np.array([1.0, 1.0, 1.0, 2.0, 0.5]), 1.0) == [[1, 2, 3], [0], [4]]


@given(rows=PRICES, width=st.floats(0, 1e5))
def test_each_price_lies_in_one_group_no_wider_than_allowed_and_no_two_groups_overlap(
    rows: list[tuple[float, float]], width: float
) -> None:
    prices, weights = np.array([price for price, _ in rows]), np.array([weight for _, weight in rows])
    groups = clusters(prices, weights, width)
    assert sorted(index for group in groups for index in group) == list(range(len(rows)))
    spans = sorted((float(prices[group].min()), float(prices[group].max())) for group in groups)
    assert all(high <= low + width for low, high in spans)
    assert all(below[1] < above[0] for below, above in pairwise(spans))


@given(rows=PRICES, margin=st.floats(0, 1e5))
def test_widened_groups_still_do_not_overlap_and_keep_their_prices(
    rows: list[tuple[float, float]], margin: float
) -> None:
    prices = sorted({price for price, _ in rows})
    spans = list(zip(prices[::2], prices[1::2], strict=False))
    widened = bounds(spans, margin)
    assert all(low <= span[0] and span[1] <= high for (low, high), span in zip(widened, spans, strict=True))
    assert all(below[1] <= above[0] for below, above in pairwise(widened))


@given(price=st.floats(1e-8, 1e8))
def test_round_numbers_are_at_most_a_tenth_of_the_price_apart(price: float) -> None:
    step = round_step(price)
    assert price / 30 < step <= price / 10 * (1 + 1e-12)
    assert holds_round_number(step * 7 - step / 100, step * 7 + step / 100, price)
    assert not holds_round_number(step * 7 + step / 100, step * 8 - step / 100, price)
