"""What every exchange must do, whatever stands behind it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from core.errors import RejectedError
from core.ids import OrderId
from core.instant import HOUR, Instant
from core.market import Costs
from core.money import money
from core.orders import OrderStatus, OrderType, Side, TimeInForce
from core.ports import Exchange
from tests.builders import NOON, Tape, a_candle, a_market_order, an_order
from tools.clocks import SimulatedClock
from tools.exchange.paper import border
from tools.exchange.paper.book import Book
from tools.exchange.paper.border import FaultyBorder
from tools.exchange.paper.exchange import PaperExchange
from tools.exchange.paper.faults import NO_FAULTS

CASH = Decimal(10_000)
FREE = Costs(*map(Decimal, ("0.001", "0.002", "0", "0")), latency_ms=0, participation=Decimal(0))


@dataclass
class Venue:
    """An exchange with 10,000 USDT and 48 quiet hours of BTC/USDT at 100 ahead of it.

    *reopen* is what a new process would open; ``None`` where nothing outlives this one.
    """

    exchange: Exchange
    clock: SimulatedClock
    reopen: Callable[[], Exchange] | None = None

    def do(self, answer: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run(answer)

    def wait(self, hours: int) -> None:
        self.do(self.clock.sleep_until(Instant(self.clock.now() + hours * HOUR)))

    def holding(self) -> Venue:
        """Has bought about ten BTC."""
        self.do(self.exchange.submit(a_market_order("first", spend="1010")))
        self.wait(1)
        return self


def paper(path: Path, traffic: Path | None = None) -> Venue:
    clock = SimulatedClock(NOON)
    tape = Tape(clock, candles=[a_candle(NOON + hour * HOUR) for hour in range(48)])

    def opened() -> Exchange:
        book = Book.connect(path, "paper", durable=False)
        book.open(money("10000 USDT"), NOON)
        venue = PaperExchange(book, tape, clock, FREE, "paper")
        return venue if traffic is None else FaultyBorder(venue, NO_FAULTS, clock, traffic)

    return Venue(opened(), clock, opened if path.suffix else None)


ADAPTERS: dict[str, Callable[[Path], Venue]] = {
    "paper in memory": lambda _: paper(Path(":memory:")),
    "paper on disk": lambda folder: paper(folder / "paper.db"),
    "paper behind a border": lambda folder: paper(folder / "paper.db", folder / "border.db"),
}


@pytest.fixture(params=ADAPTERS)
def venue(
    request: pytest.FixtureRequest, tmp_path: Path, closed_at_the_end: Callable[[object, str], None]
) -> Venue:
    closed_at_the_end(Book, "connect")
    closed_at_the_end(border, "Transit")
    return ADAPTERS[request.param](tmp_path)


def test_an_accepted_order_is_open_and_can_be_read_by_its_id(venue: Venue) -> None:
    order = a_market_order("one", spend="1000")
    state = venue.do(venue.exchange.submit(order))

    assert (state.id, state.symbol, state.status, state.filled) == (
        order.id,
        order.symbol,
        OrderStatus.OPEN,
        0,
    )
    assert venue.do(venue.exchange.order(order.id)) == state
    assert venue.do(venue.exchange.open_orders()) == (state,)


def test_an_order_that_never_arrived_is_proven_absent_once_the_grace_has_passed(venue: Venue) -> None:
    assert venue.exchange.grace_ms is not None
    venue.do(venue.clock.sleep_until(Instant(NOON + venue.exchange.grace_ms + 1)))
    assert venue.do(venue.exchange.order(OrderId("never"))) is None


def test_a_second_submit_of_an_open_order_places_nothing(venue: Venue) -> None:
    order = a_market_order("one", spend="1000")
    first = venue.do(venue.exchange.submit(order))
    if venue.exchange.remembers:
        assert venue.do(venue.exchange.submit(order)) == first
    else:
        with pytest.raises(RejectedError) as refusal:
            venue.do(venue.exchange.submit(order))
        assert refusal.value.code == "duplicate"
    assert venue.do(venue.exchange.open_orders()) == (first,)


@pytest.mark.parametrize("venue", ["paper in memory", "paper on disk"], indirect=True)
def test_where_ids_are_remembered_a_second_submit_changes_nothing_even_after_the_fill(venue: Venue) -> None:
    order = a_market_order("one", spend="1000")
    venue.do(venue.exchange.submit(order))
    venue.wait(1)
    filled = venue.do(venue.exchange.submit(order))
    venue.wait(5)

    assert venue.exchange.remembers
    assert filled.status is OrderStatus.FILLED
    assert venue.do(venue.exchange.open_orders()) == ()
    assert len(venue.do(venue.exchange.reports(0))) == 1


def test_all_is_well_with_a_venue_that_answers(venue: Venue) -> None:
    assert venue.do(venue.exchange.trouble()) is None


def test_what_goes_on_the_wire_can_be_journalled(venue: Venue) -> None:
    json.dumps(dict(venue.exchange.wire(a_market_order("one", spend="1000"))))


TYPES = [
    (OrderType.STOP_LIMIT, {"stop": "99.5", "limit": "99"}, None, "99.5"),
    (OrderType.TRAILING, {}, "0.75", "99.25"),
    (OrderType.OCO, {"stop": "50", "limit": "101"}, None, "101"),
    (OrderType.OCO, {"stop": "99.5", "limit": "101"}, None, "99.5"),
    (OrderType.STOP, {"stop": "99.5"}, None, "99.5"),
    (OrderType.LIMIT, {"limit": "101"}, None, "101"),
]


@pytest.mark.parametrize(("kind", "prices", "trail", "price"), TYPES)
def test_every_type_of_order_fills_at_its_price(
    venue: Venue, kind: OrderType, prices: dict[str, str], trail: str | None, price: str
) -> None:
    venue.holding()
    order = an_order("one", Side.SELL, kind, quantity="1", at=venue.clock.now(), **prices)
    order = replace(order, trail=None if trail is None else Decimal(trail))
    state = venue.do(venue.exchange.submit(order))
    assert (state.status, state.filled) == (OrderStatus.OPEN, 0)

    venue.wait(1)
    (report,) = venue.do(venue.exchange.reports(1))
    state = venue.do(venue.exchange.order(order.id))
    assert (report.order_id, report.status, report.fill.price) == (
        order.id,
        OrderStatus.FILLED,
        Decimal(price),
    )
    assert (state.status, state.filled) == (OrderStatus.FILLED, 1)
    assert state.spent == report.fill.quantity * report.fill.price - report.fill.fee


def test_an_ioc_order_that_the_market_is_away_from_ends_without_a_fill(venue: Venue) -> None:
    order = an_order("one", kind=OrderType.LIMIT, quantity="1", limit="99.5")
    order = replace(order, time_in_force=TimeInForce.IOC)
    venue.do(venue.exchange.submit(order))
    venue.wait(1)
    state = venue.do(venue.exchange.order(order.id))
    assert (state.status, state.filled) == (OrderStatus.CANCELLED, 0)
    assert venue.do(venue.exchange.balances()) == {"USDT": CASH}


def test_an_order_that_has_filled_stays_so_when_it_is_cancelled(venue: Venue) -> None:
    venue.holding()
    state = venue.do(venue.exchange.cancel(OrderId("first")))
    assert state.status is OrderStatus.FILLED


@pytest.mark.parametrize("venue", ["paper on disk", "paper behind a border"], indirect=True)
def test_a_new_process_goes_on_where_the_old_one_was(venue: Venue) -> None:
    assert venue.reopen is not None
    venue.holding()
    pair = an_order(
        "pair", Side.SELL, OrderType.OCO, quantity="1", stop="50", limit="200", at=venue.clock.now()
    )
    venue.do(venue.exchange.submit(pair))
    trail = replace(an_order("t", Side.SELL, OrderType.TRAILING, quantity="1", at=NOON), trail=Decimal(3))
    venue.do(venue.exchange.submit(trail))
    venue.wait(2)
    before = [venue.do(ask()) for ask in (venue.exchange.open_orders, venue.exchange.balances)]
    said = venue.do(venue.exchange.reports(0))
    venue.do(venue.exchange.close())

    again = venue.reopen()
    assert [venue.do(ask()) for ask in (again.open_orders, again.balances)] == before
    assert venue.do(again.reports(0)) == said
    venue.wait(1)
    assert venue.do(again.reports(len(said))) == ()


def test_a_purchase_spends_what_was_given_to_it_and_no_more(venue: Venue) -> None:
    venue.do(venue.exchange.submit(a_market_order("one", spend="1000")))
    venue.wait(1)
    (report,) = venue.do(venue.exchange.reports(0))
    cost = report.fill.quantity * report.fill.price + report.fill.fee

    assert Decimal(999) < cost <= 1000
    assert venue.do(venue.exchange.balances()) == {"USDT": CASH - cost, "BTC": report.fill.quantity}


def test_a_fill_is_reported_when_its_bar_has_closed_and_not_before(venue: Venue) -> None:
    venue.do(venue.exchange.submit(a_market_order("one", spend="1000")))
    assert venue.do(venue.exchange.reports(0)) == ()

    venue.wait(1)
    (report,) = venue.do(venue.exchange.reports(0))
    assert (report.fill.at, report.known_at) == (NOON, NOON + HOUR)


def test_reports_are_numbered_from_one_without_holes_and_read_on_from_any(venue: Venue) -> None:
    for number in range(5):
        venue.do(venue.exchange.submit(a_market_order(f"o{number}", spend="100", at=venue.clock.now())))
        venue.wait(1)
    reports = venue.do(venue.exchange.reports(0))

    assert [report.seq for report in reports] == [1, 2, 3, 4, 5]
    assert len({report.fill.trade_id for report in reports}) == 5
    assert venue.do(venue.exchange.reports(3)) == reports[3:]
    assert venue.do(venue.exchange.reports(5)) == ()


def test_a_cancelled_order_gives_its_money_back_and_fills_no_more(venue: Venue) -> None:
    resting = an_order("low", kind=OrderType.LIMIT, quantity="10", limit="50")
    venue.do(venue.exchange.submit(resting))
    venue.wait(2)
    state = venue.do(venue.exchange.cancel(resting.id))
    venue.wait(2)

    assert state.status is OrderStatus.CANCELLED
    assert venue.do(venue.exchange.cancel(resting.id)) == state
    assert venue.do(venue.exchange.balances()) == {"USDT": CASH}
    assert [report.status for report in venue.do(venue.exchange.reports(0))] == [OrderStatus.CANCELLED]
    venue.do(venue.exchange.submit(a_market_order("all", spend="10000", at=venue.clock.now())))


def test_cancelling_an_order_that_never_was_is_refused(venue: Venue) -> None:
    with pytest.raises(RejectedError):
        venue.do(venue.exchange.cancel(OrderId("never")))


def test_a_refused_order_does_not_exist_and_its_id_may_come_again(venue: Venue) -> None:
    with pytest.raises(RejectedError):
        venue.do(venue.exchange.submit(a_market_order("one", spend="10000.01")))

    assert venue.do(venue.exchange.order(OrderId("one"))) is None
    assert venue.do(venue.exchange.balances()) == {"USDT": CASH}
    assert venue.do(venue.exchange.submit(a_market_order("one", spend="10000"))).status is OrderStatus.OPEN


def test_two_orders_never_spend_the_same_money(venue: Venue) -> None:
    venue.do(venue.exchange.submit(a_market_order("one", spend="6000")))
    with pytest.raises(RejectedError) as refusal:
        venue.do(venue.exchange.submit(a_market_order("two", spend="6000")))

    assert refusal.value.code == "cash"
    assert venue.do(venue.exchange.balances()) == {"USDT": CASH}


def test_what_is_not_held_cannot_be_sold(venue: Venue) -> None:
    with pytest.raises(RejectedError) as refusal:
        venue.do(venue.exchange.submit(a_market_order("short", quantity="1")))

    assert refusal.value.code == "short"


def test_what_one_sale_has_set_aside_another_cannot_sell(venue: Venue) -> None:
    venue.do(venue.exchange.submit(a_market_order("buy", spend="1000")))
    venue.wait(1)
    held = str(venue.do(venue.exchange.balances())["BTC"])
    stop = an_order("stop", Side.SELL, OrderType.STOP, quantity=held, stop="50", at=venue.clock.now())
    venue.do(venue.exchange.submit(stop))

    with pytest.raises(RejectedError):
        venue.do(venue.exchange.submit(a_market_order("sell", quantity="0.001", at=venue.clock.now())))
