"""The journal's stream, read back as an account's life."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from agent.report.history import history
from core.errors import NoAnswerError
from core.events import Cancelled, Delisted, Exit, Filled, Halted, Refused, Resumed, Span
from core.ids import OrderId
from core.instant import Instant
from core.orders import Fill, Finding, Liquidity, Purpose, Side, Wish

if TYPE_CHECKING:
    from tests.agent.report.conftest import House

SYMBOLS = ("A/USDT",)
END = Instant(10**12 * 2)
FOUND = (Finding("cash", "needs 20000 USDT; 10000 are there"), Finding("edge", "too thin"))


def bought(house: House, at: int = 1000) -> str:
    decision = house.decide(at, "A/USDT", 1.0, "it rose", SYMBOLS)
    house.trade(at, "A/USDT", Side.BUY, Decimal(10), Decimal(100), decision=decision, reason="it rose", purpose=Purpose.ENTRY)  # fmt: skip
    return decision


def test_a_stream_without_a_start_holds_no_run() -> None:
    with pytest.raises(NoAnswerError, match="no run of this account"):
        history([])


def test_an_order_belongs_to_its_decision_with_its_fills(house: House) -> None:
    house.start(SYMBOLS, END)
    decision = bought(house)
    story = history(house.records)
    (order,) = story.told[decision].orders
    assert order.submitted
    assert [fill.price for fill in order.fills] == [100]
    assert story.portfolio.quantity("A/USDT") == 10
    assert story.head == house.records[-1].hash


def test_a_span_counts_every_decision_inside_it(house: House) -> None:
    house.start(SYMBOLS, END)
    bought(house)
    house.write(9000, Span("rule:x", Instant(1), Instant(2), 41, "0" * 64))
    assert history(house.records).decisions == 42


def test_a_veto_is_a_finding_that_refused_and_not_one_that_would_have_shrunk(house: House) -> None:
    house.start(SYMBOLS, END)
    wish = Wish("A/USDT", Side.BUY, Purpose.ENTRY, Decimal(20_000), "all in")
    house.write(5, Refused(house.decide(5, "A/USDT", 1.0, "", SYMBOLS), wish, FOUND))
    house.write(6, Refused(None, wish, FOUND[:1]))
    house.write(7, Refused(None, wish, (Finding("notional.min", "too little"), FOUND[0])))
    story = history(house.records)
    assert story.vetoes == {"edge": 1, "cash": 2, "notional.min": 1}
    (decision,) = story.told.values()
    assert [finding["code"] for finding in decision.refusals[0].findings] == ["cash", "edge"]


def test_a_stop_that_fills_in_parts_fired_once(house: House) -> None:
    house.start(SYMBOLS, END)
    bought(house)
    for part in (1, 2):
        house.write(5000, Exit("A/USDT", "stop", Decimal(90), OrderId("stop")))
        fill = Fill(f"p{part}", OrderId("stop"), "A/USDT", Side.SELL, Decimal(5), Decimal(90), Decimal(0), Liquidity.TAKER, Instant(5000))  # fmt: skip
        house.write(5000, Filled(fill, part, done=part == 2))
    story = history(house.records)
    assert [fired.trigger for fired in story.exits] == ["stop"]
    assert story.triggers == {"stop": "stop"}


def test_a_delisted_position_was_closed_by_the_venue(house: House) -> None:
    house.start(SYMBOLS, END)
    bought(house)
    house.write(5000, Delisted("A/USDT", Decimal("0.01")))
    fill = Fill("d", OrderId("venue"), "A/USDT", Side.SELL, Decimal(10), Decimal("0.01"), Decimal(0), Liquidity.TAKER, Instant(5000))  # fmt: skip
    house.write(5000, Filled(fill, 9, done=True))
    story = history(house.records)
    assert story.triggers == {"venue": "delisted"}
    assert story.notices[-1].text == "A/USDT stopped trading, last print 0.01"
    assert not story.exits


def test_a_halt_stands_until_a_person_resumes(house: House) -> None:
    house.start(SYMBOLS, END)
    house.write(7, Halted("drawdown 0.11", "breaker", "reducing"))
    assert (history(house.records).state, history(house.records).halted_at) == ("reducing", None)
    house.write(8, Halted("enough", "person"))
    assert (history(house.records).state, history(house.records).halted_at) == ("halted", 8)
    house.write(9, Resumed("person"))
    assert (history(house.records).state, history(house.records).halted_at) == ("active", None)


def test_going_on_keeps_what_happened_and_a_new_start_forgets_it(house: House) -> None:
    house.start(SYMBOLS, END)
    bought(house)
    house.start(SYMBOLS, END, resumed=True)
    assert len(history(house.records).fills) == 1
    house.start(SYMBOLS, END)
    story = history(house.records)
    assert (story.fills, story.decisions, story.portfolio.cash) == ([], 0, 10_000)


def test_how_an_unfilled_order_ended_is_kept(house: House) -> None:
    house.start(SYMBOLS, END)
    bought(house)
    (name,) = history(house.records).orders
    house.write(9000, Cancelled(OrderId(name), "expired"))
    assert history(house.records).orders[name].ended == "expired"
