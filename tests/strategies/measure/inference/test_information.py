"""Information coefficients, their t-values and deciles, on worked examples."""

from __future__ import annotations

import numpy as np
import pytest

from strategies.measure.inference.information import (
    information,
    newey_west,
    quantile_means,
    rank_correlation,
    ranks,
)

NAN = float("nan")


def test_ties_share_the_average_rank_and_the_unknown_has_none() -> None:
    found = ranks(np.array([30.0, 10.0, NAN, 10.0, 20.0]))
    np.testing.assert_array_equal(found, [4.0, 1.5, NAN, 1.5, 3.0])


def test_a_worked_rank_correlation() -> None:
    scores = np.array([1.0, 2.0, 3.0, 4.0, 5.0])
    assert rank_correlation(scores, scores**3) == pytest.approx(1.0)
    assert rank_correlation(scores, np.array([2.0, 1.0, 4.0, 3.0, 5.0])) == pytest.approx(0.8)
    assert rank_correlation(scores, np.ones(5)) is None
    assert rank_correlation(scores[:4], scores[:4]) is None


def test_a_score_that_knows_nothing_has_no_t_value_to_speak_of() -> None:
    rng = np.random.default_rng(1)
    found = information(rng.normal(size=(400, 30)), rng.normal(size=(400, 30)), 1)
    assert found is not None
    assert abs(found.t or 9) < 3
    assert found.deviation == pytest.approx(1 / 29**0.5, abs=0.02)


def test_overlapping_outcomes_do_not_make_a_t_value_of_one_lucky_month() -> None:
    """The same month told thirty times is one observation, not thirty."""
    rng = np.random.default_rng(2)
    monthly = np.repeat(rng.normal(0.05, 0.2, 12), 30)
    plain, honest = monthly.std(ddof=1) / len(monthly) ** 0.5, newey_west(monthly, 30)
    assert honest > 3.5 * plain


def test_without_lags_the_error_is_the_textbook_one() -> None:
    values = np.random.default_rng(3).normal(size=500)
    assert newey_west(values, 0) == pytest.approx(values.std() / 500**0.5)
    assert newey_west(values[:1], 5) == 0.0


def test_deciles_of_a_perfect_score_rise_and_thin_dates_are_left_out() -> None:
    scores = np.vstack([np.arange(20.0), np.full(20, NAN)])
    found = quantile_means(scores, scores * 2, 10)
    np.testing.assert_allclose(found, np.arange(10) * 4 + 1)
    assert np.isnan(quantile_means(scores[:, :5], scores[:, :5], 10)).all()
