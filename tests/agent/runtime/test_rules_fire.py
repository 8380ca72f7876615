"""Every risk rule speaks through the whole loop, on a replayed and on a simulated market; without it nothing does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from agent.runtime import deciding, inputs
from agent.runtime.desk import Desk
from agent.runtime.worlds import World, open_world
from core.decision import Decision, Proposal, Situation
from core.events import Halted
from core.instant import DAY, HOUR, Instant, instant
from core.market import Bars, Costs
from strategies.risk import engine
from strategies.risk.limits import limits_from
from strategies.risk.registry import registered
from tests.agent.runtime.small_world import (
    NO_FRICTION,
    START,
    Run,
    bars_of,
    config_of,
    live,
    walk,
    world_of,
)
from tools.clocks import SimulatedClock
from tools.store.gate import judge

D = Decimal
WARM = 45 * 24  # hours: the rules that look at daily returns want a month of them
FLAT, FULL = 0.0, 1.0
FIRST, SECOND = 0, 1
LOSSY = replace(NO_FRICTION, taker=D("0.05"))  # whatever the market does, a round trip loses
SLOW = replace(NO_FRICTION, latency_ms=2 * HOUR)  # an order of one decision still waits at the next

Wishes = tuple[tuple[int, float], ...]


@dataclass(frozen=True)
class Scenario:
    """What makes *code* speak: limits on top of the profile ``none``, and what is wished at each hour.

    *wishes*: (index of the menu, stance) by decision; the last ones are repeated. *filters*: changes of
    the venue's. *halt_at*: the decision during which a person halts. *seen*: what is found in the
    journal where the input cannot exist on these markets.
    """

    code: str
    limits: Mapping[str, Any]
    wishes: tuple[Wishes, ...]
    costs: Costs = NO_FRICTION
    cash: str = "10000 USDT"
    market: str = "calm"
    filters: Mapping[str, Decimal] = field(default_factory=dict)
    halt_at: int | None = None
    armed: bool = True
    seen: str = ""

    @property
    def expected(self) -> str:
        return self.seen or self.code


BUY: Wishes = ((FIRST, FULL),)
BUY_SECOND: Wishes = ((SECOND, FULL),)
SELL: Wishes = ((FIRST, FLAT),)
BOTH: Wishes = ((FIRST, FULL), (SECOND, FULL))

RISING: tuple[Wishes, ...] = tuple(((FIRST, hour / 20),) for hour in range(1, 17))

SCENARIOS = (
    Scenario("state.halted", {}, (BUY,), halt_at=0),
    Scenario("state.reducing", {"loss": {"drawdown_reduce": "0.001"}}, (BUY, (), BUY_SECOND), LOSSY),
    Scenario("not_armed", {}, (BUY,), armed=False),
    Scenario("not_allowed", {"allow": {"symbols": ["NOBODY/USDT"]}}, (BUY,)),
    Scenario("data.stale", {}, RISING, market="outage"),
    Scenario("data.gate", {}, RISING, market="jump"),
    Scenario("duplicate", {}, (((FIRST, 0.5), (FIRST, 0.5)),)),
    Scenario("precision", {}, (BUY,), cash="100000000000000000000 USDT"),
    Scenario("quantity.min", {}, (BUY,), filters={"min_quantity": D(10_000_000)}),
    Scenario("quantity.max", {}, (BUY,), filters={"max_quantity": D(1)}),
    Scenario("notional.min", {}, (BUY,), filters={"min_notional": D(10_001)}),
    Scenario("notional.max", {}, (BUY,), filters={"max_notional": D(100)}),
    Scenario("cash", {"exposure": {"cash_reserve": "0.9"}}, (BUY,)),
    Scenario("exposure.order", {"exposure": {"per_order": "0.01"}}, (BUY,)),
    Scenario("exposure.asset", {"exposure": {"per_asset": "0.3"}}, (BUY, (), (), (), SELL, BUY), SLOW),
    Scenario("exposure.narrative", {"exposure": {"per_narrative": "0.2"}}, (((FIRST, 0.1),), (), BUY_SECOND)),
    Scenario("exposure.gross", {"exposure": {"gross": "0.01"}}, (BUY,)),
    Scenario("correlation", {"exposure": {"correlation": "0.01"}}, (BUY, (), BUY_SECOND)),
    Scenario("volatility", {"sizing": {"target_volatility": "0.01"}}, (BUY,)),
    Scenario("cvar", {"sizing": {"cvar95_per_day": "0.0001"}}, (BUY,)),
    Scenario("pace.hour", {"pace": {"orders_per_hour": 1}}, (BOTH,)),
    Scenario("pace.day", {"pace": {"orders_per_day": 1}}, (BUY, (), BUY_SECOND)),
    Scenario("pace.hold", {"pace": {"min_hold": "12h"}}, (BUY, (), SELL)),
    Scenario("pace.cooldown", {"pace": {"cooldown_after_loss": "24h"}}, (BUY, (), SELL, (), BUY), LOSSY),
    # mark and mid are one and the same close here, so only a symbol that never traded makes it speak
    Scenario(
        "collar.mid", {"price": {"collar_bps": 1}}, (BUY,), market="unlisted", seen="input.missing:collar.mid"
    ),
    Scenario(
        "collar.second",
        {"rules": {"second_source": "required"}, "price": {"collar_bps": 100}},
        (BUY,),
        seen="input.missing:collar.second",
    ),
    Scenario(
        "liquidity",
        {"rules": {"liquidity": "required"}, "liquidity": {"share_of_bar": "0.00000001"}},
        (BUY,),
    ),
    Scenario(
        "depeg",
        {"rules": {"depeg": "required"}, "price": {"depeg_bps": 100}},
        (BUY,),
        seen="input.missing:depeg",
    ),
    Scenario("loss.day", {"loss": {"per_day": "0.001"}}, (BUY, (), BUY_SECOND), LOSSY),
    Scenario("loss.drawdown", {"loss": {"drawdown_reduce": "0.001"}}, (BUY, (), BUY_SECOND), LOSSY),
    Scenario("edge", {"edge": {"multiple": "1000"}}, (BUY,)),
    # what signals to sell needs months of candles: tests/agent/runtime/test_horizon.py
    Scenario(
        "horizon",
        {"rules": {"horizon": "required"}},
        (BUY,),
        market="unlisted",
        seen="input.missing:horizon",
    ),
)


class Scripted:
    """A decider that wishes what a scenario says, hour by hour."""

    spec = "rule:hold"

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._asked = 0
        self.desk: Desk | None = None

    async def decide(self, situation: Situation) -> Decision:
        number, scenario = self._asked, self._scenario
        self._asked += 1
        if number == scenario.halt_at and self.desk is not None:
            self.desk.recorder.write(situation.now, Halted("seen enough", "person"))
        wishes = scenario.wishes[min(number, len(scenario.wishes) - 1)]
        return Decision(tuple(Proposal(*wish) for wish in wishes), decided_by="test", inputs={})


def without(bars: Bars, rows: range) -> Bars:
    keep = ~np.isin(np.arange(len(bars)), rows)
    columns = ("opened_at", "open", "high", "low", "close", "volume")
    return replace(bars, **{name: getattr(bars, name)[keep] for name in columns})


@cache
def replayed(market: str) -> World:
    """Two recorded walks that move alike; with an outage, a bad tick or an empty series where asked for."""
    paths = {"AAA/USDT": walk(WARM + 30, step=0.006), "BBB/USDT": walk(WARM + 30, step=0.006, price=37.0)}
    if market == "jump":
        paths["AAA/USDT"][WARM + 6] *= 3
    world = world_of(paths, warm=WARM)
    bars = world.series["AAA/USDT"].bars
    if market == "outage":
        bars = without(bars, range(WARM + 5, WARM + 9))
    elif market == "unlisted":
        bars = bars_of("AAA/USDT", paths["AAA/USDT"][:20], start=Instant(world.until - 20 * HOUR))
    else:
        return world
    return replace(world, series={**world.series, "AAA/USDT": judge("test:AAA", bars, "test")})


# a market of the package's own, and the hour at which what is looked for comes up in it
SIMULATED = {
    "calm": ("sim?seed=7&assets=2", 0),
    "outage": ("sim?seed=8&assets=2&faults=heavy", 30),
    "jump": ("sim?seed=8&assets=2&faults=heavy", 624),
    "unlisted": ("sim?seed=7&assets=6", 0),
}


@cache
def simulated(market: str) -> World:
    """What ``paper`` on sim opens."""
    spec, hour = SIMULATED[market]
    start = Instant(instant("2024-01-01") + hour * HOUR)
    symbols = ["VEXLO/USDT", "NOVA/USDT"] if market == "unlisted" else []
    return open_world(
        spec,
        Path(),
        SimulatedClock(START),
        symbols=symbols,
        start=start,
        until=Instant(start + DAY),
        grain=None,
    )


WORLDS = {"replay": replayed, "sim": simulated}


def lived(scenario: Scenario, where: str) -> Run:
    world = WORLDS[where](scenario.market)
    filters = {
        symbol: replace(one, **scenario.filters)  # type: ignore[arg-type]  # by name
        for symbol, one in world.instruments.items()
    }
    narratives = world.narratives or dict.fromkeys(world.symbols, ("walks",))
    world = replace(world, instruments=filters, narratives=narratives)
    config = config_of(
        world,
        "rule:hold",
        limits=limits_from({"profile": "none", **scenario.limits}),
        costs=scenario.costs,
        cash=scenario.cash,
        until=Instant(world.start + 16 * HOUR),
    )
    decider = Scripted(scenario)

    def prepare(desk: Desk) -> None:
        decider.desk = desk

    return live(config, world, decider=decider, prepare=prepare)


def spoken(run: Run) -> set[str]:
    """Every code among the findings, whether they refused or only shrank."""
    events = (*run.of("refused"), *run.of("approved"))
    return {finding["code"] for record in events for finding in record.body["findings"]}


@pytest.fixture(autouse=True)
def _fresh_plans() -> Any:
    _forget()
    yield
    _forget()


def _forget() -> None:
    for held in vars(engine).values():
        if hasattr(held, "cache_clear") and held is not registered:
            held.cache_clear()


def disarm(scenario: Scenario, patch: pytest.MonkeyPatch) -> None:
    """Paper is always armed; only live trading asks a person first."""
    if not scenario.armed:
        real = inputs.case_of
        patch.setattr(deciding, "case_of", lambda *args, **named: replace(real(*args, **named), armed=False))


def test_there_is_a_scenario_for_every_rule() -> None:
    assert sorted(scenario.code for scenario in SCENARIOS) == sorted(rule.code for rule in registered())


@pytest.mark.parametrize("where", WORLDS)
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.code)
def test_a_rule_speaks_in_the_loop_and_is_silent_once_it_is_taken_out(
    scenario: Scenario, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    disarm(scenario, monkeypatch)
    with_rule = lived(scenario, where)
    assert with_rule.desk.market.simulated is (where == "sim")
    assert scenario.expected in spoken(with_rule)
    rest = tuple(rule for rule in registered() if rule.code != scenario.code)
    monkeypatch.setattr(engine, "registered", lambda: rest)
    _forget()
    assert not {scenario.code, scenario.expected} & spoken(lived(scenario, where))


@pytest.mark.parametrize("where", WORLDS)
def test_wishes_that_no_limit_touches_carry_no_finding(where: str) -> None:
    assert spoken(lived(Scenario("", {}, (((FIRST, 0.5),), (), SELL)), where)) == set()
