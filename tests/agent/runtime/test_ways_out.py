"""Ways out: who wants out gets out, however thin the market, whoever halts, and buys nothing more meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from agent.runtime.halt_switch import FLATTEN, HOLD, HaltSwitch
from agent.runtime.worlds import World
from core.decision import Decision, Proposal, Situation
from core.market import Floats
from strategies.risk.case import State
from strategies.risk.limits import limits_from
from tests.agent.runtime.small_world import NO_FRICTION, Run, config_of, live, world_of
from tools.store.gate import judge

A_TENTH = replace(NO_FRICTION, participation=Decimal("0.1"))
THIN = {
    "rules": {"liquidity": "if_available"},
    "liquidity": {"share_of_bar": "0.02"},
    "price": {"collar_bps": 100},
}


class Scripted:
    """Wishes a stance for the one asset at the decisions named, and calls *then* before each."""

    spec = "rule:hold"

    def __init__(
        self, stances: Mapping[int, float] | float, then: Callable[[int], object] = lambda _: None
    ) -> None:
        self._stances, self._then, self._made = stances, then, -1

    async def decide(self, situation: Situation) -> Decision:
        self._made += 1
        self._then(self._made)
        stance = self._stances if isinstance(self._stances, float) else self._stances.get(self._made)
        return Decision(() if stance is None else (Proposal(0, stance),), decided_by="test")


def market(closes: list[float], **columns: Floats) -> World:
    """One asset with these closes; other columns as given."""
    world = world_of({"AAA/USDT": closes})
    bars = replace(world.series["AAA/USDT"].bars, **columns)
    if "open" in columns:
        bars = replace(
            bars,
            high=np.maximum(bars.open, bars.close) * 1.001,
            low=np.minimum(bars.open, bars.close) * 0.999,
        )
    return replace(world, series={"AAA/USDT": judge("test", bars, "test")})


def held(run: Run) -> Decimal:
    return run.desk.account.portfolio.quantity("AAA/USDT")


def a_gap_after_a_thin_candle() -> World:
    closes = [100.0] * 40 + [90 - 0.5 * step for step in range(60)]
    volume, opened = np.full(100, 1e6), np.concatenate(([100.0], closes[:-1]))
    volume[39], opened[40] = 10.0, 90.0
    return market(closes, volume=volume, open=opened)


def test_a_forced_sale_at_the_collar_follows_the_price_until_it_is_filled() -> None:
    world = a_gap_after_a_thin_candle()
    limits = limits_from({"profile": "none", **THIN, "exits": {"stop_atr": "3", "time": "2h"}})
    run = live(config_of(world, "rule:hold", limits=limits), world, decider=Scripted({37: 1.0}))
    assert held(run) == 0
    assert run.desk.account.equity > 8_900
    assert len(run.of("exit")) == 1


def test_a_flattening_halt_follows_the_price_too_and_ends_halted(tmp_path: Path) -> None:
    world = a_gap_after_a_thin_candle()
    switch = HaltSwitch(tmp_path)
    decider = Scripted({37: 1.0}, lambda made: made == 39 and switch.set("panic", FLATTEN))
    run = live(config_of(world, "rule:hold", limits=limits_from({"profile": "none", **THIN})), world, tmp_path, decider=decider)  # fmt: skip
    assert (run.reason, run.desk.account.state, held(run)) == ("halted", State.HALTED, 0)


def falling() -> World:
    closes = [100.0] * 10 + [100.0 - 2 * step for step in range(1, 10)] + [82.0] * 40
    return market(closes, volume=np.full(len(closes), 80.0))


def test_a_breaker_that_only_reduces_ends_the_purchase_that_is_still_filling() -> None:
    limits = limits_from({"profile": "none", "loss": {"drawdown_reduce": "0.02"}})
    world = falling()
    run = live(config_of(world, "rule:hold", limits=limits, costs=A_TENTH), world, decider=Scripted({5: 1.0}))
    (reducing,) = run.of("halted")
    assert max(record.at for record in run.of("filled")) <= reducing.at
    assert not run.desk.account.open


@pytest.mark.parametrize("first", [HOLD, FLATTEN])
def test_a_halt_ends_the_purchase_that_is_still_filling(tmp_path: Path, first: str) -> None:
    switch, world = HaltSwitch(tmp_path), falling()
    decider = Scripted({5: 1.0}, lambda made: made == 8 and switch.set("x", first))
    run = live(config_of(world, "rule:hold", costs=A_TENTH), world, tmp_path, decider=decider)
    assert run.reason == "halted"
    assert not run.desk.account.open
    assert (held(run) == 0) is (first == FLATTEN)


def test_a_wish_to_be_flat_stands_through_a_minimum_hold() -> None:
    closes = [100.0] * 20 + [101.0, 102, 103, 104, 100, 95, 94, 93, 92, 91] + [90.0] * 20
    world = world_of({"AAA/USDT": closes})
    limits = limits_from({"profile": "none", "pace": {"min_hold": "12h"}})
    run = live(config_of(world, "rule:sma?window=15", limits=limits), world)
    assert run.refusals() == {"pace.hold"}
    assert len(run.of("refused")) == 1
    assert held(run) == 0


def test_a_wish_to_be_flat_stands_until_a_thin_market_has_taken_all_of_it() -> None:
    closes = [100.0] * 20 + [101.0, 102, 103, 104, 100, 95, 94, 93, 92, 91] + [90.0] * 20
    volume = np.full(len(closes), 1e6)
    volume[24:] = 1_000.0
    world = market(closes, volume=volume)
    limits = limits_from({"profile": "none", **THIN})
    run = live(config_of(world, "rule:sma?window=15", limits=limits), world)
    assert len(run.of("filled")) > 3
    assert held(run) == 0


def test_a_wish_that_the_halt_stopped_before_the_wire_is_fulfilled_after_resuming(tmp_path: Path) -> None:
    switch, world = HaltSwitch(tmp_path), world_of({"AAA/USDT": [100.0] * 40})
    config = config_of(world, "rule:hold")
    decider = Scripted({5: 1.0, 20: 0.0}, lambda made: made == 20 and switch.set("x"))
    assert live(config, world, tmp_path, decider=decider).reason == "halted"
    switch.clear()
    from agent.runtime.resuming import resume_accounts

    assert resume_accounts(tmp_path, None) == ["paper"]
    assert held(live(config, world, tmp_path, decider=Scripted({}))) == 0


def test_an_order_that_fills_in_parts_is_not_counted_twice() -> None:
    """The same stance at the same price, decision after decision: one purchase, and nothing after it."""
    world = market([100.0] * 30, volume=np.full(30, 100.0))
    run = live(config_of(world, "rule:hold", costs=A_TENTH), world, decider=Scripted(0.5))
    assert len(run.of("approved")) == 1
    assert len(run.of("filled")) == 5


def test_a_stop_that_filled_in_part_is_left_to_fill_and_is_one_exit() -> None:
    closes = [100.0] * 63 + [96.0] + [99.5] * 20
    opened = np.concatenate(([100.0], closes[:-1]))
    opened[64:] = 99.5
    volume = np.full(len(closes), 100_000.0)
    volume[63:] = 100.0
    world = market(closes, open=opened, volume=volume)
    limits = limits_from({"profile": "none", "exits": {"stop_atr": "2"}})
    run = live(
        config_of(world, "rule:hold", limits=limits, costs=A_TENTH), world, decider=Scripted({58: 1.0})
    )
    assert held(run) == 0
    assert len(run.of("exit")) == 1


def test_a_position_opened_where_another_was_closed_has_a_stop_of_its_own() -> None:
    closes = [100.0] * 60 + [150.0] * 30
    volume = np.full(90, 1e6)
    volume[62] = 0.0
    world = market(closes, volume=volume)
    limits = limits_from({"profile": "none", "exits": {"stop_atr": "3"}})
    decider = Scripted({40: 0.4, 62: 0.0, 63: 0.4})
    run = live(config_of(world, "rule:hold", limits=limits, costs=A_TENTH), world, decider=decider)
    stop = run.desk.account.protections["AAA/USDT"].plan.stop
    assert stop is not None
    assert stop > 130


def test_a_position_whose_range_was_not_known_yet_gets_its_stop_once_it_is() -> None:
    world = world_of({"AAA/USDT": [100.0 + step % 3 for step in range(40)]})
    limits = limits_from({"profile": "none", "exits": {"stop_atr": "3"}})
    run = live(config_of(world, "rule:hold", limits=limits), world, decider=Scripted({2: 1.0}))
    (order,) = run.desk.account.open.values()
    assert order.stop_price is not None


def test_a_halt_on_the_last_beat_ends_halted(tmp_path: Path) -> None:
    switch, world = HaltSwitch(tmp_path), world_of({"AAA/USDT": [100.0] * 20})
    decider = Scripted({2: 1.0}, lambda made: made == 19 and switch.set("x", FLATTEN))
    assert live(config_of(world, "rule:hold"), world, tmp_path, decider=decider).reason == "halted"


def test_a_deadline_fires_while_the_data_is_out_at_a_limit_by_the_last_good_price() -> None:
    world = world_of({"AAA/USDT": [100.0] * 60, "BBB/USDT": [100.0] * 90})
    limits = limits_from({"profile": "none", "exits": {"time": "3d"}, "price": {"collar_bps": 100}})
    run = live(config_of(world, "rule:hold", limits=limits), world, decider=Scripted({5: 1.0}))
    fired = run.of("exit")[0]
    assert fired.body["trigger"] == "time"
    orders = [record.body["order"] for record in run.of("approved")]
    order = next(one for one in orders if one["id"] == fired.body["order_id"])
    assert (order["type"], order["limit_price"]) == ("limit", "99")
