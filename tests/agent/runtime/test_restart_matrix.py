"""Whatever happened at the venue while we were down: one pass takes it up, and the second finds nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from agent.runtime.arming import ready
from agent.runtime.beat import live_through
from agent.runtime.desk import Desk
from agent.runtime.drift import of_the_books
from agent.runtime.modes import begin
from agent.runtime.reconciling import reconcile
from agent.runtime.tending import tend
from core.errors import KeyRefusedError, StoppedError, UnknownFateError, UnreachableError
from core.events import Alert, Halted
from core.instant import HOUR, Instant
from core.money import ZERO
from core.orders import OrderState, OrderStatus, OrderType, Side
from strategies.risk.case import State
from tests.agent.runtime.fake_venue import SYMBOL, D, FakeVenue, Scene, an_approved, restarted, scene

SYMBOLS = (SYMBOL, "BBB/USDT", "CCC/USDT")
STRANGER = "external:77"


def nothing(_: FakeVenue) -> None:
    """Nothing happens."""


def resting(venue: FakeVenue) -> list[str]:
    return [one.id for one in venue.orders.values() if one.status is OrderStatus.OPEN and one.id != STRANGER]


def fill(venue: FakeVenue) -> None:
    for number in resting(venue):
        venue.trade(number, "5")


def partial(venue: FakeVenue) -> None:
    for number in resting(venue):
        venue.trade(number, "2", done=False)


def cancel(venue: FakeVenue) -> None:
    for number in resting(venue):
        venue.report(number, OrderStatus.CANCELLED)


def cancel_untold(venue: FakeVenue) -> None:
    for number in resting(venue):
        venue.orders[number] = OrderState(
            venue.orders[number].id, SYMBOL, Side.BUY, OrderStatus.CANCELLED, ZERO, ZERO
        )


def external(venue: FakeVenue) -> None:
    venue.orders[STRANGER] = OrderState(STRANGER, SYMBOL, Side.SELL, OrderStatus.OPEN, ZERO, ZERO)  # type: ignore[arg-type]


def manual_sale(venue: FakeVenue) -> None:
    venue.move("AAA", D("-4"))
    venue.move("USDT", D(400))


def deposit(venue: FakeVenue) -> None:
    venue.move("USDT", D(500))


def drift(venue: FakeVenue) -> None:
    venue.move("USDT", D(-50))


DRIFTED = {"manual sale", "deposit", "balance drift"}
HAPPENED: dict[str, Callable[[FakeVenue], None]] = {
    "none": nothing,
    "fill": fill,
    "partial": partial,
    "cancel": cancel,
    "cancel that no report tells": cancel_untold,
    "external order": external,
    "manual sale": manual_sale,
    "deposit": deposit,
    "delisting": nothing,
    "balance drift": drift,
    "failed report": nothing,
}


def before(open_orders: int) -> Scene:
    """An account that holds 10 AAA and has some orders at the venue."""
    on = scene()
    on.send(an_approved(99))
    on.venue.trade(an_approved(99).id, "10")
    on.do(live_through(on.desk, Instant(on.wait(HOUR))))
    for number in range(open_orders):
        on.send(an_approved(number, symbol=SYMBOLS[number], kind=OrderType.LIMIT, quantity="5"))
    assert len(on.account.open) == open_orders
    return on


def delisted(desk: Desk) -> None:
    desk.market.delisted_at = lambda symbol: Instant(1) if symbol == SYMBOL else None  # type: ignore[method-assign]


def agrees(on: Scene) -> bool:
    """Whether books and what is outside of them are what the venue holds."""
    books, outside = of_the_books(on.account.portfolio), on.account.remembered.outside
    return all(
        on.venue.owned.get(asset, ZERO) == books.get(asset, ZERO) + outside.get(asset, ZERO)
        for asset in {*on.venue.owned, *books}
    )


@pytest.mark.parametrize("open_orders", [0, 1, 3])
@pytest.mark.parametrize("what", HAPPENED)
def test_one_pass_takes_up_what_happened_and_the_second_finds_nothing(what: str, open_orders: int) -> None:
    first = before(open_orders)
    HAPPENED[what](first.venue)
    prepare = delisted if what == "delisting" else lambda _: None
    if what == "failed report":
        first.venue.failing["reports"] = UnreachableError("silence")
        known = first.kinds()
        with pytest.raises(StoppedError, match="not armed") as stopped:
            restarted(first)
        assert (stopped.value.exit_status, stopped.value.code) == (4, "not_armed")
        assert first.kinds() == known, "a report that failed was read as an empty one"
        first.venue.failing.clear()

    on = restarted(first, prepare=prepare)
    assert agrees(on)
    assert {one.id for one in on.account.open.values()} == set(resting(on.venue)) | {
        one.id for one in on.venue.orders.values() if one.status is OrderStatus.PARTIAL
    }
    told = [one.code for one in on.events if isinstance(one, Alert)]
    wanted = {"external order": ["order.external"], "delisting": ["delisted.frozen"]}
    assert told == (["balance.drift"] if what in DRIFTED else wanted.get(what, []))
    assert on.account.state is (State.REDUCING if what in DRIFTED else State.ACTIVE)
    assert on.venue.orders.get(STRANGER, None) is None or STRANGER not in on.venue.ended

    once = on.kinds()
    on.do(reconcile(on.desk, on.now))
    assert on.kinds() == once, "the second pass found something"
    again = restarted(on, prepare=prepare)
    assert again.kinds() == [*once, "started"], "the next process found something"


def test_somebody_elses_order_is_never_touched_and_its_trade_is_drift() -> None:
    first = before(1)
    external(first.venue)
    on = restarted(first)
    on.do(on.desk.executor.cancel_entries(on.now))
    first.venue.trade(STRANGER, "4")
    on.do(reconcile(on.desk, on.now))
    assert STRANGER not in on.venue.ended
    assert on.alerts() == ["order.external", "balance.drift"]
    assert on.account.portfolio.quantity(SYMBOL) == 10


def test_what_an_account_finds_beside_its_cash_when_it_starts_is_left_alone() -> None:
    on = scene(owned={"USDT": D(12_500), "BBB": D(3)})
    assert on.alerts() == ["balance.outside"]
    assert on.account.remembered.outside == {"USDT": D(2_500), "BBB": D(3)}
    assert on.account.state is State.ACTIVE


def test_an_account_that_is_to_start_with_more_than_is_there_is_not_armed() -> None:
    with pytest.raises(StoppedError, match="the venue holds 50 USDT"):
        scene(owned={"USDT": D(50)})


def test_a_key_that_is_refused_at_the_start_arms_nothing() -> None:
    first = before(0)
    first.venue.failing["balances"] = KeyRefusedError("revoked")
    with pytest.raises(StoppedError, match="refuses our key"):
        restarted(first)


@pytest.mark.parametrize("question", ["open_orders", "balances", "reports"])
def test_any_question_without_an_answer_arms_nothing(question: str) -> None:
    first = before(1)
    first.venue.failing[question] = UnreachableError("silence")
    on = restarted(first, started=False)
    with pytest.raises(StoppedError, match="not armed"):
        on.do(ready(on.desk))


@pytest.mark.parametrize(("moved", "counts"), [("0.009", False), ("0.011", True)])
def test_a_drift_of_less_than_a_mille_says_nothing(moved: str, counts: bool) -> None:
    first = before(0)
    first.venue.move("AAA", D(moved))
    assert (restarted(first).alerts() == ["balance.drift"]) is counts


def test_of_a_venue_of_our_own_every_last_digit_counts() -> None:
    first = before(0)
    first.desk.is_shared = False
    first.venue.move("AAA", D("0.00000001"))
    assert restarted(first).alerts() == ["balance.drift"]


def test_a_drift_ends_purchases_and_a_person_lets_the_account_go_on_with_it() -> None:
    first = before(1)
    deposit(first.venue)
    on = restarted(first)
    (halted,) = (one for one in on.events if isinstance(one, Halted))
    assert (halted.state, halted.by) == ("reducing", "venue")
    assert "10500" in halted.reason or "9500" in halted.reason
    assert on.account.open == {}


def test_an_order_that_the_venue_has_forgotten_is_said_and_nothing_trades() -> None:
    from core.errors import FaultError

    first = before(1)
    first.venue.orders.clear()
    with pytest.raises(FaultError, match="does not know order"):
        restarted(first)


def test_an_order_that_was_over_and_rests_at_the_venue_is_ended_there() -> None:
    first = before(1)
    (number,) = first.account.open
    first.do(first.desk.executor.cancel(first.now, number))
    first.venue.orders[number] = OrderState(number, SYMBOL, Side.BUY, OrderStatus.OPEN, ZERO, ZERO)
    on = restarted(first)
    assert on.alerts() == ["order.unknown"]
    assert on.venue.orders[number].status is OrderStatus.CANCELLED


def test_a_frozen_position_is_left_as_it_is() -> None:
    first = before(0)
    on = restarted(first, prepare=delisted, limits={"exits": {"stop_atr": "2", "time": "1h"}})
    sent = len(on.venue.sent)
    for _ in range(3):
        on.do(live_through(on.desk, Instant(on.wait(HOUR))))
    assert (len(on.venue.sent), on.alerts()) == (sent, ["delisted.frozen"])
    assert on.account.portfolio.quantity(SYMBOL) == 10


def test_what_was_beside_the_cash_is_nobodys_drift_where_the_venue_told_it_late() -> None:
    on = scene(owned={"USDT": D(12_500)}, started=False)
    real, asked = on.venue.balances, 0

    async def balances() -> object:
        nonlocal asked
        asked += 1
        if asked == 2:  # armed by the first answer, and left alone with the second
            raise UnreachableError("silence")
        return await real()

    on.venue.balances = balances  # type: ignore[method-assign, assignment]
    on.do(begin(on.desk, resumed=False))
    on.account.beat = Instant(max(on.account.beat, on.desk.config.start))
    for _ in range(3):
        on.do(tend(on.desk, on.wait(60_000)))
    again = restarted(on)
    assert again.alerts() == ["venue.trouble", "balance.outside"]
    assert again.account.state is State.ACTIVE


def test_what_was_beside_the_cash_is_told_before_anything_is_bought_where_the_venue_told_it_late() -> None:
    on = scene(owned={"USDT": D(12_500)}, started=False)
    real, asked = on.venue.balances, 0

    async def balances() -> object:
        nonlocal asked
        asked += 1
        if asked == 2:
            raise UnreachableError("silence")
        return await real()

    on.venue.balances = balances  # type: ignore[method-assign, assignment]
    on.do(begin(on.desk, resumed=False))
    on.account.beat = Instant(max(on.account.beat, on.desk.config.start))
    on.do(tend(on.desk, on.wait(60_000)))
    assert on.alerts() == ["venue.trouble", "balance.outside"]
    on.venue.fates = [UnknownFateError("timed out")]
    on.send(an_approved(1))
    for _ in range(3):
        on.do(tend(on.desk, on.wait(60_000)))
    assert on.alerts() == ["venue.trouble", "balance.outside"]
