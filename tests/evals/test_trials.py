"""The count of what was tried: every configuration once, nobody's memory needed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from agent.journal.store import SqlJournal
from core.market import NO_COSTS
from evals.grid import Plan
from evals.trials import register
from tests.evals.eval_line import BREAKOUT, a_plan, a_scenario
from tools.clocks import SystemClock


def made(plan: Plan) -> int:
    return register(plan, plan.home, SystemClock())


def test_every_configuration_counts_once_and_seeds_do_not(tmp_path: Path) -> None:
    plan = a_plan(tmp_path, BREAKOUT, "offline", "rule:random?turnover=12", seeds=2)
    assert made(plan) == 3
    assert made(plan) == 3
    assert made(replace(plan, seeds=9)) == 3
    assert made(replace(plan, profile="bold")) == 6
    assert made(replace(plan, costs=NO_COSTS)) == 9


def test_to_run_the_same_again_says_the_same_number_again(tmp_path: Path) -> None:
    first, second = a_plan(tmp_path, BREAKOUT), a_plan(tmp_path, "offline")
    assert (made(first), made(second)) == (1, 2)
    assert (made(first), made(second)) == (1, 2)


def test_trials_on_other_windows_are_others(tmp_path: Path) -> None:
    plan = a_plan(tmp_path, BREAKOUT)
    elsewhere = replace(
        plan, scenarios=(a_scenario(tmp_path, "elsewhere"),), deciders=("offline", "rule:cash")
    )
    assert made(plan) == 1
    assert made(elsewhere) == 2
    assert made(replace(plan, scenarios=(*plan.scenarios, *elsewhere.scenarios))) == 3


def test_an_edited_strategy_is_another_trial(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text("STRATEGY = None\n")
    plan = replace(a_plan(tmp_path), deciders=(f"py:{file}",))
    assert made(plan) == 1
    file.write_text("STRATEGY = 1\n")
    assert made(plan) == 2


def test_the_count_lies_in_the_journal_and_holds_there(tmp_path: Path) -> None:
    plan = a_plan(tmp_path, BREAKOUT)
    made(plan)
    with SqlJournal.open(plan.home / "journal.db", plan.home / "heads.json", readonly=True) as journal:
        (record,) = journal.records("ops")
    assert (record.kind, record.body["code"]) == ("alert", "eval.trials")
    (trial,) = record.body["about"]["trials"]
    assert trial["scenario"] == plan.scenarios[0].hash()
