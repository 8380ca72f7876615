"""Whatever happens around a send, an order goes on the wire once at most, and its fate can be proven afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

import pytest

from core.errors import FaultError, OrderError, UnknownFateError
from core.instant import Instant
from tests.tools.exchange.live.rig import IMPATIENT, PATIENT, Rig, Rigs, an_order
from tools.clocks import SimulatedClock, SystemClock
from tools.exchange.live.report_log import ReportLog
from tools.exchange.stand_in import Endpoint, Fault, StandIn, faults_of, stand_in

pytestmark = pytest.mark.parts

SLOW = {Fault.LOST_SILENT, Fault.KEPT_SILENT, Fault.KEPT_TRICKLE}
CASES = [(name, fault) for name in ("binance", "kraken") for fault in faults_of(name)]


@pytest.fixture(scope="module")
def world() -> Iterator[Callable[[str], tuple[StandIn, SimulatedClock]]]:
    """One venue of each kind, in simulated time that both sides share."""
    made: dict[str, tuple[StandIn, SimulatedClock]] = {}

    def get(name: str) -> tuple[StandIn, SimulatedClock]:
        if name not in made:
            clock = SimulatedClock(SystemClock().now())
            quote = "USDT" if name == "binance" else "USD"
            at = stand_in(name, balances={quote: "1000000"}, slow_ms=800, clock=clock, lag_ms=2_000)
            made[name] = (at.__enter__(), clock)
        made[name][0].faults.clear()
        return made[name]

    yield get
    for at, _ in made.values():
        at.__exit__(None, None, None)


@pytest.mark.parametrize(("name", "fault"), CASES, ids=lambda one: one if isinstance(one, str) else one.name)
def test_after_its_grace_an_order_is_shown_exactly_where_it_exists(
    name: str,
    fault: Fault,
    world: Callable[[str], tuple[StandIn, SimulatedClock]],
    rigs: Rigs,
    closed_at_the_end: Callable[[object, str], None],
) -> None:
    closed_at_the_end(ReportLog, "open")
    at, clock = world(name)
    rig = rigs.rig(at, patience=IMPATIENT if fault in SLOW else PATIENT, clock=clock)
    order = an_order(f"proof {fault.name} {name}", symbol=rig.symbol)
    at.faults.plan(fault, Endpoint.CREATE_ORDER)
    try:
        rig.do(rig.exchange.submit(order))
    except OrderError:
        at.faults.clear()

    assert rig.exchange.grace_ms is not None
    rig.do(clock.sleep_until(Instant(clock.now() + rig.exchange.grace_ms + 1)))
    shown = rig.do(rig.exchange.order(order.id))
    assert (shown is not None) == fault.arrives
    assert len(rig.placed(order)) == int(fault.arrives)
    assert [one.order_id for one in rig.do(rig.exchange.reports(0))] == [order.id] * fault.arrives


def test_an_order_that_went_out_before_is_not_sent_again_whoever_asks(live: Rig) -> None:
    order = an_order("one", symbol=live.symbol)
    live.do(live.exchange.submit(order))
    with pytest.raises(UnknownFateError, match="before"):
        live.do(live.exchange.submit(order))

    assert len(live.at.requests(Endpoint.CREATE_ORDER)) == 1


def test_a_send_that_is_cancelled_half_way_is_of_unknown_fate_and_found(live: Rig) -> None:
    order = an_order("cut off", symbol=live.symbol)
    live.at.faults.plan(Fault.KEPT_SILENT, Endpoint.CREATE_ORDER)

    async def cut() -> None:
        await asyncio.wait_for(live.exchange.submit(order), 0.2)

    with pytest.raises(TimeoutError):
        live.do(cut())
    with pytest.raises(UnknownFateError, match="before"):
        live.do(live.exchange.submit(order))
    assert live.do(live.exchange.order(order.id)).filled == order.quantity
    assert len(live.placed(order)) == 1


def test_one_deadline_ends_a_call_whatever_ccxt_still_waits_for(live: Rig) -> None:
    live.exchange._gate._deadline_ms = 150
    live.at.faults.plan(Fault.KEPT_SILENT, Endpoint.CREATE_ORDER)
    begun = live.clock.now()
    with pytest.raises(UnknownFateError, match="deadline"):
        live.do(live.exchange.submit(an_order("slow", symbol=live.symbol)))

    assert live.clock.now() - begun < 650


def test_where_the_order_cannot_be_noted_first_it_is_not_sent(live: Rig) -> None:
    live.log._connection.execute("PRAGMA query_only = ON")
    with pytest.raises(FaultError, match="written down"):
        live.do(live.exchange.submit(an_order("full", symbol=live.symbol)))

    assert live.at.requests(Endpoint.CREATE_ORDER) == ()


def test_reports_that_could_not_be_written_come_with_the_next_question(live: Rig) -> None:
    live.do(live.exchange.submit(an_order("one", symbol=live.symbol)))
    live.log._connection.execute("PRAGMA query_only = ON")
    with pytest.raises(FaultError):
        live.do(live.exchange.reports(0))

    live.log._connection.execute("PRAGMA query_only = OFF")
    assert [one.seq for one in live.do(live.exchange.reports(0))] == [1]


def test_a_silent_venue_is_trouble_until_it_answers_again(live: Rig) -> None:
    live.at.faults.plan(Fault.LOST_502, Endpoint.BALANCE)
    with pytest.raises(OrderError):
        live.do(live.exchange.balances())
    assert "has not answered since" in live.do(live.exchange.trouble())

    live.do(live.exchange.balances())
    assert live.do(live.exchange.trouble()) is None


def test_an_older_order_of_the_same_id_is_not_taken_for_the_one_just_sent(
    rigs: Rigs, kraken: StandIn, closed_at_the_end: Callable[[object, str], None]
) -> None:
    closed_at_the_end(ReportLog, "open")
    live = rigs.rig(kraken)
    order = an_order("again", symbol=live.symbol)
    live.do(live.exchange.submit(order))
    live.log._connection.execute("DELETE FROM orders")
    live.at.set_lag(5_000)

    with pytest.raises(UnknownFateError, match="does not list it under our id"):
        live.do(live.exchange.submit(order))
