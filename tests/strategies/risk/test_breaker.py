"""The breaker: it trips by the fall from the peak, and never steps back by itself."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from core.instant import DAY, HOUR, Instant, instant
from strategies.risk.breaker import Watermarks, first_marks, mark, next_state, resumed
from strategies.risk.case import State
from strategies.risk.limits import profile
from tests.strategies.risk.cases import D

MIDNIGHT = instant("2024-03-01T00:00:00Z")
BALANCED, NONE = profile("balanced"), profile("none")
MARKS = Watermarks(D(10_000), MIDNIGHT // DAY, D(10_000))
RANK = {State.ACTIVE: 0, State.REDUCING: 1, State.HALTED: 2}


def test_the_peak_rises_and_never_falls() -> None:
    up = mark(first_marks(D(100), MIDNIGHT), D(120), Instant(MIDNIGHT + HOUR))
    down = mark(up, D(90), Instant(MIDNIGHT + 2 * HOUR))
    assert (up.peak_equity, down.peak_equity) == (120, 120)
    assert down.day_start_equity == 100


def test_a_day_starts_with_its_first_mark_at_midnight_utc() -> None:
    before = mark(first_marks(D(100), MIDNIGHT), D(90), Instant(MIDNIGHT + DAY - 1))
    after = mark(before, D(80), Instant(MIDNIGHT + DAY))
    assert before.day_start_equity == 100
    assert after.day_start_equity == 80
    assert after.peak_equity == 100


def test_the_breaker_trips_at_its_limits_and_says_why() -> None:
    assert next_state(State.ACTIVE, MARKS, D("9000.01"), BALANCED) == (State.ACTIVE, "")
    state, why = next_state(State.ACTIVE, MARKS, D(9000), BALANCED)
    assert state is State.REDUCING
    assert why == "equity is 1000 below its peak of 10000; the account only reduces at 1000"
    assert next_state(State.REDUCING, MARKS, D("8000.01"), BALANCED) == (State.REDUCING, "")
    state, why = next_state(State.ACTIVE, MARKS, D(8000), BALANCED)
    assert state is State.HALTED
    assert why == "equity is 2000 below its peak of 10000; the account halts at 2000"


def test_the_reason_is_told_in_cents_and_never_more_than_was_lost() -> None:
    marks = Watermarks(D("10199.4177356454505571549"), 0, D(10_000))
    _, why = next_state(State.ACTIVE, marks, D("9179.47"), BALANCED)
    assert why == "equity is 1019.94 below its peak of 10199.41; the account only reduces at 1019.94"
    small = Watermarks(D("0.05123456789"), 0, D("0.05"))
    _, why = next_state(State.ACTIVE, small, D("0.04"), BALANCED)
    assert why == "equity is 0.01123456 below its peak of 0.05123456; the account halts at 0.01024691"


def test_without_limits_nothing_trips() -> None:
    assert next_state(State.ACTIVE, MARKS, D(1), NONE) == (State.ACTIVE, "")


def test_only_a_person_resumes_and_the_peak_starts_anew() -> None:
    assert next_state(State.HALTED, MARKS, D(20_000), BALANCED) == (State.HALTED, "")
    assert next_state(State.REDUCING, MARKS, D(20_000), BALANCED) == (State.REDUCING, "")
    again = resumed(MARKS, D(8000))
    assert again == Watermarks(D(8000), MARKS.day, D(10_000))
    assert next_state(State.ACTIVE, again, D(7900), BALANCED) == (State.ACTIVE, "")


@given(st.lists(st.decimals("1", "20000", places=2), min_size=1, max_size=40))
def test_a_state_never_steps_back(equities: list[object]) -> None:
    state, marks = State.ACTIVE, first_marks(D(10_000), MIDNIGHT)
    for step, raw in enumerate(equities):
        equity, before = D(str(raw)), state
        marks = mark(marks, equity, Instant(MIDNIGHT + step * HOUR))
        state, why = next_state(state, marks, equity, BALANCED)
        assert RANK[state] >= RANK[before]
        assert bool(why) is (state is not before)
