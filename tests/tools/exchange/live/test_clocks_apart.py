"""Two clocks: signatures follow the venue's, entries wait where ours is too far from it, -1021 is never sent again blindly."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress

import pytest

from core.errors import RejectedError, UnknownFateError, UnreachableError
from core.instant import DAY, MINUTE, SECOND, Instant
from tests.tools.exchange.live.rig import Rig, Rigs, an_order
from tools.clocks import SystemClock
from tools.exchange.live.report_log import ReportLog
from tools.exchange.stand_in import Endpoint, Fault, StandIn, Wrong

pytestmark = pytest.mark.parts


class Shifted(SystemClock):
    """The machine's clock, moved by *ahead* milliseconds."""

    def __init__(self) -> None:
        super().__init__()
        self.ahead = 0

    def now(self) -> Instant:
        return Instant(super().now() + self.ahead)


@pytest.fixture
def clock() -> Shifted:
    return Shifted()


@pytest.fixture
def live(rigs: Rigs, at: StandIn, clock: Shifted, closed_at_the_end: Callable[[object, str], None]) -> Rig:
    closed_at_the_end(ReportLog, "open")
    return rigs.rig(at, clock=clock)


@pytest.mark.parametrize("skew", [2_500, -2_500, 5_000, 60_000, -60_000, DAY, -DAY])
def test_clocks_too_far_apart_are_trouble_and_still_what_is_asked_is_answered(
    rigs: Rigs, at: StandIn, closed_at_the_end: Callable[[object, str], None], skew: int
) -> None:
    closed_at_the_end(ReportLog, "open")
    at.set_skew(skew)
    live = rigs.rig(at)

    trouble = live.do(live.exchange.trouble())
    assert ("behind" if skew > 0 else "ahead of") in trouble
    assert live.do(live.exchange.balances())
    live.do(live.exchange.submit(an_order("exit", symbol=live.symbol)))
    assert len(live.at.orders()) == 1


def test_a_small_difference_is_warned_of_and_no_trouble(
    rigs: Rigs,
    binance: StandIn,
    closed_at_the_end: Callable[[object, str], None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    closed_at_the_end(ReportLog, "open")
    binance.set_skew(-500)
    with caplog.at_level(logging.WARNING):
        live = rigs.rig(binance)

    assert live.do(live.exchange.trouble()) is None
    assert [one for one in caplog.records if "ahead of binance" in one.getMessage()]


def test_a_venue_that_tells_whole_seconds_is_not_taken_for_one_whose_clock_is_off(
    rigs: Rigs, kraken: StandIn, closed_at_the_end: Callable[[object, str], None]
) -> None:
    closed_at_the_end(ReportLog, "open")
    live = rigs.rig(kraken)

    assert abs(live.exchange._offset.skew_ms) < 250


def test_the_clocks_are_compared_again_every_minute(live: Rig, clock: Shifted) -> None:
    live.do(live.exchange.balances())
    assert len(live.at.requests(Endpoint.TIME)) == 1

    clock.ahead = live_skew = MINUTE
    live.do(live.exchange.balances())
    assert len(live.at.requests(Endpoint.TIME)) == 2
    assert abs(live.exchange._offset.skew_ms - live_skew) < 1_500


def test_a_complaint_of_our_clock_is_answered_by_measuring_and_not_by_sending_again(on_binance: Rig) -> None:
    order = an_order("one")
    on_binance.at.faults.plan(Fault.REFUSED_CLOCK, Endpoint.CREATE_ORDER)
    with pytest.raises(UnknownFateError):
        on_binance.do(on_binance.exchange.submit(order))
    assert len(on_binance.at.requests(Endpoint.CREATE_ORDER)) == 1

    on_binance.do(on_binance.exchange.balances())
    assert len(on_binance.at.requests(Endpoint.TIME)) == 2
    assert len(on_binance.at.requests(Endpoint.CREATE_ORDER)) == 1


def test_where_the_venue_does_not_tell_its_time_nothing_is_sent(live: Rig, clock: Shifted) -> None:
    clock.ahead = MINUTE
    live.at.faults.plan(Fault.LOST_502, Endpoint.TIME, times=3)

    with pytest.raises(RejectedError) as refusal:
        live.do(live.exchange.submit(an_order("one", symbol=live.symbol)))
    assert refusal.value.code == "not_sent"
    with pytest.raises(UnreachableError):
        live.do(live.exchange.balances())
    assert "did not answer" in live.do(live.exchange.trouble())
    assert live.at.orders() == ()


def test_a_venue_whose_time_jumps_is_trouble_as_long_as_it_does(on_binance: Rig) -> None:
    on_binance.at.misbehave(Wrong.TIME_JUMPS)
    said = []
    for _ in range(2):
        on_binance.exchange._gate.must_resync = True
        said.append(on_binance.do(on_binance.exchange.trouble()))

    assert [one is None for one in said] in ([True, False], [False, True])


def test_a_clock_that_is_set_forward_proves_no_order_dead(live: Rig, clock: Shifted) -> None:
    order = an_order("one", symbol=live.symbol)
    live.at.faults.plan(Fault.LOST_CLOSED, Endpoint.CREATE_ORDER)
    with pytest.raises(UnknownFateError):
        live.do(live.exchange.submit(order))
    assert live.do(live.exchange.trouble()) is None

    clock.ahead = 50 * SECOND  # less than a minute, and more than the proof waits
    with suppress(UnreachableError):  # where questions are signed with the time, the venue refuses this one
        assert live.do(live.exchange.order(order.id)) is None
    assert "ahead of" in (live.do(live.exchange.trouble()) or "")


def test_the_time_that_an_order_is_held_back_is_not_added_to_its_window(live: Rig, clock: Shifted) -> None:
    order = an_order("one", symbol=live.symbol)
    live.exchange.wire(order)  # what the proof of its absence counts from
    clock.ahead = 6 * SECOND
    live.at.set_skew(clock.ahead)  # for both: time has passed

    with pytest.raises((UnknownFateError, RejectedError)):
        live.do(live.exchange.submit(order))
    assert live.at.orders() == ()
