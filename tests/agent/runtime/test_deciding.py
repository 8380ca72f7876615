"""Several wishes in one decision: each is judged beside those that were let through before it."""

from __future__ import annotations

from core.decision import Decision, Proposal, Situation
from strategies.risk.limits import limits_from
from tests.agent.runtime.small_world import config_of, live, walk, world_of

WARM = 45 * 24


class Both:
    """Wishes both assets at once, once."""

    spec = "rule:hold"

    async def decide(self, situation: Situation) -> Decision:
        wishes = () if situation.wished else (Proposal(0, 1.0), Proposal(1, 1.0))
        return Decision(wishes, decided_by="test")


def test_a_second_entry_of_one_decision_is_judged_with_the_returns_of_the_first() -> None:
    paths = {"AAA/USDT": walk(WARM + 5, step=0.006), "BBB/USDT": walk(WARM + 5, seed=3, step=0.006)}
    world = world_of(paths, warm=WARM)
    limits = limits_from({"profile": "balanced", "edge": {"multiple": "0"}})
    run = live(config_of(world, "rule:hold", limits=limits), world, decider=Both())
    assert run.refusals() == set()
    assert {record.body["order"]["symbol"] for record in run.of("approved")} == set(paths)


class Slow:
    """Wishes at every hour, and thinks for a while: long at first, then hardly at all."""

    spec = "rule:hold"

    def __init__(self) -> None:
        self._made = 0

    async def decide(self, situation: Situation) -> Decision:
        self._made += 1
        calls = [{"latency_s": 9.0 if self._made <= 2 else 0.1}]
        return Decision((Proposal(0, self._made / 100),), decided_by="m", model={"name": "m", "calls": calls})


def test_the_pace_counts_orders_by_when_they_were_made_not_by_the_beat_that_asked() -> None:
    """The first order of the day was made 9 s after its beat: 24 hours later it is not a day old yet."""
    world = world_of({"AAA/USDT": [100.0] * 30})
    limits = limits_from({"profile": "none", "pace": {"orders_per_day": 24}})
    run = live(config_of(world, "rule:hold", limits=limits), world, decider=Slow())
    made = [record.body["order"]["created_at"] for record in run.of("approved")]
    assert made[0] == "2024-01-01T01:00:09Z"
    assert len([one for one in made if one < "2024-01-02T01:00:09Z"]) == 24
