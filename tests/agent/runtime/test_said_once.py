"""What a venue changes, and what is too little to be sold, is said once and not at every look."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.runtime.beat import live_through
from agent.runtime.tending import tend
from core.errors import UnreachableError
from core.instant import HOUR, MINUTE, Instant
from core.market import Instrument
from core.orders import OrderType
from tests.agent.runtime.fake_venue import SYMBOL, D, Scene, an_approved, restarted, scene

STOPS = {"exits": {"stop_atr": "2"}}


def beat(on: Scene, beats: int = 3) -> None:
    for _ in range(beats):
        on.do(live_through(on.desk, Instant(on.wait(HOUR))))


def bought(quantity: str) -> Scene:
    """An account with stops that holds *quantity* at 100."""
    on = scene(limits=STOPS)
    on.send(an_approved(1))
    on.venue.trade(an_approved(1).id, quantity)
    beat(on)
    return on


def test_a_remainder_that_is_too_little_to_be_sold_is_said_once_until_something_trades() -> None:
    on = bought("0.01")
    assert on.kinds().count("refused") == 1
    again = restarted(on, limits=STOPS)
    beat(again)
    assert again.kinds().count("refused") == 1
    again.send(an_approved(2))
    again.venue.trade(an_approved(2).id, "0.01")
    beat(again)
    assert again.kinds().count("refused") == 2


@pytest.mark.parametrize("beside", ["0", "0.000000004"])
def test_a_stop_over_every_lot_of_a_position_is_left_alone(beside: str) -> None:
    on = bought(str(D(9) + D(beside)))
    (stop,) = (one for one in on.venue.sent if one.type is OrderType.STOP)
    for _ in range(3):
        on = restarted(on, limits=STOPS)
        beat(on)
    assert (on.venue.ended, [one.id for one in on.venue.sent][-1]) == ([], stop.id)


class Relisting:
    """A venue's filters, and a market's that can be replaced."""

    def __init__(self, on: Scene) -> None:
        self.said: tuple[str, ...] = ()
        self.taken: list[Instrument] = []
        self.fresh = replace(on.desk.market.instrument(SYMBOL), lot_size=D("0.001"))
        on.venue.instruments = dict.fromkeys(on.desk.config.symbols, self.fresh)  # type: ignore[attr-defined]
        on.venue.changed = self.changed  # type: ignore[attr-defined]
        on.desk.market.refilter = self.refilter  # type: ignore[attr-defined]

    async def changed(self) -> tuple[str, ...]:
        said, self.said = self.said, ()
        return said

    def refilter(self, fresh: Instrument) -> bool:
        is_new = fresh not in self.taken
        self.taken.append(fresh)
        return is_new


def test_filters_that_change_while_an_account_runs_are_told_once_and_orders_follow_them() -> None:
    on = scene()
    listing = Relisting(on)
    for said in (
        (),
        (f"{SYMBOL}: lot size is 0.001, was 1e-8",),
        (),
        (f"{SYMBOL}: told by the market before",),
    ):
        listing.said = said
        on.do(tend(on.desk, on.wait(2 * MINUTE)))
    assert on.alerts() == ["filters.changed"]
    assert listing.taken[0].lot_size == D("0.001")


def test_filters_that_nobody_tells_are_trouble() -> None:
    on = scene()
    listing = Relisting(on)

    async def silent() -> tuple[str, ...]:
        raise UnreachableError("silence")

    on.venue.changed = silent  # type: ignore[attr-defined]
    on.do(tend(on.desk, on.wait(2 * MINUTE)))
    assert (on.alerts(), listing.taken) == (["venue.trouble"], [])
