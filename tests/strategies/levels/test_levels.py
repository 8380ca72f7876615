"""Support and resistance."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given

from core.instant import DAY, HOUR, Interval, instant, iso
from core.market import Bars
from strategies.levels import Level, LevelKind, levels, nearest
from tests.strategies.candles import START, any_bars, bars_of, followed_by, walk

# Between 90 and 110 in straight lines of 10 bars: turns at both, the newest close half-way.
ZIGZAG = [100.0 + 10 * (1 - abs((bar % 40) - 20) / 10) for bar in range(251)]


def zigzag(closes: list[float] | None = None) -> Bars:
    closes = closes or ZIGZAG
    return bars_of(closes, highs=[close + 0.5 for close in closes], lows=[close - 0.5 for close in closes])


def test_a_market_between_two_prices_has_its_floor_as_support_and_its_ceiling_as_resistance() -> None:
    ceiling, floor = levels(zigzag())
    assert (ceiling.kind, floor.kind) == (LevelKind.RESISTANCE, LevelKind.SUPPORT)
    assert ceiling.low < 110.5 < ceiling.high
    assert floor.low < 89.5 < floor.high
    assert (ceiling.touches, floor.touches) == (6, 6)
    assert ceiling.basis == ("swing", "round")
    assert (iso(ceiling.last_touch), iso(floor.last_touch)) == (
        iso(START + 221 * DAY),  # type: ignore[arg-type]
        iso(START + 241 * DAY),  # type: ignore[arg-type]
    )
    close = ZIGZAG[-1]
    assert ceiling.distance == pytest.approx(ceiling.low / close - 1)
    assert floor.distance == pytest.approx(floor.high / close - 1)


def test_a_broken_ceiling_becomes_support() -> None:
    broken = [*ZIGZAG, *[100.0 + 2 * step for step in range(1, 15)]]
    kinds = {level.kind for level in levels(zigzag(broken)) if level.low < 110.5 < level.high}
    assert kinds == {LevelKind.SUPPORT}


def test_more_and_newer_turns_make_a_level_stronger() -> None:
    once, often = levels(zigzag(ZIGZAG[:61])), levels(zigzag(ZIGZAG[:181]))
    assert [level.touches for level in once] < [level.touches for level in often]
    assert all(older.strength < newer.strength for older, newer in zip(once, often, strict=True))
    quiet = [*ZIGZAG[:181], *[90.0 + 0.01 * (bar % 2) for bar in range(69)]]
    later = next(level for level in levels(zigzag(quiet)) if level.low < 110.5 < level.high)
    assert later.strength < often[0].strength


def test_without_history_or_movement_there_are_no_levels() -> None:
    assert levels(bars_of([])) == ()
    assert levels(walk(14)) == ()
    assert levels(bars_of([5.0] * 250)) == ()


def test_the_nearest_level_is_always_among_those_told() -> None:
    bars = walk(250, seed=3)
    every = levels(bars, most=100)
    assert len(every) > 8
    for most in (1, 2, 4):
        told = levels(bars, most)
        assert set(told) <= set(every)
        assert nearest(told) == nearest(every)
        for kind in LevelKind:
            assert sum(level.kind is kind for level in told) <= most


def test_nearest_names_the_next_level_on_each_side_or_none() -> None:
    ceiling, floor = levels(zigzag())
    assert nearest((ceiling, floor)) == (floor, ceiling)
    assert nearest((ceiling,)) == (None, ceiling)
    assert nearest(()) == (None, None)


def test_asking_for_no_level_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1 level"):
        levels(walk(30), most=0)


@given(bars=any_bars())
def test_whatever_the_candles_levels_are_ordered_apart_and_on_their_side_of_the_close(bars: Bars) -> None:
    told = levels(bars)
    assert all(below.high <= above.low for above, below in pairwise(told))
    for level in told:
        close = float(bars.close[-1])
        assert 0 <= level.low < level.high
        assert 0 < level.strength < 1
        assert level.touches >= 1
        assert bars.opened_at[0] < level.last_touch <= bars.opened_at[-1]
        assert level.basis
        if level.kind is LevelKind.SUPPORT:
            assert level.distance <= 0
            assert level.low <= close
        else:
            assert level.distance >= 0
            assert level.high > close


def test_bars_to_come_change_no_level() -> None:
    bars = walk(250)
    whole = followed_by(bars, walk(50, seed=8, swing=0.5))
    assert levels(whole.slice(0, 250)) == levels(bars)


def sui(folder: Path, width: int) -> Bars:
    """The newest 250 closed candles of SUI/USDT before 2025-05-14 00:00, of one segment."""
    hourly = pl.read_parquet(folder / "canonical/SUIUSDT_1h.parquet").with_columns(
        pl.col("ts").dt.epoch("ms")
    )
    until, since = instant("2025-05-14"), instant("2025-02-15")
    rows = (
        hourly.filter((pl.col("ts") >= since) & (pl.col("ts") < until))
        .group_by(pl.col("ts") // width * width, maintain_order=True)
        .agg(pl.first("open"), pl.max("high"), pl.min("low"), pl.last("close"), pl.sum("volume"))
        .tail(250)
    )
    columns = [rows[name].to_numpy() for name in ("open", "high", "low", "close", "volume")]
    return Bars("SUI/USDT", Interval(width), rows["ts"].to_numpy().astype(np.int64), *columns)


def overlapping(told: tuple[Level, ...], kind: LevelKind, low: float, high: float) -> list[Level]:
    return [level for level in told if level.kind is kind and level.low <= high and level.high >= low]


@pytest.mark.parametrize("width", [DAY, 4 * HOUR])
def test_sui_in_may_2025_meets_resistance_at_4_25_and_has_support_at_3_00_to_3_20(
    shared_data: Path, width: int
) -> None:
    told = levels(sui(shared_data, width))
    (ceiling,) = overlapping(told, LevelKind.RESISTANCE, 4.25, 4.25)
    assert iso(ceiling.last_touch).startswith(("2025-05-12", "2025-05-13T00"))
    assert "round" in ceiling.basis
    floors = overlapping(told, LevelKind.SUPPORT, 3.00, 3.20)
    assert any(iso(floor.last_touch) >= "2025-05-06" for floor in floors)
