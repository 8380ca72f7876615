"""A halt at a random instant of a run in trouble: how long after it an order still went out, and when it was obeyed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from agent.runtime.desk import Desk
from agent.runtime.halt_switch import HaltSwitch
from core.decision import Decision, Proposal, Situation
from core.instant import MINUTE, SECOND, Instant
from core.orders import ApprovedOrder
from strategies.risk.limits import limits_from
from tests.agent.runtime.real_world import Lived
from tests.tools.market.fake_venue import NOON, Fed

SYMBOLS = ("AAA/USDT", "BBB/USDT", "CCC/USDT", "DDD/USDT")
ROOMY = limits_from({"profile": "none"})
_WINDOW_MS = 3 * MINUTE

Trouble = Callable[[Desk, Fed], None]


class Eager:
    """Turns its whole book round at every decision, so that four orders are always about to go out."""

    spec = "rule:hold"

    def __init__(self) -> None:
        self.world: Fed | None = None
        self.hangs = False
        self._is_long = False

    async def decide(self, situation: Situation) -> Decision:
        while self.hangs:  # until it is cut off
            await asyncio.sleep(0)
        self._is_long = not self._is_long
        stance = 1.0 if self._is_long else 0.0
        return Decision(tuple(Proposal(asset, stance) for asset in range(len(situation.menu))), "test")


def model_hangs(desk: Desk, world: Fed) -> None:
    """From the second decision on the model never answers."""
    eager: Any = desk.decider
    eager = getattr(eager, "_inner", eager)
    real, asked = eager.decide, 0

    async def decide(situation: Situation) -> Decision:
        nonlocal asked
        asked += 1
        eager.hangs = asked > 1
        answered: Decision = await real(situation)
        return answered

    eager.decide = decide


def venue_hangs(desk: Desk, world: Fed) -> None:
    """Every order takes twenty seconds to be answered."""
    submit = desk.exchange.submit

    async def slowly(order: ApprovedOrder) -> object:
        answer = await submit(order)
        await world.clock.sleep_until(Instant(world.clock.time + 20 * SECOND))
        return answer

    desk.exchange.submit = slowly  # type: ignore[method-assign, assignment]


def writer_is_slow(desk: Desk, world: Fed) -> None:
    """Every write of the journal takes five seconds."""
    journal: Any = desk.recorder._journal
    append = journal.append

    def slowly(*args: object, **kwargs: object) -> object:
        world.clock.time += 5 * SECOND
        return append(*args, **kwargs)

    journal.append = slowly


TROUBLES: dict[str, Trouble] = {
    "nothing else": lambda _desk, _world: None,
    "the model hangs": model_hangs,
    "the venue hangs": venue_hangs,
    "the writer is slow": writer_is_slow,
}


@dataclass
class Halted:
    """*latest_ms*: after the halt until the last order left (0: none did). *obeyed_ms*: until it was journalled."""

    latest_ms: int
    obeyed_ms: int | None
    orders_before: int
    orders_after_restart: int


def halted(home: Path, trouble: Trouble, seed: int) -> Halted:
    """One run of four symbols that is halted at an instant that *seed* draws, then started again."""
    at = NOON + int(np.random.default_rng(seed).integers(SECOND, _WINDOW_MS))
    sent: list[int] = []
    lived = Lived(home, every="1m", limits=ROOMY, symbols=SYMBOLS)

    def prepare(desk: Desk, world: Fed) -> None:
        trouble(desk, world)
        _watch(desk, world, at, home, sent)

    lived.run(NOON, NOON + 30 * MINUTE, thinking=Eager(), prepare=prepare)
    after = [moment - at for moment in sent if moment > at]
    obeyed = [int(record.at) - at for record in lived.of("halted")]
    again: list[int] = []
    resumed = Lived(home, every="1m", limits=ROOMY, symbols=SYMBOLS)
    resumed.run(at + MINUTE, at + 10 * MINUTE, thinking=Eager(), prepare=_counting(again))
    return Halted(max(after, default=0), obeyed[0] if obeyed else None, len(sent) - len(after), len(again))


def _watch(desk: Desk, world: Fed, at: int, home: Path, sent: list[int]) -> None:
    """Halts as soon as the clock passes *at*, by whatever moves it, and notes when orders leave."""
    clock: Any = world.clock
    switch = HaltSwitch(home)

    class Watched(type(clock)):  # type: ignore[misc]
        def __setattr__(self, name: str, value: object) -> None:
            super().__setattr__(name, value)
            if name == "time" and isinstance(value, int) and value >= at and not switch.is_set():
                switch.set("enough")

    clock.__class__ = Watched
    _note(desk, sent, world)


def _note(desk: Desk, sent: list[int], world: Fed) -> None:
    submit = desk.exchange.submit

    async def noted(order: ApprovedOrder) -> object:
        sent.append(world.clock.time)
        return await submit(order)

    desk.exchange.submit = noted  # type: ignore[method-assign, assignment]


def _counting(sent: list[int]) -> Callable[[Desk, Fed], None]:
    return lambda desk, world: _note(desk, sent, world)


def quantile(values: list[int], share: float) -> float:
    """The *share* quantile of *values*."""
    return float(np.quantile(np.array(values, dtype=np.float64), share))
