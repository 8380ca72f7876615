"""Stop-limits, trailing stops, one-cancels-other pairs and IOC: which bar fills what, at which price."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from core.codec import decode, encode
from core.errors import RejectedError
from core.instant import HOUR
from core.market import Costs
from core.money import money, plain
from core.orders import ApprovedOrder, Order, OrderStatus, OrderType, Side, TimeInForce
from tests.builders import NOON, Tape, an_order, run
from tests.tools.exchange.bar_desk import Desk, Row
from tools.clocks import SimulatedClock
from tools.exchange.paper import schema
from tools.exchange.paper.book import Book
from tools.exchange.paper.costs import parse_costs
from tools.exchange.paper.exchange import PaperExchange

BUY, SELL = Side.BUY, Side.SELL
LIMIT, STOP_LIMIT, TRAILING, OCO = OrderType.LIMIT, OrderType.STOP_LIMIT, OrderType.TRAILING, OrderType.OCO
FEES = parse_costs("maker=0.001&taker=0.002&slippage_bps=0&impact=0&participation=0")
SLIPPERY = parse_costs("maker=0&taker=0&slippage_bps=100&impact=0&participation=0")
SHARED = parse_costs("maker=0&taker=0&slippage_bps=0&impact=0&participation=0.1")
QUIET = (100, 101, 99, 100)


def typed(
    side: Side, kind: OrderType, *, trail: str | None = None, ioc: bool = False, at: int = NOON, **what: Any
) -> ApprovedOrder:
    order = an_order("one", side, kind, at=at, **{"quantity": "1", **what})
    tif = TimeInForce.IOC if ioc else TimeInForce.GTC
    return replace(order, trail=None if trail is None else Decimal(trail), time_in_force=tif)


CASES = [
    # a stop-limit: (order, bars, (bar, quantity, price, fee) or nothing)
    ("sold-at-its-stop", typed(SELL, STOP_LIMIT, stop="95", limit="94"), [QUIET, (100, 101, 94.5, 96)], (1, "1", "95", "0.19")),
    ("untouched", typed(SELL, STOP_LIMIT, stop="95", limit="94"), [QUIET, (100, 101, 95.01, 96)], None),
    ("gapped-but-within-its-limit", typed(SELL, STOP_LIMIT, stop="95", limit="94"), [(94.5, 96, 93, 95)], (0, "1", "94.5", "0.189")),
    ("gapped-beyond-its-limit-rests-and-fills-on-the-way-up", typed(SELL, STOP_LIMIT, stop="95", limit="94"), [(90, 94, 89, 92)], (0, "1", "94", "0.094")),
    ("gapped-beyond-its-limit-and-never-comes-back", typed(SELL, STOP_LIMIT, stop="95", limit="94"), [(90, 93.99, 89, 92), (91, 92, 90, 91)], None),
    ("stays-triggered", typed(SELL, STOP_LIMIT, stop="95", limit="94"), [(90, 92, 89, 92), (91, 97, 90, 96)], (1, "1", "94", "0.094")),
    ("a-limit-above-its-stop-waits-for-the-next-bar", typed(SELL, STOP_LIMIT, stop="95", limit="97"), [(100, 101, 94, 96), (96, 98, 95, 97)], (1, "1", "97", "0.097")),
    ("bought-at-its-stop", typed(BUY, STOP_LIMIT, stop="105", limit="106"), [QUIET, (100, 107, 99, 104)], (1, "1", "105", "0.21")),
    ("bought-after-a-gap", typed(BUY, STOP_LIMIT, stop="105", limit="106"), [(110, 111, 106, 108)], (0, "1", "106", "0.106")),
    # a trailing stop: the stop of the bar before is tested first, then it trails
    ("trails-from-the-first-open", typed(SELL, TRAILING, trail="5"), [(100, 101, 95, 96)], (0, "1", "95", "0.19")),
    ("follows-the-high", typed(SELL, TRAILING, trail="5"), [QUIET, (100, 110, 97, 109), (108, 109, 105, 106)], (2, "1", "105", "0.21")),
    ("does-not-follow-within-the-bar", typed(SELL, TRAILING, trail="5"), [(100, 120, 96, 97)], None),
    ("does-not-follow-down", typed(SELL, TRAILING, trail="5"), [(100, 101, 97, 97), (97, 98, 96.5, 97), (97, 97, 96, 96)], (2, "1", "96", "0.192")),
    ("gaps", typed(SELL, TRAILING, trail="5"), [QUIET, (90, 91, 89, 90)], (1, "1", "90", "0.18")),
    ("is-not-raised-by-the-open-it-is-tested-at", typed(SELL, TRAILING, trail="5"), [QUIET, (110, 111, 97, 110)], None),
    ("trails-a-fall-when-it-buys", typed(BUY, TRAILING, trail="5", at=NOON + HOUR), [QUIET, (100, 101, 90, 91), (92, 95, 91, 94)], (2, "1", "95", "0.19")),
    # one cancels the other
    ("target", typed(SELL, OCO, limit="105", stop="95"), [QUIET, (100, 106, 96, 105)], (1, "1", "105", "0.105")),
    ("stop", typed(SELL, OCO, limit="105", stop="95"), [QUIET, (100, 104, 95, 96)], (1, "1", "95", "0.19")),
    ("stop-before-target", typed(SELL, OCO, limit="105", stop="95"), [(100, 106, 94, 100)], (0, "1", "95", "0.19")),
    ("bought-at-its-target", typed(BUY, OCO, limit="95", stop="105"), [(100, 104, 95, 96)], (0, "1", "95", "0.095")),
    ("bought-at-its-stop-first", typed(BUY, OCO, limit="95", stop="105"), [(100, 106, 94, 96)], (0, "1", "105", "0.21")),
    # immediate or cancel
    ("ioc-at-the-open", typed(BUY, LIMIT, limit="101", ioc=True), [QUIET], (0, "1", "100", "0.2")),
    ("ioc-does-not-wait-within-the-bar", typed(BUY, LIMIT, limit="99.5", ioc=True), [QUIET, QUIET], None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("order", "bars", "expected"), [case[1:] for case in CASES], ids=[c[0] for c in CASES]
)
def test_a_bar_fills(
    order: ApprovedOrder, bars: list[Row], expected: tuple[int, str, str, str] | None
) -> None:
    desk = Desk(bars, FEES).holding("1")
    run(desk.clock.sleep_until(order.created_at))
    desk.submit(order)
    assert desk.fills() == ([] if expected is None else [expected])


def test_a_stop_limit_slips_to_its_limit_and_no_further() -> None:
    for limit, price in (("90", "94.05"), ("94.5", "94.5")):
        desk = Desk([(100, 101, 94, 100)], SLIPPERY).holding("1")
        desk.submit(typed(SELL, STOP_LIMIT, stop="95", limit=limit))
        assert [fill[2] for fill in desk.fills()] == [price]


def test_a_stop_limit_that_the_open_triggers_slips_too() -> None:
    desk = Desk([(94.8, 96, 94, 95)], SLIPPERY).holding("1")
    desk.submit(typed(SELL, STOP_LIMIT, stop="95", limit="94.5"))
    assert [fill[2] for fill in desk.fills()] == ["94.5"]


def test_a_trailing_stop_stands_on_a_tick() -> None:
    desk = Desk([(100.013, 101, 99.99, 100), (100, 100.2, 90, 91)], FEES, tick="0.05").holding("1")
    desk.submit(typed(SELL, TRAILING, trail="0.5"))
    # 101 − 0.5 after the first bar; 100.013 − 0.5 = 99.513, down to 99.5, in it
    assert [fill[:3] for fill in desk.fills()] == [(1, "1", "100")]


def test_a_trail_wider_than_the_price_never_sells() -> None:
    desk = Desk([(1, 1.5, 0.01, 1)], FEES).holding("1")
    desk.submit(typed(SELL, TRAILING, trail="2"))
    assert desk.fills() == []


def test_what_an_ioc_order_did_not_get_at_once_is_cancelled_and_given_back() -> None:
    desk = Desk([(100, 101, 99, 100, 30), QUIET], SHARED)
    desk.submit(typed(BUY, LIMIT, limit="101", quantity="5", ioc=True))
    filled, ended = desk.lived()
    assert (plain(filled.fill.quantity), filled.status) == ("3", OrderStatus.PARTIAL)
    assert (ended.status, ended.known_at, ended.fill) == (OrderStatus.CANCELLED, NOON + HOUR, None)
    assert desk.book.free("USDT") == 100_000 - 300


def test_an_ioc_purchase_by_amount_gives_back_what_the_bar_could_not_take() -> None:
    desk = Desk([(100, 101, 99, 100, 30), QUIET], SHARED)
    desk.submit(replace(an_order("one", spend="1000"), time_in_force=TimeInForce.IOC))
    assert [said.status for said in desk.lived()] == [OrderStatus.PARTIAL, OrderStatus.CANCELLED]
    assert desk.book.free("USDT") == 100_000 - 300


def test_a_pair_has_one_reserve_and_the_one_that_fills_takes_it() -> None:
    desk = Desk([(100, 106, 96, 105)], FEES).holding("1")
    desk.submit(typed(SELL, OCO, limit="105", stop="95"))
    with pytest.raises(RejectedError, match="0 BTC is free"):
        desk.submit(an_order("two", SELL, quantity="1"))
    assert [said.status for said in desk.lived()] == [OrderStatus.FILLED]
    assert desk.book.owned() == {"USDT": Decimal("100104.895")}


def test_a_pair_goes_on_with_both_after_a_partial_target_and_with_the_market_after_its_stop() -> None:
    bars = [(100, 106, 96, 105, 10), (104, 104, 94, 95, 10), (93, 99, 92, 97, 10)]
    desk = Desk(bars, SHARED).holding("3")
    desk.submit(typed(SELL, OCO, limit="105", stop="95", quantity="3"))
    assert [fill[:3] for fill in desk.fills()] == [(0, "1", "105"), (1, "1", "95"), (2, "1", "93")]


def test_a_bought_pair_keeps_aside_what_its_dearer_price_needs() -> None:
    desk = Desk([(94, 95, 93, 94, 10), (106, 107, 106, 106, 10), (106, 107, 106, 106, 10)], SHARED)
    desk.submit(typed(BUY, OCO, limit="95", stop="105", quantity="3"))
    assert desk.book.free("USDT") == 100_000 - 315
    desk.wait(1)
    run(desk.venue.reports(0))
    # 1 x 94 is paid; 2 x 105 stay aside
    assert desk.book.free("USDT") == 100_000 - 94 - 210
    # and at 106 they buy one and, of the 104 that are left, 0.981
    assert [fill[:3] for fill in desk.fills()] == [(0, "1", "94"), (1, "1", "106"), (2, "0.981", "106")]


def test_a_bought_pair_whose_stop_was_touched_keeps_all_its_money_as_a_stop_does() -> None:
    bars = [(100, 106, 99, 105, 10), (90, 91, 89, 90, 10), (110, 111, 109, 110, 10)]
    desk = Desk(bars, SHARED)
    desk.submit(typed(BUY, OCO, limit="95", stop="105", quantity="3"))
    assert [fill[:3] for fill in desk.fills()] == [(0, "1", "105"), (1, "1", "90"), (2, "1", "110")]


def test_a_stop_comes_before_the_target_of_another_order_within_the_bars_volume() -> None:
    desk = Desk([(100, 106, 94, 100, 10)], SHARED).holding("2")
    desk.submit(replace(typed(SELL, LIMIT, limit="105"), id=an_order("target").id))
    desk.submit(replace(typed(SELL, OCO, limit="107", stop="95"), id=an_order("pair").id))
    assert [said.order_id for said in desk.lived()] == ["pair"]


def test_a_trailing_purchase_sets_aside_the_last_price_and_its_trail() -> None:
    desk = Desk([(100, 101, 99, 100), QUIET], FEES)
    with pytest.raises(RejectedError) as refusal:
        desk.submit(typed(BUY, TRAILING, trail="5"))
    assert refusal.value.code == "no_price"
    desk.wait(1)
    desk.submit(typed(BUY, TRAILING, trail="5", at=NOON + HOUR))
    assert desk.book.free("USDT") == Decimal(100_000) - Decimal("105.21")


@pytest.mark.parametrize(
    "order",
    [
        typed(SELL, STOP_LIMIT, stop="95"),
        typed(SELL, STOP_LIMIT, limit="95"),
        typed(SELL, STOP_LIMIT, stop="95", limit="94", trail="1"),
        typed(SELL, OCO, limit="105"),
        typed(SELL, OCO, limit="95", stop="105"),
        typed(SELL, OCO, limit="95", stop="95"),
        typed(BUY, OCO, limit="105", stop="95"),
        typed(SELL, TRAILING),
        typed(SELL, TRAILING, trail="0"),
        typed(SELL, TRAILING, trail="NaN"),
        typed(SELL, TRAILING, trail="5", stop="95"),
        typed(SELL, TRAILING, trail="5", ioc=True),
        typed(SELL, OrderType.STOP, stop="95", ioc=True),
        typed(SELL, OCO, limit="105", stop="95", ioc=True),
        typed(SELL, STOP_LIMIT, limit="94", stop="95", ioc=True),
        typed(SELL, LIMIT, limit="94", trail="1"),
    ],
    ids=str,
)
def test_a_type_without_its_prices_or_with_others_is_refused(order: ApprovedOrder) -> None:
    desk = Desk([QUIET]).holding("1")
    with pytest.raises(RejectedError) as refusal:
        desk.submit(order)
    assert refusal.value.code == "malformed"


def test_a_trail_finer_than_the_tick_is_refused() -> None:
    with pytest.raises(RejectedError) as refusal:
        Desk([QUIET]).holding("1").submit(typed(SELL, TRAILING, trail="0.005"))
    assert refusal.value.code == "precision"


def test_a_book_of_before_these_types_is_brought_up_and_its_orders_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = tmp_path / "paper.db"
    clock = SimulatedClock(NOON)
    with monkeypatch.context() as before:
        before.setattr(schema, "SCHEMA", replace(schema.SCHEMA, migrations=schema.SCHEMA.migrations[:1]))
        before.setattr(schema, "ADD_ORDER", f"INSERT INTO orders VALUES ({', '.join('?' * 25)})")
        row = schema.order_row
        before.setattr(schema, "order_row", lambda *what: row(*what)[:25])
        book = Book.connect(old, "desk", durable=False)
        book.open(money("1000 USDT"), NOON)
        run(PaperExchange(book, Tape(clock), clock, Costs(), "desk").submit(typed(BUY, LIMIT, limit="99")))
        book.close()
    again = Book.connect(old, "desk", durable=False)
    (working,) = again.working.values()
    as_kept = decode(Order, encode(typed(BUY, LIMIT, limit="99")))
    assert (working.order, working.best) == (as_kept, None)
    kept = sqlite3.connect(tmp_path / "paper.db.v1")
    assert kept.execute("SELECT count(*) FROM orders").fetchone() == (1,)
    kept.close()
