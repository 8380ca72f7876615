"""The venue's book: what it keeps, across restarts, failed disks and the end of a listing."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest

from core.errors import FaultError, InvariantError, RejectedError, UsageError
from core.ids import exit_id
from core.instant import HOUR, Instant
from core.ledger import deposit
from core.market import Costs
from core.money import money, plain
from core.orders import OrderStatus, OrderType, Side
from tests.builders import NOON, Tape, a_candle, a_market_order, an_instrument, an_order, run
from tools.clocks import SimulatedClock
from tools.exchange.paper import schema
from tools.exchange.paper.book import Book
from tools.exchange.paper.exchange import PaperExchange

CALM = Costs(slippage_bps=Decimal(0), impact=Decimal(0))
SELL, STOP, LIMIT = Side.SELL, OrderType.STOP, OrderType.LIMIT


@dataclass
class Desk:
    path: Path
    tape: Tape
    clock: SimulatedClock
    book: Book
    venue: PaperExchange

    def again(self) -> None:
        """The process dies; another one opens the same book."""
        self.book.close()
        self.book = Book.connect(self.path, "desk", durable=False)
        self.venue = PaperExchange(self.book, self.tape, self.clock, CALM, "desk")

    def wait(self, hours: int = 1) -> None:
        run(self.clock.sleep_until(Instant(self.clock.now() + hours * HOUR)))


def a_desk(path: Path, hours: int = 24) -> Desk:
    clock = SimulatedClock(NOON)
    symbols = ("BTC/USDT", "ETH/USDT")
    tape = Tape(clock, [an_instrument(symbol) for symbol in symbols])
    for hour in range(hours):
        open_ = 100.0 + 3 * (hour % 5)
        for symbol in symbols:
            bar = (open_, open_ + 4, open_ - 4, open_ + 1)
            tape.candles.append(a_candle(NOON + hour * HOUR, bar, 20.0 + 7 * (hour % 3), symbol))
    book = Book.connect(path, "desk", durable=False)
    book.open(money("10000 USDT"), NOON)
    return Desk(path, tape, clock, book, PaperExchange(book, tape, clock, CALM, "desk"))


def test_an_account_is_opened_once_and_goes_on_afterwards(tmp_path: Path) -> None:
    desk = a_desk(tmp_path / "paper.db")
    desk.book.open(money("5 BTC"), NOON)
    desk.again()
    desk.book.open(money("99 USDT"), NOON)
    assert run(desk.venue.balances()) == {"USDT": Decimal(10_000)}


def test_accounts_of_one_file_do_not_mix(tmp_path: Path) -> None:
    desk = a_desk(tmp_path / "paper.db")
    run(desk.venue.submit(a_market_order("one", spend="500")))
    other = Book.connect(tmp_path / "paper.db", "other", durable=False)
    other.open(money("7 EUR"), NOON)
    assert other.audit() == {"EUR": Decimal(7)}
    assert other.find(a_market_order("one", spend="500").id) is None
    assert desk.book.audit() == {"USDT": Decimal(10_000)}


def test_a_venue_without_an_opened_account_is_a_mistake(tmp_path: Path) -> None:
    clock = SimulatedClock(NOON)
    with pytest.raises(ValueError, match="must be opened first"):
        PaperExchange(Book.connect(tmp_path / "p.db", "desk"), Tape(clock), clock, CALM, "desk")


def script(desk: Desk, after_each: str) -> dict[str, list[tuple[object, ...]]]:
    """Some hours of trading; *after_each* says what happens between any two calls. The book's rows."""

    def step(answer: object = None) -> None:
        if after_each == "dies":
            desk.again()

    def submit(*args: object, **kwargs: object) -> None:
        run(desk.venue.submit(an_order(*args, **kwargs, at=desk.clock.now())))  # type: ignore[arg-type]
        step()

    def wait(hours: int) -> None:
        for _ in range(hours):
            desk.wait()
            if after_each != "sleeps":
                step(run(desk.venue.reports(0)))

    submit("a-spend", spend="2500")
    submit("b-low", Side.BUY, LIMIT, quantity="2", limit="97", symbol="ETH/USDT")
    wait(3)
    run(desk.venue.reports(0))
    submit("c-stop", SELL, STOP, quantity="5", stop="98.5")
    submit("d-target", SELL, LIMIT, quantity="3", limit="111")
    submit("e-far", Side.BUY, LIMIT, quantity="1", limit="10")
    submit("f-spend", spend="1234.567", symbol="ETH/USDT")
    wait(6)
    run(desk.venue.cancel(an_order("e-far").id))
    step()
    submit("g-sell", SELL, quantity="0.1")
    wait(5)
    run(desk.venue.reports(0))
    desk.book.audit()
    tables = ("accounts", "orders", "reports", "transactions", "postings")
    return {name: desk.book._connection.execute(f"SELECT * FROM {name}").fetchall() for name in tables}


