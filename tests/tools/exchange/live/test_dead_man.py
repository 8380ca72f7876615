"""The dead-man switch ends protective stops too, so it stands only around the send of an entry that may rest."""

from __future__ import annotations

import pytest

from core.errors import RejectedError, UnknownFateError
from core.orders import Side
from tests.tools.exchange.live.rig import Rig, Rigs, an_order
from tools.exchange.live.report_log import ReportLog
from tools.exchange.stand_in import Endpoint, Fault, StandIn

pytestmark = pytest.mark.parts


@pytest.fixture
def live(rigs: Rigs, kraken: StandIn, closed_at_the_end: object) -> Rig:
    closed_at_the_end(ReportLog, "open")  # type: ignore[operator]
    return rigs.rig(kraken)


def armed(live: Rig) -> list[str]:
    return [one.params["timeout"] for one in live.at.requests(Endpoint.DEAD_MAN)]


def entry(name: str = "rests") -> object:
    return an_order(name, limit="40000", ioc=False, symbol="BTC/USD")


def test_it_is_set_before_an_entry_that_may_rest_and_lifted_once_the_venue_has_it(live: Rig) -> None:
    live.do(live.exchange.submit(entry()))

    assert armed(live) == ["60", "0"]
    kinds = [one.endpoint for one in live.at.requests()]
    first = kinds.index(Endpoint.DEAD_MAN)
    assert first < kinds.index(Endpoint.CREATE_ORDER) < len(kinds) - 1 - kinds[::-1].index(Endpoint.DEAD_MAN)


@pytest.mark.parametrize(
    "order", [an_order("ioc", symbol="BTC/USD"), an_order("x", Side.SELL, limit="49000", symbol="BTC/USD")]
)
def test_it_is_left_alone_by_what_cannot_rest(live: Rig, order: object) -> None:
    live.do(live.exchange.submit(order))

    assert armed(live) == []


def test_a_protective_stop_never_arms_what_would_end_it(live: Rig) -> None:
    live.do(live.exchange.submit(an_order("s", Side.SELL, limit="44000", stop="45000", symbol="BTC/USD")))

    assert armed(live) == []


def test_a_refused_order_lifts_it(live: Rig) -> None:
    live.at.faults.plan(Fault.REFUSED_FUNDS, Endpoint.CREATE_ORDER)
    with pytest.raises(RejectedError):
        live.do(live.exchange.submit(entry()))

    assert armed(live) == ["60", "0"]


def test_it_stands_while_the_fate_is_unknown_and_is_lifted_when_it_is_proven(live: Rig) -> None:
    live.at.faults.plan(Fault.KEPT_RESET, Endpoint.CREATE_ORDER)
    order = an_order("kept", limit="40000", ioc=False, symbol="BTC/USD")
    with pytest.raises(UnknownFateError):
        live.do(live.exchange.submit(order))
    assert armed(live) == ["60"]
    live.do(live.exchange.trouble())
    assert armed(live) == ["60"]

    live.do(live.exchange.order(order.id))
    assert armed(live) == ["60", "0"]


def test_it_is_lifted_when_the_order_is_proven_dead(live: Rig) -> None:
    live.at.faults.plan(Fault.LOST_RESET, Endpoint.CREATE_ORDER)
    order = an_order("lost", limit="40000", ioc=False, symbol="BTC/USD")
    with pytest.raises(UnknownFateError):
        live.do(live.exchange.submit(order))
    live.log._connection.execute("UPDATE orders SET sent_at = sent_at - 40000")

    live.do(live.exchange.trouble())
    assert armed(live) == ["60", "0"]


def test_where_it_cannot_be_set_nothing_is_sent(live: Rig) -> None:
    live.at.faults.plan(Fault.LOST_502, Endpoint.DEAD_MAN)
    with pytest.raises(RejectedError) as refusal:
        live.do(live.exchange.submit(entry()))

    assert refusal.value.code == "not_sent"
    assert live.at.requests(Endpoint.CREATE_ORDER) == ()


def test_a_lift_that_failed_is_tried_again(live: Rig) -> None:
    live.at.faults.plan(Fault.LOST_502, Endpoint.DEAD_MAN, after=1)
    live.do(live.exchange.submit(entry()))
    live.do(live.exchange.trouble())

    assert armed(live) == ["60", "0", "0"]
