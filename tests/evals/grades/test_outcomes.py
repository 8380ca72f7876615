from __future__ import annotations

import numpy as np
import pytest

from core.instant import DAY, Instant
from evals.grades.outcomes import outcomes_of
from strategies.indicators.universe.frame import frame_of
from tests.evals.grades.invented import START, series

LONG = series("LONG", np.zeros(12))


def _forward(one, horizon: int, lag: int) -> list[float]:
    frame = frame_of([LONG, one])
    return outcomes_of([LONG, one], frame).forward(horizon, lag)[:, 1].tolist()


def test_a_decision_is_traded_at_a_later_open_and_left_so_many_days_after() -> None:
    returns = np.arange(12) / 100.0
    found = _forward(series("A", returns), 2, 1)
    assert found[3] == pytest.approx(1.04 * 1.05 - 1.0)
    assert _forward(series("A", returns), 1, 2)[3] == pytest.approx(0.05)
    assert _forward(series("A", returns), 1, 0)[3] == pytest.approx(0.03)


def test_what_is_delisted_is_left_at_its_last_close_and_lies_in_cash() -> None:
    found = _forward(series("GONE", np.array([0.0, 0.0, 0.0, -0.5, -0.9]), delisted=True), 7, 1)
    assert found[2] == pytest.approx(0.5 * 0.1 - 1.0), "the crash before the end is counted"
    assert found[3] == pytest.approx(-0.9)
    assert np.isnan(found[4]), "who is gone the next day cannot be bought"


def test_where_only_the_collection_ends_nothing_is_made_up() -> None:
    found = _forward(series("A", np.full(12, 0.01)), 3, 1)
    assert found[8] == pytest.approx(1.01**3 - 1.0), "the last close is there to leave at"
    assert np.isnan(found[9:]).all()
    assert np.isnan(_forward(series("STOPPED", np.full(5, 0.01)), 3, 1)[2:]).all()


def test_a_stretch_is_never_crossed() -> None:
    returns = np.zeros(12)
    returns[5] = 999.0  # a thousand old ones became one: no return at all
    one = series("SPLIT", returns, segment=[0] * 5 + [1] * 7)
    found = _forward(one, 3, 1)
    assert max(found[:4]) == pytest.approx(0.0)
    assert found[4] == pytest.approx(999.0), "bought on the new scale, it is that stretch's own"


def test_a_short_hole_is_held_through_but_nobody_can_buy_in_it() -> None:
    returns = np.full(12, 0.01)
    found = _forward(series("HOLE", returns, kept=[0, 1, 2, 3, 6, 7, 8, 9, 10, 11]), 4, 1)
    assert found[2] == pytest.approx(1.01**4 - 1.0)
    assert np.isnan(found[3])
    assert np.isnan(found[4])
    assert found[5] == pytest.approx(1.01**4 - 1.0)


def test_days_from_the_end_on_are_not_looked_at_and_a_later_delisting_is_not_known() -> None:
    one = series("GONE", np.full(10, -0.1), delisted=True)
    frame = frame_of([LONG, one]).until(6)
    assert frame.opened_at[-1] == Instant(START + 5 * DAY)
    found = outcomes_of([LONG, one], frame).forward(3, 1)[:, 1]
    assert found[1] == pytest.approx(0.9**3 - 1.0)
    assert np.isnan(found[3:]).all()
