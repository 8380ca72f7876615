"""Where a position ends, and in which order."""

from __future__ import annotations

from core.instant import DAY, HOUR, Instant, Interval
from core.market import Candle
from strategies.risk.exits import ExitPlan, Trigger, fired, plan
from strategies.risk.limits import limits_from, profile
from tests.strategies.risk.cases import BTC, NOW, D

ALL = limits_from({"exits": {"stop_atr": "2", "target_atr": "4", "trailing_atr": "3", "time": "7d"}})
PLAN = ExitPlan(stop=D(90), target=D(120), trailing_distance=D(15), deadline=Instant(NOW + DAY))


def candle(low: float, high: float) -> Candle:
    return Candle(BTC, Instant(NOW - HOUR), Interval(HOUR), high, high, low, low, 1.0)


def test_a_plan_measures_every_distance_in_average_true_ranges() -> None:
    assert plan(D(100), D(5), NOW, ALL) == ExitPlan(D(90), D(120), D(15), Instant(NOW + 7 * DAY))


def test_what_is_zero_is_not_planned() -> None:
    assert plan(D(100), D(5), NOW, profile("balanced")) == ExitPlan(D(85), None, None, None)
    assert plan(D(100), D(5), NOW, profile("none")) == ExitPlan(None, None, None, None)


def test_without_a_range_only_time_can_end_a_position() -> None:
    assert plan(D(100), None, NOW, ALL) == ExitPlan(None, None, None, Instant(NOW + 7 * DAY))
    assert plan(D(100), D(0), NOW, ALL) == ExitPlan(None, None, None, Instant(NOW + 7 * DAY))


def test_a_stop_at_or_below_zero_protects_nothing() -> None:
    assert plan(D(100), D(50), NOW, ALL).stop is None


def test_each_exit_fires_when_touched_and_not_before() -> None:
    assert fired(PLAN, D(100), candle(90.01, 119.99), NOW) is None
    assert fired(PLAN, D(100), candle(90.0, 100.0), NOW) == (Trigger.STOP, D(90))
    assert fired(PLAN, D(100), candle(100.0, 120.0), NOW) == (Trigger.TARGET, D(120))
    assert fired(PLAN, D(110), candle(95.0, 100.0), NOW) == (Trigger.TRAILING, D(95))
    assert fired(PLAN, D(110), candle(95.01, 100.0), NOW) is None
    assert fired(PLAN, D(100), candle(100.0, 101.0), Instant(NOW + DAY - 1)) is None
    assert fired(PLAN, D(100), candle(100.0, 101.0), Instant(NOW + DAY)) == (Trigger.TIME, None)


def test_stop_comes_before_target_before_trailing_before_time() -> None:
    late = Instant(NOW + DAY)
    assert fired(PLAN, D(110), candle(80.0, 130.0), late) == (Trigger.STOP, D(90))
    assert fired(PLAN, D(110), candle(91.0, 130.0), late) == (Trigger.TARGET, D(120))
    assert fired(PLAN, D(110), candle(91.0, 100.0), late) == (Trigger.TRAILING, D(95))


def test_a_high_inside_the_candle_does_not_move_the_trailing_stop_that_it_is_held_against() -> None:
    assert fired(PLAN, D(100), candle(101.0, 119.0), NOW) is None
