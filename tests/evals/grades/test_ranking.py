from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from evals.grades.ranking import coefficients, parts_by_row, ranks_by_row, steadiness
from strategies.measure.inference.information import rank_correlation, ranks

_CELL = st.one_of(st.integers(-3, 3).map(float), st.just(float("nan")))


@given(st.lists(st.lists(_CELL, min_size=6, max_size=6), min_size=1, max_size=5))
def test_ranks_of_many_days_at_once_are_those_of_each_day(rows: list[list[float]]) -> None:
    values = np.array(rows)
    for row, found in zip(values, ranks_by_row(values), strict=True):
        np.testing.assert_array_equal(found, ranks(row))


def test_the_coefficient_is_that_of_the_plain_formula_with_ties_and_gaps() -> None:
    rng = np.random.default_rng(1)
    scores, outcomes = np.round(rng.normal(size=(30, 60)), 1), rng.normal(size=(30, 60))
    scores[rng.random(scores.shape) < 0.1] = np.nan
    outcomes[rng.random(outcomes.shape) < 0.1] = np.nan
    for score, outcome, found in zip(scores, outcomes, coefficients(scores, outcomes), strict=True):
        assert abs(found - rank_correlation(score, outcome)) < 1e-12


def test_fewer_than_twenty_assets_are_not_ranked() -> None:
    scores = np.arange(19.0)[None]
    assert np.isnan(coefficients(scores, scores)).all()
    assert np.isnan(parts_by_row(scores, 5)).all()


def test_tenths_hold_a_tenth_each_and_the_last_the_highest() -> None:
    scores = np.random.default_rng(0).permutation(200.0 + np.arange(200.0))[None]
    parts = parts_by_row(scores, 10)
    assert [(parts == part).sum() for part in range(10)] == [20] * 10
    assert scores[parts == 9].min() > scores[parts == 8].max()


def test_scores_that_stay_as_they_are_are_wholly_steady() -> None:
    scores = np.tile(np.arange(30.0), (10, 1))
    np.testing.assert_allclose(steadiness(scores, 3), 1.0)
    assert len(steadiness(scores, 10)) == 0
