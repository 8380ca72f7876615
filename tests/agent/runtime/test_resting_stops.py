"""The stop that rests at the venue: never two of them, never one without a position, never one that cannot fill."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from agent.runtime.beat import live_through
from agent.runtime.desk import Desk
from core.errors import UnreachableError
from core.instant import HOUR
from core.orders import ApprovedOrder, OrderStatus, Side
from strategies.risk.case import is_resting_stop
from tests.agent.runtime.fake_venue import Scene, an_approved, scene
from tests.agent.runtime.test_proving import FIRST, SECOND_ONE, decided

SILENT = UnreachableError("it does not answer")


def beat(on: Scene) -> None:
    on.wait(HOUR)
    on.do(live_through(on.desk, on.now))


def guarded(
    quantity: str = "16", *, done: bool = False, limits_only: bool = False, last: float = 100.0
) -> Scene:
    """A position with its stop at the venue; from the sixth hour on the price is *last*."""

    def prepare(desk: Desk) -> None:
        desk.limits_only = limits_only

    on = scene(limits={"exits": {"stop_atr": "2"}}, closes=[100.0] * 25 + [last] * 75, prepare=prepare)
    decided(on, FIRST, 1.0)
    on.venue.trade(on.venue.sent[0].id, quantity, done=done)
    beat(on)
    assert len(at_rest(on)) == 1
    return on


def at_rest(on: Scene) -> list[ApprovedOrder]:
    """The stops that rest at the venue, by its own book."""
    return [
        one
        for one in on.venue.sent
        if is_resting_stop(one) and on.venue.orders[one.id].status is OrderStatus.OPEN
    ]


def test_no_second_stop_beside_one_whose_end_was_not_answered() -> None:
    on = guarded()
    on.venue.failing["cancel"] = SILENT
    on.venue.trade(on.venue.sent[0].id, "16")
    beat(on)
    assert [one.quantity for one in at_rest(on)] == [Decimal(16)]
    on.venue.failing.clear()
    beat(on)
    assert [one.quantity for one in at_rest(on)] == [Decimal(32)]


def test_a_stop_whose_position_is_gone_is_ended_as_soon_as_the_venue_answers() -> None:
    on = guarded(done=True)
    on.account.portfolio = replace(on.account.portfolio, positions={})
    on.venue.failing["cancel"] = SILENT
    on.desk.catching_up = True
    beat(on)
    assert len(at_rest(on)) == 1
    on.venue.failing.clear()
    beat(on)
    assert at_rest(on) == []


def test_a_stop_whose_limit_the_price_fell_through_gives_way_to_a_sale() -> None:
    on = guarded("32", done=True, limits_only=True, last=80.0)
    for _ in range(6):
        beat(on)
    sale = on.venue.sent[-1]
    assert (sale.side, sale.quantity, sale.limit_price) == (Side.SELL, Decimal(32), Decimal("79.2"))
    assert at_rest(on) == []


def test_a_stop_that_can_still_fill_is_left_to_fill() -> None:
    on = guarded("32", done=True, limits_only=True, last=99.5)
    for _ in range(6):
        beat(on)
    assert len(at_rest(on)) == 1
    assert len(on.venue.sent) == 2


def test_what_is_bought_beside_dust_is_guarded_as_a_position_of_its_own() -> None:
    exits = {"exits": {"stop_atr": "2", "trailing_atr": "2", "time": "3h"}}
    on = scene(limits=exits, closes=[100.0] * 22 + [80.0] * 80)
    decided(on, FIRST, 1.0)
    on.venue.trade(on.venue.sent[0].id, "16")
    sale = an_approved(7, Side.SELL, quantity="15.99")  # worth 0.8 of what is left: less than the venue takes
    on.do(live_through(on.desk, on.now))
    on.send(sale)
    on.venue.trade(sale.id, "15.99")
    for _ in range(8):
        beat(on)
    sent = len(on.venue.sent)
    decided(on, SECOND_ONE, 1.0)
    on.venue.trade(on.venue.sent[-1].id, "20", price="80")
    for _ in range(2):
        beat(on)
    (stop,) = at_rest(on)
    assert [one.side for one in on.venue.sent[sent:]] == [Side.BUY, Side.SELL]
    assert stop.stop_price is not None
    assert 60 < stop.stop_price < 80
    for _ in range(3):
        beat(on)
    assert on.venue.sent[-1].reason == "time"
