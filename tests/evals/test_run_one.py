"""One row: what it measures, and what it says where it could not be measured whole."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from core.instant import instant
from core.market import Costs
from evals import run_one as module
from evals.run_one import run_one
from evals.task import Task
from tests.agent.cli.trading_line import strategy
from tests.evals.eval_line import BREAKOUT, a_scenario

FIGURES = (
    "total_return cagr volatility sharpe sortino calmar max_drawdown max_drawdown_days exposure turnover fees round_trips "
    "hit_rate profit_factor decisions abstentions vetoes llm_calls tokens_in tokens_out usd"
).split()


def a_task(folder: Path, decider: str, role: str = "candidate", profile: str = "balanced") -> Task:
    return Task(a_scenario(folder), decider, role, "plain", 0, profile, Costs(), folder / "home")  # type: ignore[arg-type]


def test_a_row_has_every_figure_of_the_contract(tmp_path: Path) -> None:
    found = run_one(a_task(tmp_path, "rule:sma_cross?fast=20&slow=50"))
    assert found.ok
    assert list(found.row["metrics"]) == FIGURES
    assert found.row["metrics"]["decisions"] == 14 * 6
    assert (found.row["limits"], found.row["role"], found.row["state"]) == ("balanced", "candidate", "active")
    assert found.row["expects"] == [{"check": "inside_limits", "value": None, "ok": True, "findings": []}]
    assert found.simulated
    assert found.journal_head


def test_buy_and_hold_gains_what_its_two_tokens_gained_less_what_buying_cost(tmp_path: Path) -> None:
    task = a_task(tmp_path, "rule:hold", "baseline", "none")
    found = run_one(task)
    series = module.opened_once(task.scenario, task.home).world.series.values()
    first = instant("2024-03-03")
    gains = []
    for one in series:
        row = int(one.bars.opened_at.searchsorted(first))
        # the purchase fills at the open after the first decision, a little above it, and pays a fee
        gains.append(float(one.bars.close[-1] / one.bars.open[row]))
    assert found.row["metrics"]["total_return"] == pytest.approx(sum(gains) / 2 - 1, abs=0.004)
    assert found.row["metrics"]["total_return"] < sum(gains) / 2 - 1
    assert float(found.row["metrics"]["fees"]) == pytest.approx(10, abs=0.1)


def test_the_daily_returns_compound_to_the_total(tmp_path: Path) -> None:
    found = run_one(a_task(tmp_path, "rule:hold", "baseline", "none"))
    grown = 1.0
    for one in found.returns:
        grown *= 1 + one
    assert (found.first_day, len(found.returns)) == ("2024-03-03", 14)
    assert grown - 1 == pytest.approx(found.row["metrics"]["total_return"], abs=1e-12)


def test_the_same_task_is_the_same_row_and_another_seed_is_another(tmp_path: Path) -> None:
    task = replace(a_task(tmp_path, "rule:random?seed=1&turnover=200", "baseline", "none"), seed=0)
    assert run_one(task) == run_one(task)
    other = run_one(replace(task, seed=1))
    assert other.row["ran"] == "rule:random?seed=2&turnover=200"
    assert other.returns != run_one(task).returns


def test_a_strategy_that_fails_is_a_row_that_says_which_line(tmp_path: Path) -> None:
    decider = strategy(tmp_path, "if day >= 0: raise ValueError('no idea')")
    found = run_one(a_task(tmp_path, decider))
    assert (found.status, found.exit) == ("failed", 2)
    assert found.why is not None
    assert "no idea" in found.why
    assert "line" in found.why
    assert found.row["metrics"] == {}


def test_what_nobody_foresaw_is_a_row_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("by nothing")

    monkeypatch.setattr(module, "opened_once", broken)
    found = run_one(a_task(tmp_path, "rule:hold"))
    assert (found.status, found.exit) == ("failed", 1)
    assert "ZeroDivisionError: by nothing" in str(found.why)


def test_a_kept_journal_can_be_verified_and_is_the_one_that_was_measured(tmp_path: Path) -> None:
    from agent.journal.store import SqlJournal

    task = replace(a_task(tmp_path, BREAKOUT), keep=tmp_path / "kept")
    found = run_one(task)
    again = run_one(task)
    assert found == again == run_one(replace(task, keep=None))
    with SqlJournal.open(
        tmp_path / "kept/journal.db", tmp_path / "kept/heads.json", readonly=True
    ) as journal:
        assert journal.heads()["trading/eval"].hash == found.journal_head


def test_a_grade_decider_whose_grade_is_never_there_is_silent_and_that_is_said(tmp_path: Path) -> None:
    bare = replace(a_scenario(tmp_path), warmup_ms=0)
    found = run_one(replace(a_task(tmp_path, "grade:both"), scenario=bare)).row
    assert found["fills"] == 0
    gaps = {gap["what"]: gap["why"] for gap in found["missing"] if gap["why"].startswith("silent")}
    assert gaps == dict.fromkeys(bare.symbols, "silent throughout: no trader and investor grade")


def test_a_rule_that_looks_further_back_than_the_candles_reach_is_silent_and_that_is_said(
    tmp_path: Path,
) -> None:
    short = replace(a_scenario(tmp_path), warmup_ms=0)
    task = replace(a_task(tmp_path, "rule:sma?window=200"), scenario=short)
    found = run_one(task).row
    assert found["fills"] == 0
    gaps = [gap for gap in found["missing"] if gap["why"].startswith("silent before")]
    assert {gap["what"] for gap in gaps} == set(short.symbols)
    assert "it looks at 200 candles of 4h" in gaps[0]["why"]

    whole = run_one(a_task(tmp_path, "rule:sma?window=15")).row
    assert not [gap for gap in whole["missing"] if gap["why"].startswith("silent")]
