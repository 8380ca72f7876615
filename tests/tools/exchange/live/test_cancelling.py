"""Ending an order: the race with its fill, lost answers, and a venue that lies about it."""

from __future__ import annotations

import pytest

from core.errors import KeyRefusedError, RejectedError, UnknownFateError, UnreachableError
from core.orders import ApprovedOrder, OrderStatus
from tests.tools.exchange.live.rig import Rig, an_order
from tools.exchange.stand_in import Endpoint, Fault, Wrong

pytestmark = pytest.mark.parts


def resting(live: Rig) -> ApprovedOrder:
    order = an_order("low", limit="40000", ioc=False, symbol=live.symbol)
    live.do(live.exchange.submit(order))
    return order


def test_an_order_that_filled_before_the_cancel_came_is_filled(live: Rig) -> None:
    order = resting(live)
    live.at.fill(1)

    assert live.do(live.exchange.cancel(order.id)).status is OrderStatus.FILLED


def test_an_order_that_filled_in_part_before_the_cancel_keeps_its_part(live: Rig) -> None:
    order = resting(live)
    live.at.fill(1, "0.004")
    state = live.do(live.exchange.cancel(order.id))

    assert (state.status, str(state.filled.normalize())) == (OrderStatus.CANCELLED, "0.004")


@pytest.mark.parametrize("fault", [Fault.KEPT_RESET, Fault.KEPT_502, Fault.KEPT_EMPTY, Fault.KEPT_NULL])
def test_a_cancel_whose_answer_is_lost_is_looked_up(live: Rig, fault: Fault) -> None:
    order = resting(live)
    live.at.faults.plan(fault, Endpoint.CANCEL_ORDER)

    assert live.do(live.exchange.cancel(order.id)).status is OrderStatus.CANCELLED


@pytest.mark.parametrize("fault", [Fault.LOST_RESET, Fault.LOST_502])
def test_a_cancel_that_never_arrived_is_not_taken_for_one(live: Rig, fault: Fault) -> None:
    order = resting(live)
    live.at.faults.plan(
        fault, Endpoint.CANCEL_ORDER, times=2
    )  # aiohttp itself repeats a DELETE that was reset

    with pytest.raises(UnreachableError, match="still open"):
        live.do(live.exchange.cancel(order.id))
    live.at.faults.clear()
    assert live.do(live.exchange.cancel(order.id)).status is OrderStatus.CANCELLED


def test_a_venue_that_only_says_that_it_cancelled_is_not_believed(live: Rig) -> None:
    order = resting(live)
    live.at.misbehave(Wrong.CANCEL_DOES_NOTHING)

    with pytest.raises(UnreachableError):
        live.do(live.exchange.cancel(order.id))


def test_a_refused_key_is_said(live: Rig) -> None:
    order = resting(live)
    live.at.key.revoked = True

    with pytest.raises(KeyRefusedError):
        live.do(live.exchange.cancel(order.id))


def test_an_order_of_unknown_fate_cannot_be_cancelled_as_one_that_never_was(live: Rig) -> None:
    order = an_order("lost", limit="40000", ioc=False, symbol=live.symbol)
    live.at.faults.plan(Fault.LOST_RESET, Endpoint.CREATE_ORDER)
    with pytest.raises(UnknownFateError):
        live.do(live.exchange.submit(order))

    with pytest.raises(UnreachableError):
        live.do(live.exchange.cancel(order.id))
    live.log._connection.execute("UPDATE orders SET sent_at = sent_at - 40000")
    with pytest.raises(RejectedError):
        live.do(live.exchange.cancel(order.id))


def test_an_order_of_unknown_fate_is_found_by_its_id_and_followed(live: Rig) -> None:
    order = an_order("kept", symbol=live.symbol)
    live.at.faults.plan(Fault.KEPT_RESET, Endpoint.CREATE_ORDER)
    with pytest.raises(UnknownFateError):
        live.do(live.exchange.submit(order))
    assert live.do(live.exchange.reports(0)) == ()

    assert live.do(live.exchange.order(order.id)).status is OrderStatus.FILLED
    assert [one.order_id for one in live.do(live.exchange.reports(0))] == [order.id]
    assert len(live.placed(order)) == 1
