"""What the wire says of an order, and what is journalled of it: every row of the truth table."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

import pytest

from agent.runtime.reports import take_reports
from core.errors import (
    FaultError,
    InvariantError,
    JournalError,
    KeyRefusedError,
    RejectedError,
    UnknownFateError,
    UnreachableError,
)
from core.events import Approved, Cancelled, Halted, Submitted, Unknown
from core.instant import SECOND
from core.orders import OrderType, Purpose, Side
from strategies.risk.case import State
from tests.agent.runtime.fake_venue import SYMBOL, Scene, an_approved, restarted, scene

KINDS = {
    "market buy": an_approved,
    "limit buy": lambda: an_approved(kind=OrderType.LIMIT, quantity="5"),
    "market sale": lambda: an_approved(side=Side.SELL, quantity="5"),
    "limit sale": lambda: an_approved(side=Side.SELL, kind=OrderType.LIMIT, quantity="5"),
}
UNKNOWN: dict[str, Callable[[], BaseException | str]] = {
    "no answer": lambda: UnknownFateError("timed out"),
    "unreachable": lambda: UnreachableError("no route"),
    "a duplicate": lambda: RejectedError("sent twice", code="duplicate"),
    "lost after it arrived": lambda: "lost after",
    "another order's answer": lambda: "another",
    "a timeout": TimeoutError,
    "a reset": ConnectionResetError,
    "a parser's error": lambda: ValueError("not JSON"),
    "a bug": lambda: KeyError("status"),
    "anything": lambda: Exception("?"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_an_order_that_the_venue_has_is_acknowledged(kind: str) -> None:
    on = scene()
    on.send(KINDS[kind]())
    assert on.kinds()[-2:] == ["submitted", "acknowledged"]
    assert not on.account.unacknowledged


@pytest.mark.parametrize("kind", KINDS)
def test_a_refusal_ends_the_order_and_nothing_is_sent_again(kind: str) -> None:
    on = scene(fates=[RejectedError("insufficient funds")])
    on.send(KINDS[kind]())
    (ended,) = (one for one in on.events if isinstance(one, Cancelled))
    assert ended.reason == "rejected: insufficient funds"
    assert (len(on.venue.sent), on.account.open, on.account.anew) == (1, {}, {})


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("what", UNKNOWN)
def test_whatever_is_no_answer_leaves_an_order_of_unknown_fate_that_is_not_sent_again(
    kind: str, what: str
) -> None:
    on = scene(fates=[UNKNOWN[what]()])
    order = KINDS[kind]()
    on.send(order)
    assert on.kinds()[-2:] == ["submitted", "unknown"]
    assert list(on.account.unacknowledged) == [order.id]
    assert len(on.venue.sent) == 1


def test_a_strangers_words_are_not_journalled_for_they_may_hold_a_key() -> None:
    on = scene(fates=[ValueError("https://venue/order?signature=CANARY")])
    on.send(an_approved())
    (unknown,) = (one for one in on.events if isinstance(one, Unknown))
    assert unknown.why == "ValueError"


def test_a_refused_key_halts_and_keeps_everything_else_from_the_wire() -> None:
    on = scene(fates=[KeyRefusedError("revoked")])
    on.send(an_approved(1), an_approved(2, symbol="BBB/USDT"))
    (halted,) = (one for one in on.events if isinstance(one, Halted))
    assert (halted.by, halted.state, on.account.state) == ("venue", "halted", State.HALTED)
    assert len(on.venue.sent) == 1
    assert [one.reason for one in on.events if isinstance(one, Cancelled)] == ["halted before the wire"]


@pytest.mark.parametrize("fault", [FaultError("disk full"), InvariantError("our books")])
def test_a_fault_of_ours_ends_the_run_and_leaves_its_order_unknown(fault: FaultError) -> None:
    on = scene(fates=[fault])
    with pytest.raises(FaultError, match=fault.message):
        on.send(an_approved())
    assert on.kinds()[-1] == "unknown"


def test_a_cancelled_send_leaves_its_order_unknown() -> None:
    on = scene(fates=["hangs"])
    order = an_approved()
    on.desk.recorder.write(on.now, Approved(order), on.desk.executor.intent(order))

    async def cut_off() -> None:
        task = asyncio.ensure_future(on.desk.executor.send(on.now, [order]))
        await asyncio.sleep(0)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    on.do(cut_off())
    assert on.kinds()[-1] == "unknown"


def test_an_order_without_a_durable_intent_never_reaches_the_wire() -> None:
    on = scene()
    with pytest.raises(InvariantError, match="has no intent"):
        on.do(on.desk.executor.send(on.now, [an_approved()]))
    assert on.venue.sent == []


def test_the_intent_is_in_the_journal_before_the_wire_and_says_what_goes_out_and_when() -> None:
    on, seen = scene(), []
    on.venue.before_submit = lambda: seen.append(on.events[-1])
    order = an_approved()
    on.send(order)
    assert seen == [Submitted(order.id, 1, on.now, {"clientOrderId": order.id})]


def test_an_intent_that_waited_is_journalled_anew_so_that_a_proof_counts_from_its_sending() -> None:
    on = scene()
    orders = [an_approved(1), an_approved(2, symbol="BBB/USDT")]
    # the first one takes nine seconds to be answered
    on.venue.before_submit = lambda: on.venue.sent or setattr(on.venue.clock, "_now", on.now + 9 * SECOND)
    for order in orders:
        on.desk.recorder.write(on.now, Approved(order), on.desk.executor.intent(order))
    began = on.now
    on.do(on.desk.executor.send(on.now, orders))
    sent_at = [one.sent_at for one in on.events if isinstance(one, Submitted)]
    assert sent_at == [began, began, began + 9 * SECOND]
    assert len(on.account.recent) == 2


def test_the_halt_is_read_immediately_before_every_wire_call() -> None:
    on = scene()
    answers = iter([False, True])
    on.desk.executor._halt.is_set = lambda: next(answers)  # type: ignore[method-assign]
    on.send(an_approved())
    assert on.venue.sent == []
    assert on.kinds()[-1] == "cancelled"


def test_a_stop_that_filled_unseen_keeps_the_sale_back_that_would_sell_twice() -> None:
    on = scene()
    on.send(an_approved(1))
    on.venue.trade(an_approved(1).id, "10")
    on.do(take_reports(on.desk, on.now))
    stop = an_approved(2, Side.SELL, kind=OrderType.STOP, quantity="10", purpose=Purpose.EXIT, decision=None)
    on.send(stop)
    on.venue.trade(stop.id, "4", done=False, told=False)
    on.send(an_approved(3, Side.SELL, quantity="10"))
    assert [one.id for one in on.venue.sent] == [an_approved(1).id, stop.id]
    last = on.events[-1]
    assert isinstance(last, Cancelled)
    assert last.reason == f"not sent: the stop {stop.id} has filled"
    assert SYMBOL in {one.order.symbol for one in on.account.anew.values()}


def full(on: Scene) -> None:
    """Lets every further write of the journal fail."""

    def append(*_: object) -> None:
        raise JournalError("disk full")

    on.journal.append = append  # type: ignore[method-assign, assignment]


def test_where_the_intent_cannot_be_written_nothing_is_sent() -> None:
    on = scene()
    full(on)
    with pytest.raises(JournalError, match="disk full"):
        on.send(an_approved())
    assert on.venue.sent == []


def test_where_only_the_outcome_cannot_be_written_whoever_starts_next_proves_it() -> None:
    on = scene(fates=["lost after"])
    append = on.journal.append
    on.venue.before_submit = lambda: full(on)
    with pytest.raises(JournalError, match="disk full"):
        on.send(an_approved())
    on.journal.append = append  # type: ignore[method-assign]
    again = restarted(on)
    assert again.kinds()[-2:] == ["resolved", "acknowledged"]
    assert len(again.venue.sent) == 1