def test_a_process_that_dies_between_any_two_calls_leaves_the_book_of_one_that_lived(tmp_path: Path) -> None:
    lived = script(a_desk(tmp_path / "lived.db"), "lives")
    died = script(a_desk(tmp_path / "died.db"), "dies")
    assert len(lived["reports"]) > 6
    assert died == lived


def test_bars_lived_through_late_and_in_one_go_fill_as_they_would_have_one_by_one(tmp_path: Path) -> None:
    assert script(a_desk(tmp_path / "a.db"), "sleeps") == script(a_desk(tmp_path / "b.db"), "lives")


def test_old_reports_are_read_from_the_book_and_equal_what_was_said(tmp_path: Path) -> None:
    desk = a_desk(tmp_path / "paper.db")
    script(desk, "lives")
    said = run(desk.venue.reports(0))
    desk.again()
    assert run(desk.venue.reports(0)) == said
    assert run(desk.venue.reports(3)) == said[3:]


def test_nothing_is_said_before_what_was_said_earlier_when_the_clock_begins_again(tmp_path: Path) -> None:
    desk = a_desk(tmp_path / "paper.db")
    far = an_order("far", Side.BUY, LIMIT, quantity="1", limit="10")
    run(desk.venue.submit(far))
    run(desk.venue.submit(a_market_order("one", spend="500")))
    desk.wait()
    assert [said.seq for said in run(desk.venue.reports(0))] == [1]

    desk.clock = desk.tape.clock = SimulatedClock(NOON)
    desk.again()
    run(desk.venue.cancel(far.id))
    assert run(desk.venue.reports(0)) == ()
    desk.wait()
    assert [(said.seq, said.order_id) for said in run(desk.venue.reports(0))] == [(1, "one"), (2, "far")]


def test_orders_are_read_back_as_they_were(tmp_path: Path) -> None:
    desk = a_desk(tmp_path / "paper.db")
    order = an_order("low", Side.BUY, LIMIT, quantity="1.250", limit="50.10")
    state = run(desk.venue.submit(order))
    desk.again()
    assert run(desk.venue.order(order.id)) == state
    assert run(desk.venue.open_orders()) == (state,)


def test_a_write_that_fails_leaves_memory_and_book_as_they_were(tmp_path: Path) -> None:
    desk = a_desk(tmp_path / "paper.db")
    desk.book._connection.execute(
        "CREATE TRIGGER full BEFORE INSERT ON postings BEGIN SELECT RAISE(ABORT, 'disk full'); END"
    )
    with pytest.raises(FaultError, match="disk full"):
        run(desk.venue.submit(a_market_order("one", spend="500")))
    assert run(desk.venue.open_orders()) == ()
    assert desk.book.free("USDT") == 10_000

    desk.book._connection.execute("DROP TRIGGER full")
    run(desk.venue.submit(a_market_order("one", spend="500")))
    desk.wait()
    assert [said.seq for said in run(desk.venue.reports(0))] == [1]
    desk.book.audit()


