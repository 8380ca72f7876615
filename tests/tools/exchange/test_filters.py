"""What the paper venue refuses: just under, at, just over; in words and with a code."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from core.errors import RejectedError, UsageError
from core.instant import Instant
from core.ledger import deposit
from core.market import NO_COSTS, Costs, Instrument
from core.money import money
from core.orders import ApprovedOrder, OrderType, Side
from tests.builders import NOON, Tape, an_instrument, an_order, run
from tools.clocks import SimulatedClock
from tools.exchange.paper.book import Book
from tools.exchange.paper.costs import costs_text, parse_costs
from tools.exchange.paper.exchange import PaperExchange

BUY, SELL = Side.BUY, Side.SELL
MARKET, LIMIT, STOP = OrderType.MARKET, OrderType.LIMIT, OrderType.STOP
BOUNDED = Instrument(
    "BTC/USDT", Decimal("0.01"), Decimal("0.001"), Decimal("0.01"), Decimal(10), Decimal(50), Decimal(5000)
)


def a_venue() -> PaperExchange:
    """A venue where 10,000 USDT and 20 BTC are free."""
    clock = SimulatedClock(NOON)
    instruments = (BOUNDED, an_instrument("OLD/USDT"), an_instrument("BTC/EUR"))
    tape = Tape(clock, instruments, ended={"OLD/USDT": Instant(NOON - 1)})
    book = Book.connect(Path(":memory:"), "desk")
    book.open(money("10000 USDT"), NOON)
    with book.change():
        book.post(deposit("BTC", Decimal(20), "gift", NOON))
    return PaperExchange(book, tape, clock, Costs(taker=Decimal("0.001")), "desk")


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (an_order("o", spend="5000"), "taken"),
        (an_order("o", spend="5000.01"), "notional.max"),
        (an_order("o", spend="10"), "taken"),
        (an_order("o", spend="9.99"), "notional.min"),
        (an_order("o", BUY, LIMIT, quantity="0.1", limit="100"), "taken"),
        (an_order("o", BUY, LIMIT, quantity="0.1", limit="99.99"), "notional.min"),
        (an_order("o", BUY, LIMIT, quantity="50", limit="100"), "taken"),
        (an_order("o", BUY, LIMIT, quantity="50", limit="100.01"), "notional.max"),
        (an_order("o", BUY, LIMIT, quantity="50.001", limit="1"), "quantity.max"),
        (an_order("o", SELL, quantity="0.01"), "taken"),
        (an_order("o", SELL, quantity="0.009"), "quantity.min"),
        (an_order("o", SELL, quantity="0.0105"), "precision"),
        (an_order("o", SELL, LIMIT, quantity="1", limit="100.001"), "precision"),
        (an_order("o", SELL, STOP, quantity="1", stop="100.001"), "precision"),
        (an_order("o", SELL, quantity="20"), "taken"),
        (an_order("o", SELL, quantity="20.001"), "short"),
        (an_order("o", SELL, STOP, quantity="20", stop="50"), "taken"),
        (an_order("o", BUY, LIMIT, quantity="49.999", limit="100"), "taken"),
        (an_order("o", BUY, STOP, quantity="49.999", stop="100"), "taken"),
        (an_order("o", SELL, spend="100"), "malformed"),
        (an_order("o", BUY, quantity="1"), "no_price"),
        (an_order("o", BUY, quantity="1", spend="100"), "malformed"),
        (an_order("o", BUY), "malformed"),
        (an_order("o", BUY, LIMIT, spend="100", limit="100"), "malformed"),
        (an_order("o", SELL, LIMIT, quantity="1"), "malformed"),
        (an_order("o", SELL, STOP, quantity="1", stop="90", limit="89"), "malformed"),
        (an_order("o", SELL, quantity="0"), "malformed"),
        (an_order("o", SELL, quantity="-1"), "malformed"),
        (an_order("o", SELL, quantity="NaN"), "malformed"),
        (an_order("o", spend="Infinity"), "malformed"),
        (an_order("o", spend="100", symbol="BTCUSDT"), "unknown_symbol"),
        (an_order("o", spend="100", symbol="OLD/USDT"), "delisted"),
        (an_order("o", spend="100", symbol="BTC/EUR"), "quote"),
    ],
    ids=str,
)
def test_the_venue_takes_or_refuses(order: ApprovedOrder, expected: str) -> None:
    venue = a_venue()
    if expected == "taken":
        run(venue.submit(order))
        return
    with pytest.raises(RejectedError) as refusal:
        run(venue.submit(order))
    assert refusal.value.code == expected
    assert order.id in refusal.value.message
    assert refusal.value.mend
    assert run(venue.order(order.id)) is None


def test_a_limit_purchase_must_be_paid_with_its_fee() -> None:
    clock = SimulatedClock(NOON)
    book = Book.connect(Path(":memory:"), "desk")
    book.open(money("1001 USDT"), NOON)
    venue = PaperExchange(book, Tape(clock), clock, Costs(), "desk")
    with pytest.raises(RejectedError, match=r"needs 1001\.1001 USDT; 1001 USDT is free"):
        run(venue.submit(an_order("o", BUY, LIMIT, quantity="10.001", limit="100")))
    run(venue.submit(an_order("o", BUY, LIMIT, quantity="10", limit="100")))


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("", "impact=0.1&latency=0s&maker=0.001&participation=0.1&slippage_bps=5&taker=0.001"),
        (
            "taker=0.0020&latency=120s",
            "impact=0.1&latency=2m&maker=0.001&participation=0.1&slippage_bps=5&taker=0.002",
        ),
        ("none", "none"),
        ("maker=0&taker=0&slippage_bps=0&impact=0&latency=0s&participation=0", "none"),
    ],
)
def test_costs_have_one_canonical_text_that_reads_back(text: str, canonical: str) -> None:
    assert costs_text(parse_costs(text)) == canonical
    assert parse_costs(canonical) == parse_costs(text)


def test_the_defaults_of_the_text_are_those_of_the_type() -> None:
    assert parse_costs("") == Costs()
    assert parse_costs("none") == NO_COSTS
    assert parse_costs("maker=0.002") == replace(Costs(), maker=Decimal("0.002"))


@pytest.mark.parametrize(
    "text",
    [
        "fee=0.1", "taker=-0.001", "taker=0.51", "taker=NaN", "taker=Infinity", "taker=x", "taker", "taker=",
        "participation=1.1", "slippage_bps=5001", "impact=101", "latency=-1s", "latency=2d", "latency=5",
        "taker=0.1&taker=0.2", "latency=",
    ],
)  # fmt: skip
def test_costs_that_no_venue_has_are_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_costs(text)
