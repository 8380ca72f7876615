"""What happened to our orders, each thing once, whatever the venue repeats, delays or forgets."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from core.errors import UnreachableError
from core.orders import OrderStatus
from tests.tools.exchange.live.rig import Rig, Rigs, an_order
from tools.exchange.live.report_log import ReportLog
from tools.exchange.stand_in import Endpoint, Fault, StandIn, Wrong

pytestmark = pytest.mark.parts


def resting(live: Rig, name: str = "low") -> int:
    """A buy of 0.01 that rests at 40,000; its number at the venue."""
    order = an_order(name, limit="40000", ioc=False, symbol=live.symbol)
    live.do(live.exchange.submit(order))
    number: int = live.placed(order)[0].number
    return number


def test_partial_fills_are_reported_in_order_and_the_last_one_says_filled(live: Rig) -> None:
    number = resting(live)
    live.at.fill(number, "0.004")
    assert [one.status for one in live.do(live.exchange.reports(0))] == [OrderStatus.PARTIAL]
    live.at.fill(number, "0.001")
    live.at.fill(number, "0.005")

    reports = live.do(live.exchange.reports(0))
    assert [one.status for one in reports] == [OrderStatus.PARTIAL, OrderStatus.PARTIAL, OrderStatus.FILLED]
    assert [one.fill.quantity for one in reports] == [Decimal("0.004"), Decimal("0.001"), Decimal("0.005")]
    assert live.do(live.exchange.reports(0)) == reports


def test_an_order_that_was_cut_off_reports_its_fill_and_then_its_end(live: Rig) -> None:
    live.at.deepen(live.symbol, "0.0001")
    order = an_order("ioc", quantity="0.01", limit="50000.1", symbol=live.symbol)
    state = live.do(live.exchange.submit(order))
    reports = live.do(live.exchange.reports(0))

    assert state.status is OrderStatus.CANCELLED
    assert 0 < state.filled < order.quantity
    assert [one.status for one in reports][-1] is OrderStatus.CANCELLED
    assert sum(one.fill.quantity for one in reports[:-1]) == state.filled


def test_a_fill_that_shows_late_after_a_cancel_is_still_reported(live: Rig) -> None:
    number = resting(live)
    live.at.fill(number, "0.004")
    live.at.misbehave(Wrong.TRADES_LEFT_OUT)
    live.at.cancel(number)
    assert live.do(live.exchange.reports(0)) == ()

    live.at.misbehave()
    reports = live.do(live.exchange.reports(0))
    assert [(one.status, one.fill is not None) for one in reports] == [
        (OrderStatus.PARTIAL, True),
        (OrderStatus.CANCELLED, False),
    ]


def test_trades_that_stay_away_are_said_and_never_made_up(live: Rig) -> None:
    number = resting(live)
    live.at.misbehave(Wrong.TRADES_LEFT_OUT)
    live.at.fill(number)
    assert live.do(live.exchange.reports(0)) == ()
    follower = live.exchange._follower
    follower._short_since = {order: moment - 31_000 for order, moment in follower._short_since.items()}

    assert "more of order" in live.do(live.exchange.trouble())


def test_more_filled_than_ordered_is_reported_as_it_was(live: Rig) -> None:
    number = resting(live)
    live.at._engine.orders[number - 1].quantity = Decimal("0.02")
    live.at.fill(number, "0.015")
    live.at._engine.orders[number - 1].quantity = Decimal("0.01")

    (report,) = live.do(live.exchange.reports(0))
    assert (report.status, report.fill.quantity) == (OrderStatus.FILLED, Decimal("0.015"))


def test_what_another_hand_trades_is_not_reported_as_ours(live: Rig) -> None:
    resting(live)
    live.at.trade_by_hand(live.symbol, "sell", "0.1")

    assert live.do(live.exchange.reports(0)) == ()


def test_fees_in_the_venues_own_coin_are_worth_what_that_coin_is(on_binance: Rig) -> None:
    on_binance.at.set_fees(bnb=True)
    on_binance.at.deposit("BNB", "1")
    on_binance.do(on_binance.exchange.submit(an_order("one")))
    (report,) = on_binance.do(on_binance.exchange.reports(0))

    assert report.fill.fee_asset == "BNB"
    assert report.fill.fee == report.fill.fee_paid * 300


def test_a_fee_in_a_coin_without_a_price_here_is_worth_the_markets_rate(on_binance: Rig) -> None:
    on_binance.at.set_fees(bnb=True)
    on_binance.at.deposit("BNB", "1")
    on_binance.client.set_markets([on_binance.client.market(on_binance.symbol)])
    on_binance.do(on_binance.exchange.submit(an_order("one")))
    (report,) = on_binance.do(on_binance.exchange.reports(0))

    assert report.fill.fee == report.fill.quantity * report.fill.price * Decimal("0.001")


def test_one_order_that_cannot_be_read_holds_up_no_other(live: Rig) -> None:
    resting(live, "first")
    live.at.fill(resting(live, "second"))
    live.at.fill(1)
    live.at.faults.plan(Fault.LOST_500, Endpoint.MY_TRADES)

    assert [one.order_id for one in live.do(live.exchange.reports(0))] == [an_order("second").id]
    assert [one.order_id for one in live.do(live.exchange.reports(1))] == [an_order("first").id]


def test_where_nothing_could_be_found_out_it_raises(live: Rig) -> None:
    live.at.fill(resting(live))
    live.at.faults.plan(Fault.LOST_500, Endpoint.MY_TRADES)

    with pytest.raises(UnreachableError):
        live.do(live.exchange.reports(0))
    assert len(live.do(live.exchange.reports(0))) == 1


def test_a_lost_log_is_filled_again_without_saying_anything_twice(
    rigs: Rigs, at: StandIn, tmp_path: Path, closed_at_the_end: Callable[[object, str], None]
) -> None:
    closed_at_the_end(ReportLog, "open")
    live = rigs.rig(at, path=tmp_path / "live.db")
    live.at.trade_by_hand(live.symbol, "buy", "0.3")
    live.at.fill(resting(live, "one"))
    live.at.fill(resting(live, "two"), "0.004")
    said = live.do(live.exchange.reports(0))
    live.at.fill(3, "0.002")

    booked = [one.fill.trade_id for one in said]
    again = rigs.rig(at, path=tmp_path / "new.db", booked=booked, heard=2)
    assert [one.fill.trade_id for one in again.do(again.exchange.reports(1))][:1] == booked[1:]
    news = again.do(again.exchange.reports(2))
    assert [(one.seq, one.order_id, one.fill.quantity) for one in news] == [
        (3, an_order("two").id, Decimal("0.002"))
    ]


def test_a_lost_log_without_the_books_repeats_what_was_told_rather_than_pass_anything_over(
    rigs: Rigs, at: StandIn, tmp_path: Path, closed_at_the_end: Callable[[object, str], None]
) -> None:
    closed_at_the_end(ReportLog, "open")
    live = rigs.rig(at, path=tmp_path / "live.db")
    live.at.fill(resting(live, "one"))
    live.at.fill(resting(live, "two"))
    said = live.do(live.exchange.reports(0))
    live.at.fill(resting(live, "three"))

    again = rigs.rig(at, path=tmp_path / "new.db")
    told = again.do(
        again.exchange.reports(1)
    )  # who begins again asks for the last report that it has, to see it
    beyond = [one for one in told if one.seq > len(said)]
    assert {one.fill.trade_id for one in beyond} > {one.fill.trade_id for one in said}
    assert len(beyond) == 3
    assert again.do(again.exchange.reports(told[-1].seq)) == ()


def test_a_fill_after_the_end_was_told_is_told_as_well(live: Rig) -> None:
    number = resting(live)
    order = live.at._engine.orders[number - 1]
    live.at.cancel(number)
    assert [one.status for one in live.do(live.exchange.reports(0))] == [OrderStatus.CANCELLED]

    live.at._engine.open[number] = order
    live.at.fill(number, "0.004")
    live.at.cancel(number)
    live.exchange._follower._looked_at.clear()
    (late,) = live.do(live.exchange.reports(1))

    assert (late.seq, late.status, late.fill.quantity) == (2, OrderStatus.CANCELLED, Decimal("0.004"))
