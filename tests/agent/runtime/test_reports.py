"""Fills are booked once each, whenever they are told; one too many stops everything."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.runtime.reconciling import reconcile
from agent.runtime.recovery import recover
from agent.runtime.reports import take_reports
from core.events import Filled, Halted
from core.instant import HOUR
from core.ledger import OURS
from core.orders import OrderStatus, OrderType, Side
from strategies.risk.case import State
from tests.agent.runtime.fake_venue import SYMBOL, D, Scene, an_approved, scene


def told(on: Scene) -> None:
    on.do(take_reports(on.desk, on.now))


def fills(on: Scene) -> int:
    return sum(isinstance(one, Filled) for one in on.events)


def bought(quantity: str = "10", **named: object) -> Scene:
    on = scene()
    on.send(an_approved(1, kind=OrderType.LIMIT, quantity=quantity))
    return on


def test_a_fill_that_is_told_twice_is_booked_once() -> None:
    on = bought()
    on.venue.trade(an_approved(1).id, "4", done=False, trade="T1")
    told(on)
    again = replace(on.venue.said[0], seq=2)
    on.venue.said += [again, replace(again, seq=3)]
    told(on)
    assert (fills(on), on.account.portfolio.quantity(SYMBOL)) == (1, 4)


def test_a_fill_that_is_told_twice_at_once_is_booked_once() -> None:
    on = bought()
    on.venue.trade(an_approved(1).id, "4", done=False, trade="T1")
    on.venue.said.append(replace(on.venue.said[0], seq=2))
    told(on)
    assert fills(on) == 1


def test_the_fold_drops_a_trade_that_a_journal_holds_twice() -> None:
    on = bought()
    on.venue.trade(an_approved(1).id, "4", done=False, trade="T1")
    told(on)
    (twice,) = (one for one in on.events if isinstance(one, Filled))
    on.desk.recorder.write(on.now, twice)
    account, _ = recover(on.journal, "paper", on.desk.market.instrument)
    assert account.portfolio.quantity(SYMBOL) == 4
    assert account.ledger.balance("available", "AAA") == 4


def test_a_fee_in_what_is_sold_leaves_books_ledger_and_venue_alike() -> None:
    on = bought()
    on.venue.trade(an_approved(1).id, "10")
    told(on)
    on.send(an_approved(2, Side.SELL, quantity="4"), an_approved(3, Side.SELL, quantity="5.995"))
    for number, much in ((2, "4"), (3, "5.995")):
        sale = an_approved(number, Side.SELL, quantity=much)
        on.venue.trade(sale.id, much)
        last = on.venue.said[-1]
        assert last.fill is not None
        fee = replace(last.fill, fee=D("0.5"), fee_asset="AAA", fee_paid=D("0.005"))
        on.venue.said[-1] = replace(last, fill=fee)
        on.venue.move("AAA", D("-0.005"))
    told(on)
    on.do(reconcile(on.desk, on.now))
    assert (on.account.state, on.account.portfolio.positions) == (State.ACTIVE, {})
    assert on.account.remembered.outside == {"AAA": D("-0.005")}
    assert on.account.ledger.balance("available", "AAA") == 0
    assert on.venue.owned["AAA"] == D("-0.005")
    again, _ = recover(on.journal, "paper", on.desk.market.instrument)
    assert (again.ledger.balances(), again.remembered.outside) == (
        on.account.ledger.balances(),
        on.account.remembered.outside,
    )


def test_two_symbols_may_number_their_trades_alike() -> None:
    on = bought()
    on.send(an_approved(2, symbol="BBB/USDT", kind=OrderType.LIMIT, quantity="10"))
    on.venue.trade(an_approved(1).id, "4", done=False, trade="7")
    on.venue.trade(an_approved(2, symbol="BBB/USDT").id, "4", done=False, trade="7")
    told(on)
    assert fills(on) == 2


def test_a_fill_that_is_told_after_the_cancel_is_booked() -> None:
    on = bought()
    number = an_approved(1).id
    on.do(on.desk.executor.cancel(on.now, number))
    assert on.account.open == {}
    on.wait(HOUR)
    on.venue.trade(number, "3", done=True)
    told(on)
    assert on.account.portfolio.quantity(SYMBOL) == 3
    assert on.account.state is State.ACTIVE


@pytest.mark.parametrize("cancelled", [False, True])
def test_a_fill_beyond_its_order_is_booked_told_and_halts(cancelled: bool) -> None:
    on = bought()
    number = an_approved(1).id
    on.venue.trade(number, "8", done=False)
    told(on)
    if cancelled:
        on.do(on.desk.executor.cancel(on.now, number))
    on.venue.trade(number, "2.00000001")
    told(on)
    (halted,) = (one for one in on.events if isinstance(one, Halted))
    assert (halted.by, on.account.state, on.alerts()) == ("venue", State.HALTED, ["order.overfilled"])
    assert on.account.portfolio.quantity(SYMBOL) == D("10.00000001")


def test_a_fill_beyond_its_order_is_seen_within_one_batch_of_reports() -> None:
    on = bought()
    on.venue.trade(an_approved(1).id, "8", done=False)
    on.venue.trade(an_approved(1).id, "3")
    told(on)
    assert on.account.state is State.HALTED


def test_a_fill_that_the_books_cannot_take_halts_without_being_booked() -> None:
    on = bought()
    on.venue.trade(an_approved(1).id, "10")
    told(on)
    sale = an_approved(2, Side.SELL, quantity="10")
    on.send(sale)
    on.venue.trade(sale.id, "11")
    told(on)
    assert on.account.state is State.HALTED
    assert on.account.portfolio.quantity(SYMBOL) == 10


def test_another_hands_trade_is_not_booked_as_ours() -> None:
    on = bought()
    on.venue.orders["external:5"] = replace(on.venue.orders[an_approved(1).id], id="external:5")  # type: ignore[arg-type]
    on.venue.trade("external:5", "4")
    told(on)
    assert fills(on) == 0


def test_a_fill_proves_that_an_unknown_order_exists() -> None:
    on = scene(fates=["lost after"])
    on.send(an_approved(1, kind=OrderType.LIMIT, quantity="10"))
    on.venue.trade(an_approved(1).id, "4", done=False)
    told(on)
    assert on.account.unacknowledged == {}
    assert list(on.account.open) == [an_approved(1).id]


parts = st.lists(st.integers(1, 30), min_size=1, max_size=6)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(parts, st.randoms(use_true_random=False), st.booleans(), st.integers(0, 6))
def test_however_fills_are_split_repeated_and_late_the_books_are_the_venues(
    sizes: list[int], chance: object, is_cancelled: bool, when: int
) -> None:
    on = bought(str(sum(sizes)))
    number = an_approved(1).id
    for index, size in enumerate(sizes):
        if is_cancelled and index == when:
            on.do(on.desk.executor.cancel(on.now, number))
        on.venue.trade(number, str(size), "1.25", done=index == len(sizes) - 1, trade=f"T{index}")
        said = on.venue.said
        if chance.random() < 0.5:  # type: ignore[attr-defined]
            said.append(replace(chance.choice(said), seq=len(said) + 1))  # type: ignore[attr-defined]
        if chance.random() < 0.5:  # type: ignore[attr-defined]
            told(on)
    told(on)
    told(on)
    ours = {asset: n for (role, asset), n in on.account.ledger.balances().items() if role in OURS and n}
    assert ours == {asset: n for asset, n in on.venue.owned.items() if n}
    assert fills(on) == len(sizes)
    assert on.account.state is State.ACTIVE
    assert on.venue.orders[number].status is OrderStatus.FILLED
    on.desk.close()
