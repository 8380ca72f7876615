"""Differences over several windows, against what they must come to."""

from __future__ import annotations

import numpy as np
import pytest

from core.market import Floats
from strategies.measure.inference.paired import Verdict, paired
from strategies.measure.inference.pooled import Window, pooled


def days(seed: int, count: int = 60, mean: float = 0.0) -> Floats:
    found: Floats = np.random.default_rng(seed).normal(mean, 0.02, count)
    return found


def test_one_window_and_one_seed_is_what_paired_says() -> None:
    one, other = days(1), days(2)
    alone, together = paired(one, other), pooled([Window(5, one[:, np.newaxis], other)])
    assert together == alone


def test_the_difference_is_the_mean_over_windows_whatever_their_length() -> None:
    long, short = (
        Window(0, days(1, 90)[:, np.newaxis], days(2, 90)),
        Window(200, days(3, 20)[:, np.newaxis], days(4, 20)),
    )
    each = [paired(one.candidate[:, 0], one.other).diff for one in (long, short)]
    assert pooled([long, short]).diff == pytest.approx(sum(each) / 2)


def test_seeds_of_a_window_are_averaged_before_windows_are() -> None:
    several = np.column_stack([days(1), days(2), days(3)])
    other = days(4)
    each = [paired(several[:, column], other).diff for column in range(3)]
    assert pooled([Window(0, several, other)]).diff == pytest.approx(np.mean(each))


def test_the_same_days_twice_are_no_more_certain_and_other_days_are() -> None:
    one, other = days(1)[:, np.newaxis], days(2)
    again = [Window(0, one, other), Window(0, one, other)]
    apart = [Window(0, one, other), Window(100, one, other)]
    alone = pooled([Window(0, one, other)])
    assert (pooled(again).low, pooled(again).high) == pytest.approx((alone.low, alone.high))
    assert pooled(apart).mde == pytest.approx((alone.mde or 0) / np.sqrt(2), rel=0.1)


def test_a_steady_lead_in_every_window_is_better() -> None:
    windows = [
        Window(100 * number, (days(number) + 0.01)[:, np.newaxis], days(number)) for number in range(4)
    ]
    assert pooled(windows).verdict is Verdict.BETTER


def test_its_interval_covers_at_about_its_nominal_rate() -> None:
    covered = 0
    for number in range(120):
        windows = [
            Window(
                100 * part,
                days(1000 + 10 * number + part, 40)[:, np.newaxis],
                days(9000 + 10 * number + part, 40),
            )
            for part in range(3)
        ]
        found = pooled(windows, repetitions=200)
        assert found.low is not None
        assert found.high is not None
        # without drift both sides grow by the same on average
        covered += found.low <= 0 <= found.high
    assert covered / 120 > 0.87


def test_nothing_and_different_days_are_refused_and_few_days_inconclusive() -> None:
    with pytest.raises(ValueError, match="windows"):
        pooled([])
    with pytest.raises(ValueError, match="windows"):
        pooled([Window(0, days(1)[:, np.newaxis], days(2, 30))])
    short = pooled([Window(0, days(1, 4)[:, np.newaxis], days(2, 4))])
    assert (short.low, short.verdict) == (None, Verdict.INCONCLUSIVE)
