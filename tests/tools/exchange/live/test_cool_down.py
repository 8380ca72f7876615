"""A venue that asks for a pause gets it: no request inside, one probe after, counted at the server."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from core.errors import KeyRefusedError, RejectedError, UnknownFateError, UnreachableError
from core.instant import Instant
from tests.tools.exchange.live.rig import Rig, Rigs, an_order
from tools.clocks import SimulatedClock, SystemClock
from tools.exchange.live.report_log import ReportLog
from tools.exchange.stand_in import Endpoint, Fault, stand_in

pytestmark = pytest.mark.parts

LIMITS = [Fault.REFUSED_429, Fault.REFUSED_418, Fault.REFUSED_ORDER_RATE, Fault.REFUSED_REQUEST_RATE]


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock(SystemClock().now())


@pytest.fixture
def live(
    rigs: Rigs, clock: SimulatedClock, closed_at_the_end: Callable[[object, str], None]
) -> Iterator[Rig]:
    closed_at_the_end(ReportLog, "open")
    with stand_in("binance", clock=clock) as at:
        yield rigs.rig(at, clock=clock)


def wait(live: Rig, milliseconds: int) -> None:
    live.do(live.clock.sleep_until(Instant(live.clock.now() + milliseconds)))


def refused(live: Rig, fault: Fault) -> None:
    live.at.faults.plan(fault, Endpoint.CREATE_ORDER)
    with pytest.raises(UnknownFateError):
        live.do(live.exchange.submit(an_order(f"{fault.name} {live.clock.now()}")))


@pytest.mark.parametrize("fault", LIMITS, ids=lambda fault: fault.name)
def test_no_request_goes_out_inside_the_pause(live: Rig, fault: Fault) -> None:
    refused(live, fault)
    before = len(live.at.requests())
    pause = 1_000 if fault in {Fault.REFUSED_429, Fault.REFUSED_418} else 30_000

    for _ in range(2):
        with pytest.raises(UnreachableError) as unreachable:
            live.do(live.exchange.balances())
        assert unreachable.value.retry_at == live.clock.now() + (pause if _ == 0 else 1)
        with pytest.raises(RejectedError) as not_sent:
            live.do(live.exchange.submit(an_order("early")))
        assert not_sent.value.code == "not_sent"
        assert "pause" in live.do(live.exchange.trouble())
        wait(live, pause - 1 if _ == 0 else 0)

    assert len(live.at.requests()) == before


def test_after_the_pause_one_probe_goes_first_and_the_others_wait_for_its_answer(live: Rig) -> None:
    refused(live, Fault.REFUSED_429)
    wait(live, 1_001)
    before = len(live.at.requests(Endpoint.BALANCE))

    async def many() -> list[Any]:
        asked = [live.exchange.balances() for _ in range(5)]
        return await asyncio.gather(*asked, return_exceptions=True)

    answers = live.do(many())
    assert len(live.at.requests(Endpoint.BALANCE)) == before + 1
    assert [isinstance(one, UnreachableError) for one in answers] == [False, True, True, True, True]
    assert live.do(live.exchange.trouble()) is None
    assert live.do(live.exchange.balances()) == answers[0]


def test_without_a_retry_after_each_pause_is_longer_than_the_one_before(live: Rig) -> None:
    refused(live, Fault.REFUSED_ORDER_RATE)
    wait(live, 30_000)
    refused(live, Fault.REFUSED_ORDER_RATE)
    with pytest.raises(UnreachableError) as unreachable:
        live.do(live.exchange.balances())

    assert unreachable.value.retry_at == live.clock.now() + 60_000


def test_three_floods_in_a_row_are_a_refused_key(live: Rig) -> None:
    for _ in range(2):
        refused(live, Fault.REFUSED_429)
        wait(live, 1_001)
    live.at.faults.plan(Fault.REFUSED_429, Endpoint.CREATE_ORDER)

    with pytest.raises(KeyRefusedError):
        live.do(live.exchange.submit(an_order("third")))


def test_a_good_answer_in_between_ends_the_row(live: Rig) -> None:
    for _ in range(4):
        refused(live, Fault.REFUSED_429)
        wait(live, 1_001)
        live.do(live.exchange.balances())
