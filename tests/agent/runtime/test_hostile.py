"""Whatever a decider answers, the books stay exact, the limits hold and a bad day is bounded."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from math import inf, nan
from pathlib import Path

import numpy as np
import pytest

from agent.journal.verify import verify
from agent.runtime.desk import Desk
from agent.runtime.worlds import World
from core.decision import Decision, Proposal, Situation
from core.errors import UsageError
from core.instant import DAY, HOUR, Instant
from core.ledger import OURS
from core.market import Costs
from core.money import ZERO
from core.orders import ApprovedOrder, OrderState, Side
from strategies.risk.limits import profile
from tests.agent.runtime.small_world import config_of, live, walk, world_of

D = Decimal
WARM = 45 * 24
HOURS = 60
LIMITS = profile("balanced")
COSTS = Costs()
EPISODES = 10
MENU = ("AAA/USDT", "BBB/USDT", "CCC/USDT")
# what a single order may lose beside its market: the collar, the fee, slippage with impact
WORST_COST = D("0.01") + COSTS.taker + D("0.01")

Answer = tuple[Proposal, ...]
Adversary = Callable[[np.random.Generator, int], Answer]


def random(rng: np.random.Generator, _: int) -> Answer:
    return tuple(
        Proposal(int(i), float(rng.uniform(-2, 2)), float(rng.uniform(-1, 2)))
        for i in rng.permutation(3)[: rng.integers(4)]
    )


def churn(_: np.random.Generator, number: int) -> Answer:
    return tuple(Proposal(i, float(number % 2)) for i in range(3))


def pump(rng: np.random.Generator, number: int) -> Answer:
    coin = int(rng.integers(3)) if number == 0 else 1
    return (Proposal(coin, 1e9, 1e9),)


def flip(_: np.random.Generator, number: int) -> Answer:
    return (Proposal(number % 3, 1.0), Proposal((number + 1) % 3, -1.0), Proposal((number + 2) % 3, 0.5))


def no_numbers(rng: np.random.Generator, _: int) -> Answer:
    strange = (nan, inf, -inf, 1.0, 5e-324, -0.0, 1.7e308)
    return tuple(Proposal(i, float(rng.choice(strange)), float(rng.choice(strange))) for i in range(3))


def repeat(rng: np.random.Generator, _: int) -> Answer:
    coin = int(rng.integers(3))
    return (Proposal(coin, 1.0), Proposal(coin, 0.0), Proposal(coin, 0.7), Proposal(coin, -1.0))


ADVERSARIES: tuple[Adversary, ...] = (random, churn, pump, flip, no_numbers, repeat)


class Hostile:
    """A decider with an attacker behind it."""

    spec = "rule:hold"

    def __init__(self, adversary: Adversary, seed: int) -> None:
        self._adversary = adversary
        self._rng = np.random.default_rng(seed)
        self._number = -1

    async def decide(self, situation: Situation) -> Decision:
        self._number += 1
        return Decision(self._adversary(self._rng, self._number), "hostile", inputs={"seen": self._number})


@dataclass
class Beat:
    """How the account stood at the end of one beat."""

    at: Instant
    equity: Decimal
    held: dict[str, Decimal]
    in_flight: int
    marks: dict[str, Decimal]


@dataclass
class Watch:
    """Stands beside the wire: checks every order against the limits as the venue's own books have it."""

    sent: int = 0
    bought: deque[Instant] = field(default_factory=deque)
    beats: list[Beat] = field(default_factory=list)

    def attach(self, desk: Desk) -> None:
        real = desk.exchange.submit

        async def submit(order: ApprovedOrder) -> OrderState:
            await self._check(desk, order)
            return await real(order)

        desk.exchange.submit = submit  # type: ignore[method-assign]

        def progress(now: Instant) -> None:
            check_books(desk)
            held = {s: p.quantity for s, p in desk.account.portfolio.positions.items()}
            self.beats.append(Beat(now, desk.equity(), held, len(desk.account.open), dict(desk.marks)))

        desk.progress = progress

    async def _check(self, desk: Desk, order: ApprovedOrder) -> None:
        self.sent += 1
        owned = dict(await desk.exchange.balances())
        cash = owned.pop("USDT")
        worth = {f"{asset}/USDT": amount * desk.marks[f"{asset}/USDT"] for asset, amount in owned.items()}
        equity = cash + sum(worth.values(), ZERO)
        assert order.symbol in MENU
        if order.side is Side.SELL:
            assert order.quantity is not None
            assert order.quantity <= owned[order.symbol.partition("/")[0]]
            return
        assert order.spend is not None
        buys = [one for one in desk.account.open.values() if one.side is Side.BUY]
        asset = sum((one.spend or ZERO for one in buys if one.symbol == order.symbol), ZERO)
        total = sum((one.spend or ZERO for one in buys), ZERO)
        exposure = LIMITS.exposure
        assert order.spend <= limit(exposure.per_order) * equity
        assert worth.get(order.symbol, ZERO) + asset <= limit(exposure.per_asset) * equity
        assert sum(worth.values(), ZERO) + total <= limit(exposure.gross) * equity
        assert cash - total >= exposure.cash_reserve * equity
        self._pace(order.created_at)

    def _pace(self, at: Instant) -> None:
        self.bought.append(at)
        assert sum(one > at - HOUR for one in self.bought) <= (LIMITS.pace.orders_per_hour or 0)
        assert sum(one > at - DAY for one in self.bought) <= (LIMITS.pace.orders_per_day or 0)

    def check_days(self) -> int:
        """No day loses more than the limit, what was in flight, and what the market then took from holdings.

        How many days reached the limit.
        """
        reached = 0
        by_day: dict[int, list[Beat]] = {}
        for beat in self.beats:
            by_day.setdefault(beat.at // DAY, []).append(beat)
        for beats in by_day.values():
            first = beats[0].equity
            allowed = limit(LIMITS.loss.per_day) * first
            crossed = next((i for i, beat in enumerate(beats) if first - beat.equity >= allowed), None)
            if crossed is None:
                continue
            reached += 1
            before = beats[crossed - 1]
            per_order = limit(LIMITS.exposure.per_order) * before.equity
            bound = allowed + per_order * WORST_COST * before.in_flight
            for symbol, quantity in before.held.items():
                lowest = min(beat.marks[symbol] for beat in beats[crossed:])
                bound += quantity * (max(ZERO, before.marks[symbol] - lowest) + lowest * WORST_COST)
            worst = first - min(beat.equity for beat in beats[crossed:])
            # what was bought in flight lives through the same market as what was held
            bound += per_order * before.in_flight * worst_fall(before, beats[crossed:])
            assert worst <= bound
        return reached


def check_books(desk: Desk) -> None:
    """The venue's rows add up, and our ledger and portfolio say the same, to the last digit."""
    account = desk.account
    owned = desk.exchange._book.audit()  # type: ignore[attr-defined]
    ours: dict[str, Decimal] = {}
    for (role, asset), amount in account.ledger.balances().items():
        assert account.ledger.total(asset) == 0
        if role in OURS and amount:
            ours[asset] = ours.get(asset, ZERO) + amount
    assert ours == owned
    books = {s.partition("/")[0]: p.quantity for s, p in account.portfolio.positions.items()}
    assert {"USDT": account.portfolio.cash, **books} == owned


def limit(value: Decimal | None) -> Decimal:
    assert value is not None
    return value


def worst_fall(before: Beat, after: Sequence[Beat]) -> Decimal:
    return max(
        1 - min(beat.marks[symbol] for beat in after) / price for symbol, price in before.marks.items()
    )


@cache
def market(kind: int) -> World:
    """Calm, lively, and one that falls a fifth within an hour."""
    step, crash = ((0.004, 0.0), (0.012, 0.0), (0.008, -0.22))[kind]
    paths = {}
    for number, symbol in enumerate(MENU):
        calm = walk(WARM, seed=10 * kind + number, step=0.006)
        moves = np.random.default_rng(100 * kind + number).normal(0.0, step, HOURS)
        moves[[30, 45]] += crash
        paths[symbol] = calm + [round(float(v), 2) for v in calm[-1] * np.exp(np.cumsum(moves))]
    return world_of(paths, warm=WARM)


@pytest.mark.parametrize("adversary", ADVERSARIES, ids=lambda one: one.__name__)
def test_no_decider_gets_past_the_limits_or_out_of_the_books(adversary: Adversary) -> None:
    sent = bad_days = 0
    for seed in range(EPISODES):
        watch = Watch()
        world = market(seed % 3)
        run = live(
            config_of(world, "rule:hold", limits=LIMITS, costs=COSTS),
            world,
            decider=Hostile(adversary, seed),
            prepare=watch.attach,
        )
        assert run.reason == "until"
        assert len(watch.beats) == HOURS + 1
        bad_days += watch.check_days()
        sent += watch.sent
    assert sent > 0, "an adversary that never trades proves nothing"
    assert bad_days > 0 or adversary in {pump, no_numbers}, "a bound that no day reaches proves nothing"


class Wrong:
    """Answers soundly four times, then as it is told."""

    spec = "rule:hold"

    def __init__(self, then: Callable[[], Answer]) -> None:
        self._then = then
        self.asked = 0

    async def decide(self, situation: Situation) -> Decision:
        self.asked += 1
        answer = (Proposal(0, 0.2 * self.asked),) if self.asked < 5 else self._then()
        return Decision(answer, "test", inputs={})


def raising() -> Answer:
    raise UsageError("the model is a potato", "Plant it.")


OFF_MENU = [3, -1, 99, 1.0, None, "AAA/USDT"]


@pytest.mark.parametrize("index", OFF_MENU, ids=str)
def test_an_asset_off_the_menu_ends_the_run_before_anything_is_journalled_or_sent(
    index: int, tmp_path: Path
) -> None:
    world = market(0)
    config = config_of(world, "rule:hold", limits=LIMITS)
    watch = Watch()
    sent_before = []

    def off_menu() -> Answer:
        sent_before.append(watch.sent)
        return (Proposal(0, 1.0), Proposal(index, 1.0))

    with pytest.raises(UsageError, match="its menu has 0 to 2"):
        live(config, world, tmp_path, decider=Wrong(off_menu), prepare=watch.attach)
    assert sent_before == [watch.sent]
    assert watch.sent > 0
    assert verify(tmp_path / "journal.db", tmp_path / "heads.json", None)["first_bad"] is None
    again = Watch()
    assert live(config, world, tmp_path, decider=Wrong(lambda: ()), prepare=again.attach).reason == "until"
    assert len(again.beats) > HOURS - 6


def test_a_decider_that_raises_ends_the_run_with_its_own_sentence_and_the_next_run_goes_on(
    tmp_path: Path,
) -> None:
    world = market(0)
    config = config_of(world, "rule:hold")
    with pytest.raises(UsageError, match="potato"):
        live(config, world, tmp_path, decider=Wrong(raising))
    assert verify(tmp_path / "journal.db", tmp_path / "heads.json", None)["first_bad"] is None
    resumed = live(config, world, tmp_path, decider=Wrong(lambda: ()))
    at = [record.at for record in resumed.of("decided")]
    assert at == sorted(set(at))
    assert len(at) == HOURS


@pytest.mark.parametrize(("stance", "confidence"), [(nan, 1.0), (inf, 1.0), (1.0, nan), (1.0, -inf)])
def test_an_answer_that_is_no_number_is_an_abstention(stance: float, confidence: float) -> None:
    world = market(0)
    config = config_of(world, "rule:hold", until=Instant(world.start + 8 * HOUR))
    answer = (Proposal(1, 1.0), Proposal(0, stance, confidence))
    run = live(config, world, decider=Wrong(lambda: answer))
    assert [record.body["abstained"] for record in run.of("decided")] == [None] * 4 + ["schema"] * 4
    assert {record.body["order"]["symbol"] for record in run.of("approved")} == {"AAA/USDT"}
