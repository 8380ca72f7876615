"""The market's regime."""

from __future__ import annotations

import numpy as np
import pytest

from core.grades import Regime
from core.instant import HOUR
from core.market import Bars
from strategies.regime import regime
from tests.strategies.candles import bars_of, followed_by, walk

NOISE = np.random.default_rng(5).normal(size=400)


def market(*legs: tuple[int, float, float]) -> Bars:
    """Daily candles in legs of (days, change a day, noise a day)."""
    changes = [change + noise * NOISE[:days] for days, change, noise in legs]
    return bars_of((100 * np.cumprod(1 + np.concatenate(changes))).tolist())


@pytest.mark.parametrize(
    ("bars", "expected"),
    [
        pytest.param(market((400, 0.002, 0)), Regime.BULL, id="a steady rise"),
        pytest.param(market((400, -0.004, 0)), Regime.BEAR, id="a steady fall"),
        pytest.param(
            market((300, 0.001, 0), (20, -0.008, 0)), Regime.RANGE, id="below the mean, near the high"
        ),
        pytest.param(
            market((200, 0, 0.06), (60, 0.03, 0), (31, -0.01, 0)),
            Regime.RANGE,
            id="above the mean, far from the high",
        ),
        pytest.param(market((300, 0.001, 0.005), (10, -0.05, 0.05)), Regime.STRESS, id="a crash"),
        pytest.param(
            market((300, 0.001, 0.005), (30, 0.02, 0.05)), Regime.BULL, id="a wild rise is no stress"
        ),
    ],
)
def test_each_regime_is_told(bars: Bars, expected: Regime) -> None:
    assert regime(bars) is expected


def test_it_needs_two_hundred_days() -> None:
    bars = market((400, 0.002, 0))
    assert regime(bars.slice(0, 199)) is None
    assert regime(bars.slice(0, 200)) is Regime.BULL
    assert regime(bars.slice(0, 0)) is None


def test_a_drawdown_of_a_fifth_is_deep_and_a_tick_less_is_not() -> None:
    fallen = [120.0] * 150 + [125.0] * 100
    assert regime(bars_of([*fallen, 100.0001])) is Regime.RANGE
    # One day's fall after a year of calm is also the wildest month of that year.
    assert regime(bars_of([*fallen, 100.0])) is Regime.STRESS


def test_days_to_come_and_days_long_past_change_nothing() -> None:
    for seed in range(12):
        bars = walk(450, seed, width=24 * HOUR, swing=0.04)
        told = regime(bars)
        later = followed_by(bars, walk(50, 99, swing=0.5))
        assert regime(later.slice(0, 450)) is told
        assert regime(bars.slice(450 - 396, 450)) is told


def test_only_days_will_do() -> None:
    with pytest.raises(ValueError, match="daily candles, not 4h"):
        regime(walk(300))
