from __future__ import annotations

import numpy as np
import pytest

from evals.grades.significance import mean_of, step_down, student, student_quantile


def _overlapping(rng: np.random.Generator, days: int, horizon: int) -> np.ndarray:
    return np.convolve(rng.normal(size=days + horizon - 1), np.ones(horizon), "valid")


@pytest.mark.parametrize("horizon", [1, 7, 30])
def test_a_true_null_of_overlapping_returns_is_refused_in_about_one_of_twenty_cases(horizon: int) -> None:
    rng = np.random.default_rng(3)
    found = [mean_of(_overlapping(rng, 700, horizon), horizon) for _ in range(500)]
    refused = np.mean([one is not None and one.p is not None and one.p < 0.05 for one in found])
    assert 0.02 <= refused <= 0.08


def test_the_usual_newey_west_t_of_overlapping_returns_is_refused_too_often() -> None:
    rng = np.random.default_rng(3)
    found = [mean_of(_overlapping(rng, 700, 30), 30) for _ in range(300)]
    assert np.mean([one is not None and abs(one.newey_west or 0.0) > 1.96 for one in found]) > 0.08


def test_a_true_mean_of_the_detectable_size_is_found_in_about_four_of_five_cases() -> None:
    rng = np.random.default_rng(5)
    size = np.median([mean_of(_overlapping(rng, 700, 7), 7).detectable for _ in range(60)])
    found = [mean_of(_overlapping(rng, 700, 7) + size, 7).p < 0.05 for _ in range(300)]
    assert 0.70 <= np.mean(found) <= 0.90


def test_days_without_a_figure_are_passed_over() -> None:
    values = np.array([np.nan, 1.0, np.nan, 3.0, np.nan])
    found = mean_of(values, 1)
    assert found is not None
    assert (found.mean, found.days, found.positive) == (2.0, 2, 1.0)
    assert found.p is None, "two days are too few to doubt anything with"
    assert mean_of(np.full(5, np.nan), 1) is None


def test_too_few_horizons_give_no_t_instead_of_a_bold_one() -> None:
    found = mean_of(_overlapping(np.random.default_rng(0), 80, 30), 30)
    assert found is not None
    assert found.t is None
    assert found.detectable is None


@pytest.mark.parametrize(
    ("freedoms", "value"), [(1, 12.706), (2, 4.303), (3, 3.182), (10, 2.228), (11, 2.201), (40, 2.021)]
)
def test_students_distribution_is_the_printed_one(freedoms: int, value: float) -> None:
    assert student_quantile(0.975, freedoms) == pytest.approx(value, abs=5e-4)
    assert student(-value, freedoms) == pytest.approx(0.05, abs=1e-4)


def test_among_many_tests_the_real_one_is_kept_and_the_lucky_ones_are_not() -> None:
    rng = np.random.default_rng(11)
    values = rng.normal(size=(400, 40))
    values[:, 7] += 0.4
    values[rng.random(values.shape) < 0.05] = np.nan
    p = [mean_of(column, 1).p for column in values.T]
    adjusted = step_down(values, p, block=5.0, repetitions=500)
    assert [index for index, one in enumerate(adjusted) if one < 0.05] == [7]
    assert all(one >= raw for one, raw in zip(adjusted, p, strict=True))


def test_of_many_tests_of_nothing_any_is_called_real_in_about_one_of_twenty_cases() -> None:
    rng = np.random.default_rng(12)
    called = 0
    for seed in range(120):
        common = rng.normal(size=(250, 1))
        values = 0.7 * common + 0.7 * rng.normal(size=(250, 12))
        adjusted = step_down(
            values, [mean_of(column, 1).p for column in values.T], block=1.0, repetitions=200, seed=seed
        )
        called += min(adjusted) < 0.05
    assert called / 120 <= 0.11
