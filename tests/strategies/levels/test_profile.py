"""How much was traded at which price."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from core.market import Bars
from strategies.levels import volume_profile
from tests.strategies.candles import any_bars, bars_of


def test_a_bars_volume_is_spread_over_its_range() -> None:
    bars = bars_of([8.0, 2.0], highs=[10.0, 4.0], lows=[6.0, 0.0], volumes=[4.0, 8.0])
    profile = volume_profile(bars, bins=5)
    assert profile is not None
    assert profile.edges.tolist() == [0.0, 2.0, 4.0, 6.0, 8.0, 10.0]
    assert profile.volume == pytest.approx([4.0, 4.0, 0.0, 2.0, 2.0])
    assert profile.point_of_control == (0.0, 2.0)
    assert profile.value_area == (0.0, 8.0)


def test_density_is_against_all_prices_traded_alike() -> None:
    bars = bars_of([8.0, 2.0], highs=[10.0, 4.0], lows=[6.0, 0.0], volumes=[4.0, 8.0])
    profile = volume_profile(bars, bins=5)
    assert profile is not None
    assert profile.traded(0.0, 10.0) == pytest.approx(1.0)
    assert profile.traded(0.0, 4.0) == pytest.approx((8 / 12) / (4 / 10))
    assert profile.traded(4.0, 6.0) == 0.0
    assert profile.traded(20.0, 30.0) == 0.0


def test_without_volume_movement_or_bars_there_is_no_profile() -> None:
    assert volume_profile(bars_of([])) is None
    assert volume_profile(bars_of([5.0] * 9)) is None
    assert volume_profile(bars_of([5.0, 6.0], volumes=[0.0, 0.0])) is None
    with pytest.raises(ValueError, match="at least 2 bins"):
        volume_profile(bars_of([1.0, 2.0]), bins=1)


@given(bars=any_bars())
def test_no_volume_is_lost_or_made(bars: Bars) -> None:
    profile = volume_profile(bars)
    if profile is None:
        return
    assert profile.volume.min() >= 0
    assert profile.volume.sum() == pytest.approx(bars.volume.sum(), rel=1e-6)
    low, high = profile.value_area
    control = profile.point_of_control
    assert low <= control[0] < control[1] <= high
    inside = (profile.edges[:-1] >= low) & (profile.edges[1:] <= high)
    assert np.sum(profile.volume[inside]) >= 0.7 * profile.volume.sum() * (1 - 1e-9)
