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
