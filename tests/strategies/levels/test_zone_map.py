"""Zones with all that speaks for them."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given

from core.instant import DAY, HOUR, instant, iso
from core.market import Bars
from strategies.levels import LevelKind, Zone, levels, zones
from tests.strategies.candles import any_bars, bars_of, followed_by, walk
from tests.strategies.levels.test_levels import sui, zigzag


def test_a_zone_tells_every_bar_that_turned_in_it() -> None:
    ceiling = zones(zigzag())[0]
    (level, _) = levels(zigzag())
    assert (ceiling.kind, ceiling.touches) == (LevelKind.RESISTANCE, 6)
    assert ceiling.touched_at == level.touched_at
    assert len(set(ceiling.touched_at)) == 6
    assert list(ceiling.touched_at) == sorted(ceiling.touched_at)
    assert ceiling.touched_at[-1] == level.last_touch


def test_dense_trading_makes_a_level_stronger_and_a_zone_of_its_own_where_none_is() -> None:
    closes = zigzag().close.tolist()
    there = [90.0 <= close <= 93.0 for close in closes]
    bars = bars_of(
        closes,
        highs=[close + 0.5 for close in closes],
        lows=[close - 0.5 for close in closes],
        volumes=[50.0 if low else 1.0 for low in there],
    )
    floors = [zone for zone in zones(bars) if zone.low < 89.5 < zone.high]
    plain = [zone for zone in zones(zigzag()) if zone.low < 89.5 < zone.high]
    assert "volume" in floors[0].basis
    assert floors[0].traded is not None
    assert floors[0].traded > 1.5
    assert floors[0].strength > plain[0].strength
    middle = bars_of(
        closes,
        highs=[close + 0.5 for close in closes],
        lows=[close - 0.5 for close in closes],
        volumes=[50.0 if 97.0 <= close <= 98.5 else 1.0 for close in closes],
    )
    (node,) = [zone for zone in zones(middle) if zone.basis == ("volume",)]
    assert node.low < 97.5 < node.high
    assert node.touched_at == ()


def test_the_next_round_numbers_are_zones_where_nothing_else_is() -> None:
    rise = bars_of([104.0 + 0.2 * step for step in range(40)], volumes=[0.0] * 40)
    told = zones(rise)
    assert {zone.basis for zone in told} == {("round",)}
    assert [round((zone.low + zone.high) / 2) for zone in told] == [120, 110]
    assert [zone.kind for zone in told] == [LevelKind.RESISTANCE, LevelKind.SUPPORT]
    assert all(zone.traded is None for zone in told)


def test_without_history_or_movement_there_are_no_zones_and_none_may_not_be_asked_for() -> None:
    assert zones(bars_of([])) == zones(walk(14)) == zones(bars_of([5.0] * 250)) == ()
    with pytest.raises(ValueError, match="at least 1 zone"):
        zones(walk(30), most=0)


@given(bars=any_bars())
def test_whatever_the_candles_zones_lie_apart_and_on_their_side_of_the_close(bars: Bars) -> None:
    told = zones(bars)
    assert all(below.high <= above.low for above, below in pairwise(told))
    for zone in told:
        assert 0 <= zone.low < zone.high
        assert 0 < zone.strength < 1
        assert zone.basis
        assert zone.touches == len(zone.touched_at)
        assert (zone.distance <= 0) if zone.kind is LevelKind.SUPPORT else (zone.distance >= 0)


def test_bars_to_come_change_no_zone() -> None:
    bars = walk(250)
    assert zones(followed_by(bars, walk(50, seed=8, swing=0.5)).slice(0, 250)) == zones(bars)


def overlapping(told: tuple[Zone, ...], kind: LevelKind, low: float, high: float) -> list[Zone]:
    return [zone for zone in told if zone.kind is kind and zone.low <= high and zone.high >= low]


@pytest.mark.parametrize("width", [DAY, 4 * HOUR])
def test_sui_in_may_2025_has_zones_at_4_25_and_at_3_00_to_3_20_with_their_touches_and_dates(
    shared_data: Path, width: int
) -> None:
    bars = sui(shared_data, width)
    told = zones(bars)
    (ceiling,) = overlapping(told, LevelKind.RESISTANCE, 4.25, 4.25)
    floors = overlapping(told, LevelKind.SUPPORT, 3.00, 3.20)
    assert ceiling.touches >= 1
    assert any(floor.touches >= 2 for floor in floors)
    for zone in (ceiling, *floors):
        for at in zone.touched_at:
            assert instant("2025-02-15") < at <= instant("2025-05-14")
            turned = bars.candle(bars.opened_at.tolist().index(at - width))
            assert turned.high >= zone.low
            assert turned.low <= zone.high
    if width == DAY:
        assert (ceiling.low, ceiling.high) == pytest.approx((4.17, 4.43), abs=0.005)
        assert [iso(at)[:10] for at in floors[0].touched_at] == ["2025-03-03", "2025-05-07"]
