"""Nothing leaks: on real data, on invented markets, by rules, by the offline analyst and by a scripted model."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from agent.graph.decider import GraphDecider
from agent.runtime.graded import RunGrades
from agent.runtime.minds import Thinking, knowledge_of
from agent.runtime.worlds import open_world
from core.errors import NoAnswerError, UsageError
from core.instant import DAY, Instant, instant, interval
from core.money import money
from evals.lookahead.findings import Findings
from evals.lookahead.proof import Depth, Manner, check
from evals.lookahead.scene import Candidate, Scene, Sight, candidate
from evals.scenario import Scenario, Synthetic, load
from tests.agent.graph.scene import Scripted, a_proposal
from tests.evals.lookahead.scenes import a_subject, a_world, days_of, figures, proven
from tools.clocks import SimulatedClock

TODAY = SimulatedClock(instant("2026-01-01"))
RULES = [
    "rule:sma_cross?fast=3&slow=8",
    "rule:bollinger",
    "rule:breakout?window=12",
    "rule:random?turnover=200",
]


def sources(found: Findings) -> list[tuple[str, str]]:
    return [(leak.source, leak.path) for leak in found.leaks]


def test_nothing_leaks_on_real_data(shared_home: Path) -> None:
    """The fall of LUNA, delisting included; garbage goes into the store's own files."""
    luna = load("luna")
    window = replace(luna, start=instant("2022-05-05"), end=instant("2022-05-16"), warmup_ms=45 * DAY)
    depth = Depth(moments=6, runs=1, answers=1)
    found = check([window], ["offline", "rule:sma_cross?fast=3&slow=8"], shared_home, TODAY, depth=depth)
    assert sources(found) == []
    assert found.compared.moments == 12
    assert found.compared.runs == 2
    assert found.compared.answers > 50
    assert found.compared.bytes > 500_000
    assert found.line().startswith(
        f"no look-ahead: {found.compared.decisions} decisions of 2 deciders in 1 scen"
    )


def test_nothing_leaks_on_a_synthetic_scenario(tmp_path: Path) -> None:
    crash = load("flash_crash")
    window = replace(crash, end=Instant(crash.start + 8 * DAY))
    found = check([window], ["offline"], tmp_path, TODAY, depth=Depth(4, 1, 1))
    assert sources(found) == []
    assert found.simulated


def test_nothing_leaks_on_the_simulated_market(tmp_path: Path) -> None:
    world = open_world(
        "sim?assets=3&faults=heavy",
        tmp_path,
        TODAY,
        symbols=(),
        start=None,
        until=instant("2024-01-10"),
        grain=None,
    )
    rules = [candidate(rule, None, TODAY, Thinking()) for rule in RULES]
    found = proven(a_subject(Scene(world), limits="bold"), *rules, depth=Depth(4, 2, 1))
    assert sources(found) == []
    assert found.compared.runs == 2 * len(rules)


def thinking(deliberation: str) -> Candidate:
    """A model that always answers the same: what is compared are the prompts."""
    script = {"technical": [a_proposal(0, 0.9)], "risk": [a_proposal(0, -0.9)], "debate": [], "decide": []}

    @asynccontextmanager
    async def made(sight: Sight) -> AsyncIterator[GraphDecider]:
        known = knowledge_of(sight.scene.world, sight.scene.facts)
        model = Scripted({**script, "decide": [a_proposal(0, 0.4)]})
        yield GraphDecider("llm:m", model, deliberation=deliberation, grades=RunGrades({}), knowledge=known)

    return Candidate("llm:m", made, deliberation)


@pytest.mark.parametrize("deliberation", ["single", "debate"])
def test_the_prompts_of_a_model_hold_nothing_of_later(deliberation: str) -> None:
    scene = Scene(a_world(), figures(days_of() + 2 * DAY, days_of() + 5 * DAY))
    found = proven(a_subject(scene), thinking(deliberation), depth=Depth(4, 1, 1))
    assert sources(found) == []
    assert found.compared.moments == 4


def test_a_model_is_not_asked_live(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="answers otherwise each time"):
        check([], ["llm:m"], tmp_path, TODAY)
    check([], ["llm:m"], tmp_path, TODAY, manner=Manner(thinking=Thinking("replay", tmp_path)))


def test_a_window_that_is_not_in_the_store_is_told_and_the_others_are_proven(tmp_path: Path) -> None:
    crash = load("flash_crash")
    several = [load("luna"), replace(crash, end=Instant(crash.start + DAY))]
    found = check(several, ["rule:sma"], tmp_path, TODAY, depth=Depth(1, 0, 0))
    assert found.scenarios == ["flash_crash"]
    assert found.missing[0]["what"] == "luna"
    with pytest.raises(NoAnswerError, match="the store has no 1h candle of luna"):
        check(several[:1], ["rule:sma"], tmp_path, TODAY)


def test_every_decision_of_a_short_run_is_asked_again(tmp_path: Path) -> None:
    start = instant("2024-03-01")
    scenario = Scenario(
        "short",
        "Two days",
        start,
        Instant(start + 2 * DAY),
        5 * DAY,
        interval("1h"),
        interval("4h"),
        ("AAA/USDT",),
        money("1000 USDT"),
        ("ohlcv",),
        synthetic=Synthetic("chop", 1, _params("chop")),
    )
    found = check([scenario], ["rule:sma?window=3"], tmp_path, TODAY, depth=Depth(48, 0, 0))
    assert found.compared.moments == 12


def _params(generator: str) -> dict[str, float]:
    from evals.synthetic import check_params

    return check_params(generator, {})
