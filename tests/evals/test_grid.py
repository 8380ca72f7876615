"""Which rows an evaluation has, and which it does not."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from core.errors import UsageError
from evals.grid import HOLD, arms_of, cassettes_of, decider_name, hold_tasks, recorded_seeds, tasks
from tests.evals.eval_line import BREAKOUT, a_plan


def test_the_baselines_stand_beside_the_candidate_without_limits(tmp_path: Path) -> None:
    rows = tasks(a_plan(tmp_path, BREAKOUT, seeds=3))
    assert [(one.role, one.decider, one.profile, one.seed) for one in rows] == [
        ("candidate", BREAKOUT, "balanced", 0),
        ("baseline", "rule:cash", "none", 0),
        ("baseline", "rule:hold", "none", 0),
        ("baseline", "rule:sma?window=15", "none", 0),
        ("baseline", "rule:sma_cross?fast=20&slow=50", "none", 0),
        ("baseline", "rule:macd?fast=12&signal=9&slow=26", "none", 0),
        ("baseline", "rule:bollinger?width=2&window=20", "none", 0),
        ("baseline", "rule:equal_weight?rebalance=7d", "none", 0),
        ("baseline", "rule:random?seed=1&turnover=match", "none", 0),
        ("baseline", "rule:random?seed=1&turnover=match", "none", 1),
        ("baseline", "rule:random?seed=1&turnover=match", "none", 2),
    ]
    assert {one.matches for one in rows if "random" in one.decider} == {BREAKOUT}


def test_every_model_has_seeds_and_all_of_them_one_twin(tmp_path: Path) -> None:
    rows = tasks(a_plan(tmp_path, "llm:big", "llm:small", seeds=3, baselines="none"))
    assert Counter((one.role, one.decider) for one in rows) == {
        ("candidate", "llm:big"): 3,
        ("candidate", "llm:small"): 3,
        ("twin", "offline"): 1,
    }


def test_a_candidate_that_is_its_own_twin_is_run_once(tmp_path: Path) -> None:
    rows = tasks(a_plan(tmp_path, "llm:big", "offline", seeds=1, baselines="none"))
    assert [(one.role, one.decider) for one in rows] == [("candidate", "llm:big"), ("candidate", "offline")]


def test_buy_and_hold_is_there_to_be_compared_with_whatever_was_asked_for(tmp_path: Path) -> None:
    (hold,) = hold_tasks(a_plan(tmp_path, "offline", baselines="none"))
    assert (hold.decider, hold.role, hold.profile) == (HOLD, "baseline", "none")


def test_a_random_candidate_matches_another_and_cannot_match_nobody(tmp_path: Path) -> None:
    (_, random) = tasks(a_plan(tmp_path, BREAKOUT, "rule:random", seeds=1, baselines="none"))
    assert random.matches == BREAKOUT
    with pytest.raises(UsageError, match="no candidate to match"):
        tasks(a_plan(tmp_path, "rule:random", seeds=1, baselines="none"))


def test_an_alias_and_its_rule_are_one_decider() -> None:
    assert decider_name("rule:slma") == decider_name("rule:sma_cross?slow=50")
    assert decider_name("rule:random") == "rule:random?seed=1&turnover=match"
    assert decider_name("rule:random?turnover=12") == "rule:random?seed=1&turnover=12"


@pytest.mark.parametrize(
    "text", ["rule:nonsense", "nonsense", "rule:random?turnover=match&sed=1", "rule:random?seed=x", ""]
)
def test_what_is_no_decider_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        decider_name(text)


@pytest.mark.parametrize("text", ["masked", "plain,nonsense", "", ","])
def test_what_is_no_arm_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="there is no arm"):
        arms_of(text)


def test_the_answers_of_each_seed_lie_in_their_own_folder(tmp_path: Path) -> None:
    assert cassettes_of(tmp_path, 0) == tmp_path
    assert cassettes_of(tmp_path, 2) == tmp_path / "seed-2"
    assert recorded_seeds(tmp_path, 5) == 1
    (tmp_path / "seed-1").mkdir()
    (tmp_path / "seed-1/cassette.jsonl").touch()
    assert recorded_seeds(tmp_path, 5) == 2


def test_the_hash_of_a_run_knows_nothing_of_where_it_runs(tmp_path: Path) -> None:
    one = a_plan(tmp_path, BREAKOUT)
    (tmp_path / "there").mkdir()
    assert one.hash() == a_plan(tmp_path / "there", BREAKOUT).hash()
    assert one.hash() != a_plan(tmp_path, BREAKOUT, seeds=1).hash()
