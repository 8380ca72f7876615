"""One of N >= 50 compared assets more or less moves nobody else's grade by more than 100/N."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strategies.grades import grading
from strategies.grades.grading import grade_frame
from strategies.grades.sums import OWN_SHARE
from strategies.grades.trader import TRADER
from strategies.grades.universe_view import SHARE, universe_weight
from strategies.indicators.universe.frame import Frame
from tests.strategies.grades.worlds import SMALL, listed, without
from tests.strategies.indicators.universe.frames import walks

WALKS = walks(90, 64)


def worst_move(frame: Frame, asset: int, formula: grading.Formula = SMALL) -> float:
    """By how much of what is allowed the grades of the others move where *asset* is not there: above 1 is too much."""
    told, other = grade_frame(frame, formula).value, grade_frame(without(frame, asset), formula).value
    moved = np.abs(np.delete(told, asset, axis=1) - other)
    showing = (frame.age > 0).sum(axis=1)[:, None]
    share = moved * showing / 100.0
    return float(np.nanmax(np.where(showing >= 50, share, 0.0), initial=0.0))


@settings(max_examples=12)
@given(data=st.data(), assets=st.integers(50, 64), late=st.integers(0, 44))
def test_who_is_compared_moves_nobody_far(data: st.DataObject, assets: int, late: int) -> None:
    """Random walks; some listed late and some delisted; any one of them taken away (or, read backwards, added)."""
    rng = np.random.default_rng(data.draw(st.integers(0, 999)))
    first, last = np.zeros(64), np.full(64, 90)
    first[rng.permutation(assets)[:late]] = data.draw(st.integers(10, 70))
    last[rng.permutation(assets)[: data.draw(st.integers(0, 5))]] = data.draw(st.integers(40, 89))
    first[assets:] = 90
    assert worst_move(listed(WALKS, first, last), data.draw(st.integers(0, assets - 1))) <= 1.0


def test_so_it_is_of_the_trader_grade_itself() -> None:
    first = np.where(np.arange(64) < 21, 0, 60)
    for asset in (1, 40):
        assert worst_move(listed(WALKS, first, np.full(64, 90)), asset, TRADER) <= 1.0


def test_a_jump_in_place_of_the_ramp_would_break_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty assets have a value, forty were listed a day ago: one of the twenty less, and no view is left."""
    first = np.where(np.arange(64) < 20, 0, 40)
    frame = listed(WALKS, first, np.full(64, 90)).until(44)
    assert worst_move(frame, 3) <= 1.0
    monkeypatch.setattr(grading, "universe_weight", lambda count, _showing: np.where(count >= 20, SHARE, 0.0))
    assert worst_move(frame, 3) > 1.0


def test_the_arithmetic_of_the_proof_holds_for_every_universe() -> None:
    """docs/grades.md: what the place, and what the weight of the universe's view can move, over the least weight."""
    for compared in range(50, 3001):
        counts = np.arange(20.0, compared + 1.0)
        before = universe_weight(counts, np.float64(compared))
        # the one that goes had a value: the place moves by 1/(n-1) at most, and the weight
        after = universe_weight(counts - 1.0, np.float64(compared - 1))
        with_value = after * 100.0 / (counts - 1.0) + np.abs(after - before) * 100.0
        # it had none: the weight alone moves
        silent = universe_weight(counts[:-1], np.float64(compared - 1))
        without_value = np.abs(silent - before[:-1]) * 100.0
        most = max(with_value.max(), without_value.max()) / OWN_SHARE
        assert most <= 100.0 / compared
