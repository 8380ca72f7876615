"""Against published numbers, a second implementation, and processes whose answer is known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from core.market import Floats
from strategies.measure.inference.bootstrap import block_length, indices, interval, resampled
from strategies.measure.inference.many import better_ones, superior
from strategies.measure.inference.overfitting import overfitting
from strategies.measure.inference.paired import Verdict, paired
from strategies.measure.inference.sharpe import (
    deflated,
    expected_best,
    kurtosis,
    minimum_track_record,
    probabilistic,
    sharpe,
    skewness,
)

arch = pytest.importorskip("arch.bootstrap", reason="arch, the second implementation, is not installed")
YEAR = 365**0.5


@pytest.fixture
def bitcoin(shared_data: Path) -> Floats:
    """Daily simple returns, close to close, of 2021 to 2023."""
    frame = pl.read_parquet(shared_data / "canonical" / "BTCUSDT_1d.parquet")
    inside = frame.filter(
        pl.col("ts")
        .dt.replace_time_zone(None)
        .is_between(pl.datetime(2020, 12, 31), pl.datetime(2023, 12, 31))
    )
    close = inside["close"].to_numpy()
    found: Floats = close[1:] / close[:-1] - 1.0
    return found


def test_three_years_of_bitcoin_have_the_figures_that_three_other_programs_found(bitcoin: Floats) -> None:
    assert len(bitcoin) == 1095
    assert (sharpe(bitcoin) or 0) * YEAR == pytest.approx(0.519251, abs=1e-6)
    assert (skewness(bitcoin), kurtosis(bitcoin)) == pytest.approx((0.098282, 6.454312), abs=1e-6)
    assert probabilistic(bitcoin) == pytest.approx(0.81586, abs=1e-5)
    assert minimum_track_record(bitcoin) == pytest.approx(3658, abs=1)
    assert block_length(bitcoin) == pytest.approx(1.76, abs=0.005)


def test_the_interval_of_that_sharpe_ratio_is_the_published_one(bitcoin: Floats) -> None:
    def yearly(rows: Floats) -> Floats:
        found: Floats = rows.mean(axis=1) / rows.std(axis=1, ddof=1) * YEAR
        return found

    low, high = interval(resampled(bitcoin, yearly, block=2, seed=7))
    assert (low, high) == pytest.approx((-0.63, 1.58), abs=0.08)  # two generators, 2,000 draws each


@pytest.mark.parametrize("memory", [0.3, 0.5, 0.7])
def test_the_block_length_of_a_process_with_memory_is_the_closed_form_one(memory: float) -> None:
    """An AR(1) process with parameter ρ and n values: (2ρ / (1 − ρ²))^(2/3) n^(1/3)."""
    found = []
    for seed in range(12):
        noise = np.random.default_rng(seed).normal(size=2000)
        series = np.zeros(2000)
        for day in range(1, 2000):
            series[day] = memory * series[day - 1] + noise[day]
        found.append(block_length(series))
    closed_form = (2 * memory / (1 - memory**2)) ** (2 / 3) * 2000 ** (1 / 3)
    assert float(np.median(found)) == pytest.approx(closed_form, rel=0.15)


def test_superior_ability_is_that_of_a_second_implementation() -> None:
    excess = np.random.default_rng(3).normal(size=(500, 20))
    excess[:, 3] += 0.1
    theirs = arch.SPA(np.zeros(500), -excess, block_size=5, reps=2000, seed=1)
    theirs.compute()
    ours = superior(excess, block=5, seed=1)
    assert (ours.lower, ours.consistent, ours.upper) == pytest.approx(tuple(theirs.pvalues), abs=0.05)


def test_the_one_that_is_better_is_found_among_many_that_are_not() -> None:
    excess = np.random.default_rng(4).normal(size=(800, 15))
    excess[:, [2, 9]] += 0.25
    assert better_ones(excess, seed=1) == (2, 9)
    assert superior(excess, seed=1).consistent < 0.01


def test_noise_alone_is_seldom_called_better() -> None:
    called = [
        bool(better_ones(np.random.default_rng(seed).normal(size=(200, 10)), repetitions=400, seed=seed))
        for seed in range(60)
    ]
    assert np.mean(called) <= 0.12


def test_an_interval_covers_the_truth_at_its_rate() -> None:
    """A process with memory whose mean is known: 95 of 100 intervals hold it, give or take."""
    truth, covered = 0.01, 0
    for seed in range(200):
        noise = np.random.default_rng(seed).normal(0, 0.02, 260)
        series = np.empty(260)
        series[0] = noise[0]
        for day in range(1, 260):
            series[day] = 0.3 * series[day - 1] + noise[day]
        draws = resampled(series + truth, lambda rows: rows.mean(axis=1), repetitions=400, seed=seed)
        low, high = interval(draws)
        covered += low <= truth <= high
    assert 0.87 <= covered / 200 <= 0.99


def test_the_verdict_follows_the_truth_and_its_rate_under_none() -> None:
    wrong = right = 0
    for seed in range(150):
        rng = np.random.default_rng(seed)
        market = rng.normal(0, 0.03, 250)
        wrong += paired(
            market + rng.normal(0, 0.005, 250), market, repetitions=300, seed=seed
        ).verdict is not (Verdict.INCONCLUSIVE)
        right += (
            paired(market + rng.normal(0.003, 0.005, 250), market, repetitions=300, seed=seed).verdict
            is Verdict.BETTER
        )
    assert wrong / 150 <= 0.12
    assert right / 150 >= 0.95


def test_an_effect_of_the_detectable_size_is_found_four_times_in_five() -> None:
    found, rng = 0, np.random.default_rng(5)
    market = rng.normal(0, 0.03, 300)
    size = paired(market + rng.normal(0, 0.01, 300), market).mde
    assert size is not None
    drift = size / 300 / float(np.prod(1 + market))
    for seed in range(120):
        edge = np.random.default_rng(100 + seed).normal(drift, 0.01, 300)
        found += paired(market + edge, market, repetitions=300, seed=seed).verdict is Verdict.BETTER
    assert 0.6 <= found / 120 <= 0.95


def test_blocks_have_the_length_that_was_asked_for_and_wrap_around() -> None:
    rows = np.concatenate(list(indices(50, 5.0, 400, seed=1)))
    assert rows.shape == (400, 50)
    follows = (np.diff(rows, axis=1) % 50) == 1
    assert follows.mean() == pytest.approx(1 - 1 / 5 + 1 / 5 / 50, abs=0.01)
    again = np.concatenate(list(indices(50, 5.0, 400, seed=1)))
    assert np.array_equal(rows, again)


def test_picking_the_best_of_noise_is_overfitting_and_picking_the_truly_best_is_not() -> None:
    noise = np.random.default_rng(6).normal(size=(640, 20))
    assert 0.3 <= overfitting(noise, 8) <= 0.75
    skilled = noise.copy()
    skilled[:, 4] += 0.5
    assert overfitting(skilled, 8) == 0.0


def test_the_best_of_many_trials_must_show_more_than_the_best_of_few() -> None:
    """The expected maximum of N normal draws, by simulation."""
    draws = np.random.default_rng(7).normal(size=(20_000, 50)).max(axis=1).mean()
    assert expected_best(1.0, 50) == pytest.approx(draws, abs=0.03)
    returns = np.random.default_rng(8).normal(0.1, 1, 500)
    few, many = deflated(returns, [0.0, 0.05]), deflated(returns, [0.0, 0.05], trials=1000)
    assert few is not None
    assert many is not None
    assert (probabilistic(returns) or 0) > few > many
