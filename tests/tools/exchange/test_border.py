"""What goes wrong between us and a venue: each fault as it is seen from here, and as it was there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.errors import RejectedError, UnreachableError
from core.instant import HOUR, SECOND
from core.orders import OrderState, OrderStatus, OrderType, Side
from tests.builders import NOON, a_market_order, an_order, run
from tests.tools.exchange.border_desk import BOOK, BorderDesk
from tools.clocks import SimulatedClock
from tools.exchange.paper.audit import audit
from tools.exchange.paper.faults import OF_SUBMITS, Fault, Listed, Script, Times, faults

ONE = a_market_order("one", spend="1000")
Make = Callable[[Script], BorderDesk]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Make]:
    made: list[BorderDesk] = []

    def make(script: Script) -> BorderDesk:
        made.append(BorderDesk(tmp_path, script))
        return made[-1]

    yield make
    for one in made:
        run(one.venue.close())


def test_what_is_lost_before_it_arrives_never_appears(desk: Make) -> None:
    at = desk(Listed([Fault.LOST_BEFORE]))
    assert at.submit(ONE) == "UnknownFateError"
    at.wait(HOUR)
    assert run(at.venue.order(ONE.id)) is None
    assert run(at.venue.reports(0)) == ()


@pytest.mark.parametrize("fault", [Fault.LOST_AFTER, Fault.WRONG_ANSWER])
def test_what_arrives_without_an_answer_is_found_at_once(desk: Make, fault: Fault) -> None:
    at = desk(Listed([fault]))
    assert at.submit(ONE) == "UnknownFateError"
    found = run(at.venue.order(ONE.id))
    assert found is not None
    assert found.status is OrderStatus.OPEN


def test_a_slow_order_arrives_when_its_time_has_come_and_fills_as_one_sent_then(desk: Make) -> None:
    at = desk(Listed([Fault.SLOW], times=Times(slow=3 * SECOND)))
    assert at.submit(ONE) == "UnknownFateError"
    at.wait(3 * SECOND - 1)
    assert run(at.venue.order(ONE.id)) is None
    at.wait(1)
    assert run(at.venue.order(ONE.id)) is not None
    at.wait(HOUR)
    (report,) = run(at.venue.reports(0))
    assert report.fill is not None
    assert report.fill.order_id == ONE.id


def test_what_is_under_way_outlives_the_process(desk: Make) -> None:
    at = desk(Listed([Fault.SLOW]))
    at.submit(ONE)
    at.again()
    at.wait(HOUR)
    found = run(at.venue.order(ONE.id))
    assert found is not None
    assert (found.status, len(audit(at.folder / BOOK, "paper").orders)) == (OrderStatus.FILLED, 1)


def test_the_venue_refuses_what_arrives_after_its_validity(desk: Make) -> None:
    at = desk(Listed([Fault.SLOW], times=Times(validity=SECOND, slow=SECOND + 1)))
    at.submit(ONE)
    at.wait(HOUR)
    assert run(at.venue.order(ONE.id)) is None


def test_a_slow_order_that_the_venue_refuses_never_appears(desk: Make) -> None:
    at = desk(Listed([Fault.SLOW, Fault.NONE]))
    at.submit(ONE)
    at.submit(a_market_order("two", spend="9500"))
    at.wait(HOUR)
    assert run(at.venue.order(ONE.id)) is None
    assert [working.order.id for working in audit(at.folder / BOOK, "paper").orders] == ["two"]


def test_a_delivery_that_dies_half_way_is_made_once(desk: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    at = desk(Listed([Fault.SLOW]))
    at.submit(ONE)
    at.wait(3 * SECOND)
    arriving = at.venue._transit.arriving(at.clock.now())
    request = next(arriving)
    at.venue._inner.place(request.order, request.arrives_at)
    at.again()
    assert run(at.venue.order(ONE.id)) is not None
    assert len(audit(at.folder / BOOK, "paper").orders) == 1


def test_a_duplicate_is_refused_and_is_there(desk: Make) -> None:
    at = desk(Listed([Fault.DUPLICATE]))
    assert at.submit(ONE) == "RejectedError:duplicate"
    assert run(at.venue.order(ONE.id)) is not None


def test_a_duplicate_of_what_the_venue_refuses_is_refused_for_that(desk: Make) -> None:
    at = desk(Listed([Fault.DUPLICATE]))
    assert at.submit(a_market_order("one", spend="10001")) == "RejectedError:cash"


def test_an_invisible_order_is_shown_by_no_question_until_its_time(desk: Make) -> None:
    at = desk(Listed([Fault.INVISIBLE], times=Times(lag=2 * HOUR)))
    assert at.submit(ONE) == "UnknownFateError"
    at.submit(a_market_order("two", spend="500"))
    at.wait(HOUR)
    assert run(at.venue.order(ONE.id)) is None
    assert run(at.venue.open_orders()) == ()
    assert [said.order_id for said in run(at.venue.reports(0))] == ["two"]
    at.again()
    at.wait(HOUR)
    assert run(at.venue.order(ONE.id)) is not None
    assert [(said.seq, said.order_id) for said in run(at.venue.reports(0))] == [(1, "two"), (2, "one")]


def test_a_fill_that_had_happened_is_told_after_the_cancel_was_answered(desk: Make) -> None:
    at = desk(Listed([Fault.LATE_FILL], times=Times(late=2 * HOUR)))
    limit = an_order("low", Side.BUY, OrderType.LIMIT, quantity="1", limit="100")
    at.submit(limit)
    at.wait(HOUR)
    open_now = run(at.venue.open_orders())
    assert [(state.status, state.filled) for state in open_now] == [(OrderStatus.OPEN, 0)]
    cancelled = run(at.venue.cancel(limit.id))
    assert (cancelled.status, cancelled.filled) == (OrderStatus.CANCELLED, 0)
    assert run(at.venue.reports(0)) == ()
    assert run(at.venue.balances()) == {"USDT": 10_000}
    at.again()
    assert run(at.venue.order(limit.id)) == cancelled
    at.wait(2 * HOUR)
    (late,) = run(at.venue.reports(0))
    assert (late.status, late.fill is None, late.known_at) == (OrderStatus.FILLED, False, at.clock.now())
    after = run(at.venue.order(limit.id))
    assert after is not None
    assert (after.status, after.filled) == (OrderStatus.FILLED, 1)


def test_nothing_is_told_before_what_was_told_earlier_when_the_clock_begins_again(desk: Make) -> None:
    at = desk(Listed())
    far = an_order("far", Side.BUY, OrderType.LIMIT, quantity="1", limit="10")
    at.submit(far)
    at.submit(ONE)
    at.wait(HOUR)
    assert [said.seq for said in run(at.venue.reports(0))] == [1]

    at.clock = at.tape.clock = SimulatedClock(NOON)
    at.again()
    run(at.venue.cancel(far.id))
    assert run(at.venue.reports(0)) == ()
    at.wait(HOUR)
    assert [(said.seq, said.order_id) for said in run(at.venue.reports(0))] == [(1, "one"), (2, "far")]


def test_a_sale_that_is_not_told_yet_has_not_moved_the_balances(desk: Make) -> None:
    at = desk(Listed([Fault.NONE, Fault.LATE_FILL], times=Times(late=2 * HOUR)))
    at.submit(ONE)
    at.wait(HOUR)
    before = run(at.venue.balances())
    at.submit(a_market_order("two", quantity="4", at=at.clock.now()))
    at.wait(HOUR)
    assert run(at.venue.balances()) == before
    at.wait(2 * HOUR)
    (_, late) = run(at.venue.reports(0))
    assert late.fill is not None
    after = run(at.venue.balances())
    assert (before["BTC"] - after["BTC"], late.fill.quantity) == (4, 4)


def test_a_question_without_an_answer_says_nothing(desk: Make) -> None:
    at = desk(Listed([], unanswered=frozenset({0, 2})))
    venue = at.venue
    with pytest.raises(UnreachableError):
        run(venue.order(ONE.id))
    assert run(venue.open_orders()) == ()
    with pytest.raises(UnreachableError):
        run(venue.reports(0))
    at.again()
    assert run(at.venue.balances())["USDT"] == 10_000


@pytest.mark.parametrize(("fault", "status"), [(Fault.LOST_BEFORE, "open"), (Fault.LOST_AFTER, "cancelled")])
def test_a_cancel_without_an_answer_may_have_arrived(desk: Make, fault: Fault, status: str) -> None:
    at = desk(Listed(cancels=[fault]))
    limit = an_order("low", Side.BUY, OrderType.LIMIT, quantity="1", limit="50")
    at.submit(limit)
    with pytest.raises(UnreachableError):
        run(at.venue.cancel(limit.id))
    found = run(at.venue.order(limit.id))
    assert found is not None
    assert found.status == status


def test_an_id_that_is_sent_again_is_refused_while_it_is_open_and_placed_again_afterwards(desk: Make) -> None:
    at = desk(Listed())
    at.submit(ONE)
    assert at.submit(ONE) == "RejectedError:duplicate"
    at.wait(HOUR)
    assert isinstance(at.submit(ONE), OrderState)
    at.wait(HOUR)
    assert len(audit(at.folder / BOOK, "paper").orders) == 2
    assert {said.order_id for said in run(at.venue.reports(0))} == {"one"}


def test_the_same_seed_deals_the_same_faults_whenever_the_process_dies() -> None:
    ids = [a_market_order(f"o{number}", spend="1").id for number in range(400)]
    dealt = [faults(7, 0.5).submit(one, 0) for one in ids]
    assert dealt == [faults(7, 0.5).submit(one, number) for number, one in enumerate(ids)]
    assert dealt != [faults(8, 0.5).submit(one, 0) for one in ids]
    assert set(dealt) == {Fault.NONE, *OF_SUBMITS}
    assert 160 < sum(one is not Fault.NONE for one in dealt) < 240


def test_an_audit_reads_the_book_beside_the_process_that_writes_it(desk: Make) -> None:
    at = desk(Listed())
    at.submit(ONE)
    at.wait(HOUR)
    run(at.venue.reports(0))
    seen = audit(at.folder / BOOK, "paper")
    assert [(working.order.id, working.status) for working in seen.orders] == [("one", OrderStatus.FILLED)]
    assert [fill.order_id for fill in seen.fills] == ["one"]
    assert seen.balances == run(at.venue.balances())


def test_cancelling_what_never_was_is_refused(desk: Make) -> None:
    with pytest.raises(RejectedError):
        run(desk(Listed()).venue.cancel(ONE.id))
