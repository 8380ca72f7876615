"""Orders of unknown fate: found, proven dead, or kept apart; nothing is sent beside them meanwhile."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from agent.runtime.beat import live_through
from agent.runtime.deciding import act, retry
from agent.runtime.proving import settle
from agent.runtime.renewing import make_anew
from agent.runtime.tending import tend
from core.decision import Proposal
from core.errors import KeyRefusedError, UnknownFateError, UnreachableError
from core.events import Decided, Refused, Resolved
from core.ids import DecisionId, OrderId, order_id
from core.instant import HOUR, SECOND, Instant
from core.orders import OrderStatus, OrderType, Purpose, Side
from strategies.risk.case import State
from tests.agent.runtime.fake_venue import GRACE, SYMBOL, Scene, an_approved, restarted, scene

LOST = UnknownFateError("timed out")
FIRST, SECOND_ONE = DecisionId("1" * 22), DecisionId("2" * 22)


def decided(on: Scene, number: DecisionId, stance: float, asset: int = 0) -> None:
    """A decision about one asset, and what comes of it."""
    proposals = (Proposal(asset, stance),)
    event = Decided(number, "paper", "rule:hold", "rule", on.desk.config.symbols, proposals, None, {}, {})
    on.do(act(on.desk, on.now, number, proposals, first=event))


def looked(on: Scene) -> None:
    """One look at the venue, and whatever is to be made anew."""
    on.do(settle(on.desk, on.now))
    on.do(make_anew(on.desk, on.now))
    on.do(retry(on.desk, on.now))


def codes(on: Scene) -> list[str]:
    return [finding.code for one in on.events if isinstance(one, Refused) for finding in one.findings]


def attempts(on: Scene) -> list[OrderId]:
    return [one.id for one in on.venue.sent]


def test_an_unknown_order_that_is_found_is_adopted_and_nothing_is_sent_again() -> None:
    on = scene(fates=["lost after"])
    decided(on, FIRST, 1.0)
    looked(on)
    assert on.kinds()[-2:] == ["resolved", "acknowledged"]
    assert (len(on.venue.sent), on.account.unacknowledged) == (1, {})


@pytest.mark.parametrize("waited", [0, GRACE, GRACE + SECOND])
def test_an_absence_within_the_grace_proves_nothing(waited: int) -> None:
    on = scene(fates=[LOST])
    decided(on, FIRST, 1.0)
    on.wait(waited)
    looked(on)
    assert "resolved" not in on.kinds()
    assert len(on.venue.sent) == 1


def test_an_absence_after_the_grace_is_a_proof_and_the_wish_goes_out_again_under_a_new_id() -> None:
    on = scene(fates=[LOST])
    decided(on, FIRST, 1.0)
    on.wait(GRACE + SECOND + 1)
    looked(on)
    assert [one for one in on.events if isinstance(one, Resolved)] == [Resolved(attempts(on)[0], "dead")]
    assert attempts(on) == [order_id(FIRST, SYMBOL, 1), order_id(FIRST, SYMBOL, 2)]


def test_an_order_that_turns_up_late_but_within_the_grace_is_the_only_one() -> None:
    on = scene(fates=[LOST])
    decided(on, FIRST, 1.0)
    on.wait(GRACE - 1)
    looked(on)
    on.venue.place(on.venue.sent[0])
    on.wait(GRACE)
    looked(on)
    assert on.kinds()[-2:] == ["resolved", "acknowledged"]
    assert len(on.venue.sent) == 1


def test_the_attempt_after_a_death_is_reviewed_at_the_new_price() -> None:
    on = scene(fates=[LOST], closes=[100.0] * 22 + [120.0] * 10)
    decided(on, FIRST, 1.0)
    on.wait(4 * HOUR)
    on.do(live_through(on.desk, on.now))
    first, second = on.venue.sent
    assert second.created_at > first.created_at
    assert on.desk.marks[SYMBOL] == 120


def test_a_death_after_a_newer_decision_is_not_made_good() -> None:
    on = scene(fates=[LOST])
    decided(on, FIRST, 0.4)
    decided(on, SECOND_ONE, 1.0)
    on.wait(GRACE * 2)
    looked(on)
    assert on.account.newest[SYMBOL][0] == SECOND_ONE
    assert len(on.venue.sent) == 1
    assert "duplicate" in codes(on)


def test_a_death_is_made_good_by_whoever_starts_next() -> None:
    on = scene(fates=[LOST])
    decided(on, FIRST, 1.0)
    on.wait(GRACE * 2)
    on.do(settle(on.desk, on.now))
    assert len(on.venue.sent) == 1
    again = restarted(on)
    again.do(live_through(again.desk, again.now))
    assert attempts(again) == [order_id(FIRST, SYMBOL, 1), order_id(FIRST, SYMBOL, 2)]


def test_whoever_starts_next_proves_an_intent_that_nobody_answered_for() -> None:
    on = scene()
    order = an_approved(decision=FIRST)
    from core.events import Approved

    on.desk.recorder.write(on.now, Approved(order), on.desk.executor.intent(order))
    again = restarted(on)
    assert [one for one in again.events if isinstance(one, Resolved)] == [Resolved(order.id, "dead")]


def test_an_unknown_order_blocks_purchases_of_its_symbol_and_no_other() -> None:
    on = scene(fates=[LOST])
    decided(on, FIRST, 0.4)
    decided(on, SECOND_ONE, 1.0)
    decided(on, DecisionId("3" * 22), 1.0, asset=1)
    assert codes(on) == ["duplicate"]
    assert [one.symbol for one in on.venue.sent] == [SYMBOL, "BBB/USDT"]


def test_an_unknown_purchase_does_not_keep_a_position_from_being_sold() -> None:
    on = holding()
    on.venue.fates = [LOST]
    decided(on, FIRST, 1.0)
    decided(on, SECOND_ONE, 0.0)
    assert [one.side for one in on.venue.sent[1:]] == [Side.BUY, Side.SELL]


def test_an_unknown_sale_keeps_everything_else_of_its_symbol_back() -> None:
    on = holding()
    on.venue.fates = [LOST]
    decided(on, FIRST, 0.0)
    decided(on, SECOND_ONE, 0.0)
    on.do(retry(on.desk, on.now))
    assert len(on.venue.sent) == 2
    on.wait(GRACE * 2)
    looked(on)
    assert [one.side for one in on.venue.sent[1:]] == [Side.SELL, Side.SELL]


def test_a_purchase_that_turns_up_after_a_wish_to_be_flat_is_ended() -> None:
    on = scene(fates=[LOST])
    decided(on, FIRST, 1.0)
    on.venue.failing["cancel"] = UnreachableError("silence")
    decided(on, SECOND_ONE, 0.0)
    del on.venue.failing["cancel"]
    on.venue.place(on.venue.sent[0])
    looked(on)
    assert on.venue.ended == [on.venue.sent[0].id]
    assert on.account.open == {}


def test_a_venue_without_proofs_leaves_it_to_a_person_and_says_so_once() -> None:
    on = scene(fates=[LOST], grace_ms=None)
    decided(on, FIRST, 0.4)
    for _ in range(3):
        on.wait(24 * HOUR)
        looked(on)
    decided(on, SECOND_ONE, 1.0)
    again = restarted(on)
    looked(again)
    assert again.alerts() == ["order.unknown"]
    assert len(again.venue.sent) == 1
    assert codes(again) == ["duplicate"]


def test_silence_about_an_order_proves_nothing_however_long() -> None:
    on = scene(fates=[LOST])
    decided(on, FIRST, 1.0)
    on.venue.failing["order"] = UnreachableError("silence")
    on.wait(24 * HOUR)
    looked(on)
    assert "resolved" not in on.kinds()
    assert on.alerts() == ["venue.trouble"]


def test_a_clock_that_the_venue_does_not_agree_with_proves_nothing() -> None:
    on = scene(fates=[LOST])
    decided(on, FIRST, 1.0)
    on.venue.words = "our clock is 31 s ahead of the venue's"
    on.wait(24 * HOUR)
    looked(on)
    assert "resolved" not in on.kinds()


def test_a_stop_of_unknown_fate_is_made_anew_once_it_is_dead() -> None:
    on = scene(limits={"exits": {"stop_atr": "2"}})
    decided(on, FIRST, 1.0)
    on.venue.trade(on.venue.sent[0].id, "33")
    on.venue.fates = [LOST]
    on.wait(HOUR)
    on.do(live_through(on.desk, on.now))
    on.wait(HOUR)
    on.do(live_through(on.desk, on.now))
    stops = [one for one in on.venue.sent if one.type is OrderType.STOP]
    assert len(stops) == 2
    assert list(on.account.open) == [stops[1].id]
    assert on.account.protections[SYMBOL].resting == stops[1].id


def test_an_exit_that_never_arrived_is_sent_again_until_it_does() -> None:
    on = holding()
    on.venue.fates = [LOST, LOST]
    exit_order = replace(an_approved(2, Side.SELL, quantity="10", decision=None), purpose=Purpose.EXIT)
    on.send(exit_order)
    for _ in range(3):
        on.wait(HOUR)
        on.do(live_through(on.desk, on.now))
    assert [one.side for one in on.venue.sent[1:]] == [Side.SELL] * 3
    assert len({one.id for one in on.venue.sent}) == 4
    assert on.account.anew == {}


def test_an_id_that_may_be_sent_twice_is_sent_again_as_it_was_where_no_time_has_passed() -> None:
    on = scene(fates=[LOST], remembers=True, grace_ms=0)
    decided(on, FIRST, 1.0)
    looked(on)
    assert attempts(on) == [order_id(FIRST, SYMBOL, 1)] * 2


def test_and_as_a_new_attempt_where_time_has_passed() -> None:
    on = scene(fates=[LOST], remembers=True, grace_ms=0)
    decided(on, FIRST, 1.0)
    on.wait(HOUR)
    looked(on)
    assert attempts(on) == [order_id(FIRST, SYMBOL, 1), order_id(FIRST, SYMBOL, 2)]


def test_a_key_that_is_refused_while_proving_halts() -> None:
    on = scene(fates=[LOST])
    decided(on, FIRST, 1.0)
    on.venue.failing["order"] = KeyRefusedError("revoked")
    looked(on)
    assert on.account.state is State.HALTED
    assert list(on.account.unacknowledged) == [on.venue.sent[0].id]


def test_an_order_that_the_venue_shows_as_rejected_is_over_and_not_made_anew() -> None:
    on = scene(fates=["lost after"])
    decided(on, FIRST, 1.0)
    on.venue.report(on.venue.sent[0].id, OrderStatus.REJECTED)
    looked(on)
    on.wait(GRACE * 2)
    looked(on)
    assert (on.account.open, on.account.anew, len(on.venue.sent)) == ({}, {}, 1)


def test_nothing_is_made_anew_while_the_halt_stands() -> None:
    on = scene(fates=[LOST])
    decided(on, FIRST, 1.0)
    on.desk.halt.is_set = lambda: True  # type: ignore[method-assign]
    on.wait(GRACE * 2)
    on.do(tend(on.desk, on.now))
    assert on.kinds()[-1] == "resolved"
    assert len(on.venue.sent) == 1


def test_in_real_time_proofs_come_between_beats() -> None:
    on = scene(fates=[LOST])
    decided(on, FIRST, 1.0)
    for _ in range(20):
        on.wait(1000)
        on.do(tend(on.desk, on.now))
    assert len(on.venue.sent) == 2


def holding(**named: Any) -> Scene:
    """A scene with 10 AAA bought."""
    on = scene(**named)
    on.send(an_approved(9, decision="0" * 22))
    on.venue.trade(on.venue.sent[0].id, "10")
    now = Instant(on.wait(HOUR))
    on.do(live_through(on.desk, now))
    assert on.account.portfolio.quantity(SYMBOL) == 10
    return on