def test_a_change_that_raises_half_way_changes_nothing(tmp_path: Path) -> None:
    desk = a_desk(tmp_path / "paper.db")

    def half() -> None:
        with desk.book.change():
            desk.book.post(deposit("USDT", Decimal(5), "x", NOON))
            raise InvariantError("no")

    with pytest.raises(InvariantError):
        half()
    assert desk.book.audit() == {"USDT": Decimal(10_000)}


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE postings SET amount = '10001' WHERE role = 'available' AND amount = '10000'",
        "DELETE FROM postings WHERE rowid = 1",
        "INSERT INTO postings VALUES (1, 'available', 'USDT', '1')",
    ],
)
def test_the_audit_sees_a_changed_book(tmp_path: Path, tampering: str) -> None:
    desk = a_desk(tmp_path / "paper.db")
    desk.book.audit()
    desk.book._connection.execute(tampering)
    with pytest.raises(InvariantError):
        desk.book.audit()


def test_money_is_text_in_the_book_and_loses_no_digit(tmp_path: Path) -> None:
    desk = a_desk(tmp_path / "paper.db")
    run(desk.venue.submit(a_market_order("one", spend="1234.000000000000000001")))
    rows = desk.book._connection.execute(
        "SELECT typeof(amount), amount FROM postings WHERE role = 'reserved'"
    )
    assert rows.fetchall() == [("text", "1234.000000000000000001")]


def test_a_book_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    desk = a_desk(tmp_path / "paper.db")
    desk.book._connection.execute("UPDATE schema_version SET version = ?", (schema.SCHEMA.version + 1,))
    desk.book.close()
    with pytest.raises(UsageError, match="has schema"):
        Book.connect(tmp_path / "paper.db", "desk")


def test_the_end_of_a_listing_cancels_its_orders_and_sells_the_holding_at_the_last_print(
    tmp_path: Path,
) -> None:
    desk = a_desk(tmp_path / "paper.db", hours=6)
    desk.tape.ended["ETH/USDT"] = Instant(NOON + 6 * HOUR)
    run(desk.venue.submit(an_order("eth", spend="200", symbol="ETH/USDT")))
    run(desk.venue.submit(a_market_order("btc", spend="200")))
    desk.wait(2)
    quantity = run(desk.venue.balances())["ETH"]
    run(
        desk.venue.submit(
            an_order("stop", SELL, STOP, quantity="1", stop="9", symbol="ETH/USDT", at=desk.clock.now())
        )
    )
    desk.wait(3)
    before = run(desk.venue.reports(0))[-1].seq
    desk.wait(1)
    cancelled, sold = run(desk.venue.reports(before))

    assert (cancelled.order_id, cancelled.status, cancelled.reason) == (
        "stop", OrderStatus.CANCELLED, "delisted",
    )  # fmt: skip
    assert (sold.order_id, sold.status, sold.reason) == (
        exit_id("desk", "ETH/USDT", "delisted", Instant(NOON + 6 * HOUR)), OrderStatus.FILLED, "delisted",
    )  # fmt: skip
    # The bar opened at five reads 100 101: that is the last print.
    assert sold.fill is not None
    assert (sold.fill.quantity, plain(sold.fill.price), sold.fill.at) == (quantity, "101", NOON + 6 * HOUR)
    assert sold.fill.fee == quantity * 101 * CALM.taker
    assert "ETH" not in run(desk.venue.balances())
    assert run(desk.venue.balances())["BTC"] > 0
    desk.book.audit()

    desk.again()
    desk.wait(5)
    assert run(desk.venue.reports(sold.seq)) == ()
    with pytest.raises(RejectedError, match="ended"):
        run(desk.venue.submit(an_order("more", spend="100", symbol="ETH/USDT", at=desk.clock.now())))


def test_an_idle_venue_asks_its_feed_for_no_candle(tmp_path: Path) -> None:
    desk = a_desk(tmp_path / "paper.db")
    run(desk.venue.submit(a_market_order("one", spend="200")))
    desk.wait()
    run(desk.venue.reports(0))

    def refuse(symbol: str, opened_from: Instant) -> list[object]:
        raise AssertionError(symbol)

    desk.tape.candles_since = refuse  # type: ignore[assignment,method-assign]
    desk.wait()
    assert run(desk.venue.reports(1)) == ()
