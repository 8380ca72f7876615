"""A venue that does not answer is never read as an empty one: nothing is bought, and what guards still goes out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from agent.runtime.beat import live_through
from agent.runtime.halt_switch import CANCEL_ALL, FLATTEN, HOLD, HaltSwitch
from agent.runtime.tending import tend
from core.errors import KeyRefusedError, RejectedError, UnknownFateError, UnreachableError
from core.events import Refused
from core.instant import HOUR, Instant
from core.orders import ExecutionReport, Fill, Liquidity, OrderStatus, OrderType, Purpose, Side
from strategies.risk.case import State
from tests.agent.runtime.fake_venue import GRACE, SYMBOL, D, Scene, an_approved, scene
from tests.agent.runtime.test_proving import FIRST, SECOND_ONE, decided, holding

SILENCE = UnreachableError("silence")


def beat(on: Scene) -> None:
    on.do(live_through(on.desk, Instant(on.wait(HOUR))))


def refusals(on: Scene) -> list[str]:
    return [finding.code for one in on.events if isinstance(one, Refused) for finding in one.findings]


def test_while_reports_fail_nothing_is_bought_positions_are_sold_and_a_person_is_told_once() -> None:
    on = holding()
    on.send(an_approved(5, symbol="BBB/USDT", kind=OrderType.LIMIT, quantity="1"))
    on.venue.failing["reports"] = SILENCE
    for _ in range(3):
        beat(on)
    decided(on, FIRST, 1.0, asset=2)
    decided(on, SECOND_ONE, 0.0)
    assert on.alerts() == ["venue.trouble"]
    assert refusals(on) == ["not_armed"]
    assert on.venue.sent[-1].side is Side.SELL
    assert on.account.portfolio.quantity(SYMBOL) == 10


def test_when_it_answers_again_everything_goes_on_and_the_next_silence_is_told_again() -> None:
    on = holding()
    on.venue.failing["reports"] = SILENCE
    on.send(an_approved(5, symbol="BBB/USDT", kind=OrderType.LIMIT, quantity="1"))
    beat(on)
    on.venue.trade(on.venue.sent[-1].id, "1")
    del on.venue.failing["reports"]
    beat(on)
    assert on.desk.executor.contact.trouble is None
    assert on.account.portfolio.quantity("BBB/USDT") == 1
    decided(on, FIRST, 1.0, asset=2)
    assert on.venue.sent[-1].symbol == "CCC/USDT"
    on.venue.failing["reports"] = SILENCE
    beat(on)
    assert on.alerts() == ["venue.trouble"] * 2


def test_what_the_venue_says_of_its_own_trouble_stops_purchases_too() -> None:
    on = scene()
    on.venue.words = "our clock is 2 s ahead of the venue's"
    decided(on, FIRST, 1.0)
    decided(on, SECOND_ONE, 1.0)
    assert (on.venue.sent, on.alerts()) == ([], ["venue.trouble"])
    on.venue.words = None
    beat(on)
    decided(on, FIRST, 1.0, asset=1)
    assert len(on.venue.sent) == 1


def test_an_answer_that_nobody_foresaw_is_silence_and_not_the_end() -> None:
    on = holding()
    on.venue.failing["reports"] = KeyError("CANARY")
    on.send(an_approved(5, symbol="BBB/USDT", kind=OrderType.LIMIT, quantity="1"))
    beat(on)
    assert on.alerts() == ["venue.trouble"]
    assert "CANARY" not in str(on.events)


def test_a_key_that_is_refused_while_running_halts() -> None:
    on = holding()
    on.venue.failing["reports"] = KeyRefusedError("revoked")
    on.send(an_approved(5, symbol="BBB/USDT", kind=OrderType.LIMIT, quantity="1"))
    beat(on)
    assert on.account.state is State.HALTED
    asked = len(on.venue.asked)
    on.venue.failing.clear()
    beat(on)
    assert on.venue.asked[asked:].count("submit") == 0


def test_a_cancel_without_an_answer_leaves_the_order_open_until_one_comes() -> None:
    on = scene()
    on.send(an_approved(1, kind=OrderType.LIMIT, quantity="1"))
    on.venue.failing["cancel"] = SILENCE
    on.do(on.desk.executor.cancel(on.now, an_approved(1).id))
    assert list(on.account.open) == [an_approved(1).id]
    del on.venue.failing["cancel"]
    on.do(on.desk.executor.cancel(on.now, an_approved(1).id))
    assert on.account.open == {}


@pytest.mark.parametrize("turns_up", [False, True])
def test_a_halt_waits_for_the_proof_of_a_purchase_of_unknown_fate(tmp_path: Path, turns_up: bool) -> None:
    on = scene(fates=[UnknownFateError("timed out")])
    decided(on, FIRST, 1.0)
    on.desk.halt = on.desk.executor._halt = HaltSwitch(tmp_path)
    on.desk.halt.set("enough", CANCEL_ALL)
    on.do(live_through(on.desk, Instant(on.wait(1))))
    assert on.account.state is State.ACTIVE
    if turns_up:
        on.venue.place(on.venue.sent[0])
    on.do(live_through(on.desk, Instant(on.wait(GRACE * 2))))
    assert on.account.state is State.HALTED
    assert len(on.venue.sent) == 1
    assert all(one.status is OrderStatus.CANCELLED for one in on.venue.orders.values())


def test_balances_that_differ_once_may_be_older_than_the_fills_and_count_when_they_differ_again() -> None:
    on = holding()
    on.venue.move("USDT", D(-50))
    on.do(tend(on.desk, on.wait(60_000)))
    assert on.alerts() == []
    on.do(tend(on.desk, on.wait(5_000)))
    assert on.alerts() == []
    on.do(tend(on.desk, on.wait(5_000)))
    assert on.alerts() == ["balance.drift"]
    on.do(tend(on.desk, on.wait(60_000)))
    assert on.alerts() == ["balance.drift"]


def test_a_fill_between_two_questions_is_no_drift() -> None:
    on = holding()
    on.send(an_approved(1, kind=OrderType.LIMIT, quantity="5"))
    real = on.venue.balances

    async def balances() -> object:
        if on.venue.orders[an_approved(1).id].status is OrderStatus.OPEN:
            on.venue.trade(an_approved(1).id, "5")
        return await real()

    on.venue.balances = balances  # type: ignore[method-assign, assignment]
    for _ in range(4):
        on.do(tend(on.desk, on.wait(60_000)))
    assert on.alerts() == []
    assert on.account.portfolio.quantity(SYMBOL) == 15


@pytest.mark.parametrize("first", [HOLD, CANCEL_ALL])
def test_a_halt_waits_for_a_cancel_that_was_not_answered(tmp_path: Path, first: str) -> None:
    on = scene()
    on.send(an_approved(1, kind=OrderType.LIMIT, quantity="1"))
    on.desk.halt = on.desk.executor._halt = HaltSwitch(tmp_path)
    on.desk.halt.set("enough", first)
    on.venue.failing["cancel"] = SILENCE
    beat(on)
    assert on.account.state is State.ACTIVE
    del on.venue.failing["cancel"]
    beat(on)
    assert (on.account.state, on.account.open) == (State.HALTED, {})


def test_a_halt_does_not_wait_for_what_only_a_person_can_find(tmp_path: Path) -> None:
    on = scene(fates=[UnknownFateError("timed out")], grace_ms=None)
    decided(on, FIRST, 1.0)
    on.desk.halt = on.desk.executor._halt = HaltSwitch(tmp_path)
    on.desk.halt.set("enough")
    beat(on)
    assert on.account.state is State.HALTED


def test_a_flattening_halt_sells_at_once_and_waits_for_the_proof_of_a_purchase(tmp_path: Path) -> None:
    on = holding()
    on.venue.fates = [UnknownFateError("timed out")]
    decided(on, FIRST, 1.0, asset=1)
    on.desk.halt = on.desk.executor._halt = HaltSwitch(tmp_path)
    on.desk.halt.set("enough", FLATTEN)
    on.do(live_through(on.desk, Instant(on.wait(1))))
    assert on.venue.sent[-1].side is Side.SELL
    on.venue.trade(on.venue.sent[-1].id, "10")
    on.venue.place(on.venue.sent[-2])
    on.venue.trade(on.venue.sent[-2].id, "5")
    beat(on)
    assert (on.venue.sent[-1].side, on.venue.sent[-1].symbol) == (Side.SELL, "BBB/USDT")
    on.venue.trade(on.venue.sent[-1].id, "5")
    beat(on)
    assert (on.account.state, on.account.portfolio.positions) == (State.HALTED, {})


@pytest.mark.parametrize("done", [True, False])
def test_a_fill_whose_trade_is_listed_late_is_nobody_elses_hand(done: bool) -> None:
    on = scene()
    order = an_approved(1, kind=OrderType.LIMIT, quantity="10")
    on.send(order)
    on.venue.trade(order.id, "4", done=done, told=False)
    for _ in range(4):
        on.do(tend(on.desk, on.wait(20_000)))
    assert (on.account.state, on.alerts()) == (State.ACTIVE, [])
    on.venue.move("USDT", D(-50))
    late = Fill("t1", order.id, SYMBOL, Side.BUY, D(4), D(100), D(0), Liquidity.TAKER, on.now)
    status = OrderStatus.FILLED if done else OrderStatus.PARTIAL
    on.venue.said.append(ExecutionReport(1, order.id, SYMBOL, status, on.now, late))
    for _ in range(3):
        on.do(tend(on.desk, on.wait(60_000)))
    assert on.account.portfolio.quantity(SYMBOL) == 4
    assert on.account.remembered.outside == {"USDT": D(-50)}


def test_a_way_out_that_a_pause_held_back_goes_out_when_it_is_over() -> None:
    on = scene(limits={"exits": {"trailing_atr": "2"}}, closes=[100.0] * 23 + [90.0] + [100.0] * 80)
    decided(on, FIRST, 1.0)
    on.venue.trade(on.venue.sent[0].id, "16")
    on.venue.fates = [RejectedError("nothing was sent: a pause", "", code="not_sent") for _ in range(3)]
    for _ in range(7):
        beat(on)
    assert [one.side for one in on.venue.sent[1:]] == [Side.SELL] * 4
    assert set(on.alerts()) == {"venue.trouble"}


def test_what_a_pause_holds_back_is_tried_once_a_beat() -> None:
    on = holding()
    on.venue.fates = [RejectedError("nothing was sent: a pause", "", code="not_sent") for _ in range(9)]
    on.venue.words = "a pause"
    way_out = replace(an_approved(2, Side.SELL, quantity="10", decision=None), purpose=Purpose.EXIT)
    on.send(way_out)
    for _ in range(5):
        on.do(tend(on.desk, on.wait(2_000)))
    assert len(on.venue.sent) == 2
    beat(on)
    assert len(on.venue.sent) == 3


def test_a_venue_that_is_silent_is_not_asked_everything_in_one_look() -> None:
    on = holding()
    on.venue.failing = dict.fromkeys(("reports", "open_orders", "balances", "trouble"), SILENCE)
    on.venue.asked.clear()
    on.do(tend(on.desk, on.wait(60_000)))
    assert on.venue.asked == ["reports"]


def test_a_clock_that_is_set_back_does_not_keep_the_venue_from_being_asked() -> None:
    on = holding()
    on.do(tend(on.desk, on.wait(60_000)))
    on.venue.asked.clear()
    on.do(tend(on.desk, Instant(on.now - HOUR)))
    assert "balances" in on.venue.asked
