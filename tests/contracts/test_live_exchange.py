"""What a real venue behind the port must do: the contract of `test_exchange.py`, with a world that moves by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from core.errors import RejectedError
from core.orders import OrderStatus, OrderType, Side
from tests.tools.exchange.live.rig import QUOTE, Rig, Rigs, an_id, an_order
from tools.exchange.live.report_log import ReportLog
from tools.exchange.stand_in import StandIn, stand_in

pytestmark = pytest.mark.parts

CASH = Decimal(100_000)


@pytest.fixture(scope="module")
def rigs() -> Iterator[Rigs]:
    made = Rigs()
    yield made
    made.close()


@pytest.fixture(params=["binance", "kraken"])
def at(request: pytest.FixtureRequest) -> Iterator[StandIn]:
    with stand_in(request.param, balances={QUOTE[request.param]: CASH}) as venue:
        yield venue


@pytest.fixture
def live(rigs: Rigs, at: StandIn, tmp_path: Path, closed_at_the_end: Callable[[object, str], None]) -> Rig:
    closed_at_the_end(ReportLog, "open")
    return rigs.rig(at, path=tmp_path / "live.db")


def test_an_accepted_order_is_open_and_can_be_read_by_its_id(live: Rig) -> None:
    order = an_order("low", limit="40000", ioc=False, symbol=live.symbol)
    state = live.do(live.exchange.submit(order))

    assert (state.id, state.symbol, state.side, state.filled) == (order.id, live.symbol, Side.BUY, 0)
    assert state.status is OrderStatus.OPEN
    assert live.do(live.exchange.order(order.id)) == state
    assert live.do(live.exchange.open_orders()) == (state,)


def test_an_order_that_never_arrived_is_not_shown(live: Rig) -> None:
    assert live.do(live.exchange.order(an_id("never"))) is None
    assert live.exchange.grace_ms == 36_000
    assert live.exchange.remembers is False


def test_a_purchase_is_reported_once_with_what_it_cost_and_the_balances_follow(live: Rig) -> None:
    order = an_order("one", symbol=live.symbol)
    live.do(live.exchange.submit(order))
    (report,) = live.do(live.exchange.reports(0))
    fill = report.fill

    assert (report.seq, report.order_id, report.status) == (1, order.id, OrderStatus.FILLED)
    assert fill.quantity == order.quantity
    kept_back = fill.fee_paid if fill.fee_asset == "BTC" else 0
    in_quote = 0 if fill.fee_asset else fill.fee
    quote = QUOTE[live.at.name]
    assert live.do(live.exchange.balances()) == {
        quote: CASH - fill.quantity * fill.price - in_quote,
        "BTC": fill.quantity - kept_back,
    }


def test_reports_are_numbered_from_one_without_holes_and_read_on_from_any(live: Rig) -> None:
    for number in range(5):
        live.do(live.exchange.submit(an_order(f"o{number}", symbol=live.symbol)))
        live.do(live.exchange.reports(number))
    reports = live.do(live.exchange.reports(0))

    assert [report.seq for report in reports] == [1, 2, 3, 4, 5]
    assert len({report.fill.trade_id for report in reports}) == 5
    assert live.do(live.exchange.reports(3)) == reports[3:]
    assert live.do(live.exchange.reports(5)) == ()


def test_a_second_process_over_the_same_log_says_the_same(live: Rig, rigs: Rigs, tmp_path: Path) -> None:
    live.do(live.exchange.submit(an_order("one", symbol=live.symbol)))
    said = live.do(live.exchange.reports(0))
    again = rigs.rig(live.at, path=tmp_path / "live.db")

    assert again.do(again.exchange.reports(0)) == said
    assert again.do(again.exchange.reports(1)) == ()


def test_a_cancelled_order_gives_its_money_back_and_says_so_once(live: Rig) -> None:
    order = an_order("low", quantity="0.5", limit="40000", ioc=False, symbol=live.symbol)
    live.do(live.exchange.submit(order))
    reserved = live.do(live.exchange.balances())
    state = live.do(live.exchange.cancel(order.id))

    assert state.status is OrderStatus.CANCELLED
    assert live.do(live.exchange.cancel(order.id)) == state
    assert live.do(live.exchange.balances()) == reserved == {QUOTE[live.at.name]: CASH}
    assert live.do(live.exchange.open_orders()) == ()
    assert [report.status for report in live.do(live.exchange.reports(0))] == [OrderStatus.CANCELLED]
    assert len(live.do(live.exchange.reports(0))) == 1


def test_cancelling_an_order_that_never_was_is_refused(live: Rig) -> None:
    with pytest.raises(RejectedError):
        live.do(live.exchange.cancel(an_id("never")))


def test_an_order_beyond_the_cash_is_refused_and_does_not_exist(live: Rig) -> None:
    with pytest.raises(RejectedError) as refusal:
        live.do(live.exchange.submit(an_order("much", quantity="3", symbol=live.symbol)))

    assert refusal.value.code == "cash"
    assert live.at.orders() == ()
    assert live.do(live.exchange.order(an_id("much"))) is None
    assert live.do(live.exchange.reports(0)) == ()
    assert live.do(live.exchange.submit(an_order("much", symbol=live.symbol))).filled > 0


def test_what_is_not_held_cannot_be_sold(live: Rig) -> None:
    with pytest.raises(RejectedError) as refusal:
        live.do(live.exchange.submit(an_order("short", Side.SELL, limit="49000", symbol=live.symbol)))

    assert refusal.value.code == "cash"


def test_an_order_of_another_hand_is_shown_and_is_not_ours(live: Rig) -> None:
    by_hand = live.at.trade_by_hand(live.symbol, "buy", "0.01", "30000")
    (state,) = live.do(live.exchange.open_orders())

    assert state.id.startswith("external:")
    assert (state.symbol, state.status) == (live.symbol, OrderStatus.OPEN)
    live.at.fill(by_hand)
    assert live.do(live.exchange.reports(0)) == ()


def test_a_protective_stop_rests_at_the_venue_and_its_fill_is_reported(live: Rig) -> None:
    live.do(live.exchange.submit(an_order("in", symbol=live.symbol)))
    stop = an_order("stop", Side.SELL, quantity="0.005", limit="44000", stop="45000", symbol=live.symbol)
    assert live.do(live.exchange.submit(stop)).status is OrderStatus.OPEN
    live.do(live.exchange.reports(0))

    live.at.move(live.symbol, "44900")
    (report,) = live.do(live.exchange.reports(1))

    assert (report.order_id, report.status, report.fill.side) == (stop.id, OrderStatus.FILLED, Side.SELL)


@pytest.mark.parametrize("kind", [OrderType.MARKET, OrderType.STOP, OrderType.TRAILING, OrderType.OCO])
def test_no_order_without_a_limit_of_its_own_is_ever_sent(live: Rig, kind: OrderType) -> None:
    with pytest.raises(RejectedError) as refusal:
        live.do(live.exchange.submit(an_order("m", kind=kind, symbol=live.symbol)))

    assert refusal.value.code == "order_type"
    assert live.at.requests("create_order") == ()
