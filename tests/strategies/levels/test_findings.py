"""Breakouts, pullbacks, reversals: each at a zone that was known before it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given

from core.instant import DAY
from core.market import Bars
from strategies.levels import Direction, Finding, FindingKind, LevelKind, findings, zones
from tests.strategies.candles import START, any_bars, bars_of, followed_by, walk
from tests.strategies.levels.test_levels import ZIGZAG

# ends at 100, between a floor at 90 and a ceiling at 110; a bar ranges over 1
PAST = ZIGZAG[:251]


def then(closes: Sequence[float], volumes: Sequence[float] = (), mirrored: bool = False) -> Bars:
    """The zigzag and then *closes*; mirrored, all of it upside down around 100."""
    whole = [*PAST, *closes]
    if mirrored:
        whole = [200.0 - close for close in whole]
    return bars_of(
        whole,
        highs=[close + 0.5 for close in whole],
        lows=[close - 0.5 for close in whole],
        volumes=[1.0] * (len(whole) - len(volumes)) + list(volumes),
    )


def at_edge(bars: Bars, count: int, edge: float) -> list[Finding]:
    return [one for one in findings(bars, count) if one.zone.low < edge < one.zone.high]


@pytest.mark.parametrize("mirrored", [False, True])
def test_a_close_beyond_a_ceiling_is_a_breakout_and_says_what_confirms_it(mirrored: bool) -> None:
    edge, away = (89.5, Direction.DOWN) if mirrored else (110.5, Direction.UP)
    rise = [103.0, 106.0, 109.0, 113.0]
    (fresh,) = at_edge(then(rise, mirrored=mirrored), 4, edge)
    assert (fresh.kind, fresh.direction) == (FindingKind.BREAKOUT, away)
    assert fresh.zone.kind is (LevelKind.SUPPORT if mirrored else LevelKind.RESISTANCE)
    assert fresh.at == START + (len(PAST) + 4) * DAY
    assert (fresh.confirmed_by, fresh.awaits) == (("margin",), ("volume", "held", "retest"))
    (loud,) = at_edge(then([*rise, 114.0], [1.0, 1.0, 1.0, 2.0, 1.0], mirrored=mirrored), 5, edge)
    assert (loud.confirmed_by, loud.awaits) == (("margin", "volume", "held"), ("retest",))
    assert loud.at == fresh.at


@pytest.mark.parametrize("mirrored", [False, True])
def test_a_breakout_that_comes_back_to_its_zone_and_holds_is_a_pullback(mirrored: bool) -> None:
    edge, away = (89.5, Direction.DOWN) if mirrored else (110.5, Direction.UP)
    bars = then([103.0, 106.0, 109.0, 113.0, 114.0, 111.5, 113.0], mirrored=mirrored)
    pulled, broke = at_edge(bars, 7, edge)
    assert (pulled.kind, broke.kind) == (FindingKind.PULLBACK, FindingKind.BREAKOUT)
    assert pulled.direction is broke.direction is away
    assert pulled.at == START + (len(PAST) + 6) * DAY
    assert pulled.confirmed_by == broke.confirmed_by == ("margin", "held", "retest")


@pytest.mark.parametrize("mirrored", [False, True])
def test_a_breakout_that_falls_back_through_its_zone_has_failed(mirrored: bool) -> None:
    edge, back = (89.5, Direction.UP) if mirrored else (110.5, Direction.DOWN)
    (failed,) = at_edge(then([103.0, 106.0, 109.0, 113.0, 109.0, 107.0], mirrored=mirrored), 6, edge)
    assert (failed.kind, failed.direction) == (FindingKind.FAILED_BREAKOUT, back)


@pytest.mark.parametrize("mirrored", [False, True])
def test_price_that_enters_a_zone_and_leaves_it_the_way_it_came_has_reversed(mirrored: bool) -> None:
    edge, back = (89.5, Direction.UP) if mirrored else (110.5, Direction.DOWN)
    closes = [103.0, 106.0, 109.8, 109.5, 106.0]
    (turned,) = at_edge(then(closes, mirrored=mirrored), 5, edge)
    assert (turned.kind, turned.direction) == (FindingKind.REVERSAL, back)
    assert turned.at == START + (len(PAST) + 5) * DAY
    assert (turned.confirmed_by, turned.awaits) == ((), ("volume",))
    assert at_edge(then(closes[:4], mirrored=mirrored), 4, edge) == []


def test_where_nothing_happened_at_a_zone_nothing_is_found() -> None:
    assert at_edge(then([100.5, 101.0, 100.5]), 3, 110.5) == []
    assert findings(bars_of([])) == findings(walk(20)) == findings(bars_of([5.0] * 60)) == ()
    with pytest.raises(ValueError, match="at least 2 bars"):
        findings(walk(60), 1)


@given(bars=any_bars())
def test_whatever_the_candles_events_lie_in_the_newest_bars_at_zones_known_before_them(bars: Bars) -> None:
    known = zones(bars.slice(0, max(len(bars) - 10, 0)))
    for one in findings(bars):
        assert one.zone in known
        assert bars.candle(len(bars) - 10).closed_at <= one.at <= bars.candle(len(bars) - 1).closed_at
        assert not set(one.confirmed_by) & set(one.awaits)


def test_bars_to_come_change_no_finding() -> None:
    bars = walk(250)
    whole = followed_by(bars, walk(50, seed=8, swing=0.5))
    assert findings(bars)
    assert findings(whole.slice(0, 250)) == findings(bars)
