"""Whatever a decider answers, the books stay exact, the limits hold and a bad day is bounded."""

from __future__ import annotations

from collections.abc import Callable
from math import inf, nan
from pathlib import Path

import numpy as np
import pytest

from agent.journal.verify import verify
from core.decision import Decision, Proposal, Situation
from core.errors import UsageError
from core.instant import HOUR, Instant
from tests.agent.runtime.auditing import COSTS, HOURS, LIMITS, Watch, market
from tests.agent.runtime.small_world import config_of, live

EPISODES = 10

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
        for day in watch.bad_days():
            bad_days += 1
            assert day.lost <= day.bound
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
