"""Daily returns are joined by their day, never by their row."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.market import Floats
from strategies.risk.returns import FEWEST_DAYS, DailyReturns, aligned
from tests.strategies.risk.cases import BTC, ETH, books, calm, codes, entry, held, judged, with_inputs


def of_days(days: set[int], values: Floats) -> DailyReturns:
    kept = np.array(sorted(days), dtype=np.int64)
    return DailyReturns(kept, values[kept])


@given(st.sets(st.integers(0, 89)), st.sets(st.integers(0, 89)))
def test_each_row_is_one_day_of_every_symbol(one: set[int], other: set[int]) -> None:
    numbers = np.arange(90, dtype=np.float64)
    given_returns = {BTC: of_days(one, numbers), ETH: of_days(other, -numbers)}
    both = sorted(one & other)
    if len(both) < FEWEST_DAYS:
        with pytest.raises(LookupError, match=f"{len(both)} common daily returns"):
            aligned(given_returns, [BTC, ETH])
    else:
        table = aligned(given_returns, [BTC, ETH])
        assert table[:, 0].tolist() == both
        assert table[:, 1].tolist() == [-day for day in both]


@pytest.mark.parametrize("lost", [0, 45, 88])
def test_an_asset_that_moves_as_one_with_a_holding_is_refused_though_a_day_of_it_is_missing(
    lost: int,
) -> None:
    whole, holed = of_days(set(range(90)), calm(1)), of_days(set(range(90)) - {lost}, calm(1))
    case = replace(entry(), portfolio=books("9900", held(ETH, "1")))
    for returns in ({BTC: whole, ETH: holed}, {BTC: holed, ETH: whole}):
        assert codes(judged(with_inputs(case, daily_returns=returns))) == {"correlation"}
