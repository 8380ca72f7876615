"""The same rows whoever runs them: here, in processes, on Dask, cut and taken up again."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from core.errors import FaultError, NoAnswerError, UsageError
from evals import runner
from evals.cache import Cache
from evals.fingerprints import row_key
from evals.grid import Plan, tasks
from evals.pools import check_place, workers_of
from evals.result import RESULT, evaluation, keep
from evals.run_one import run_one
from evals.runner import _Pot
from evals.task import RowResult, Task
from tests.agent.cli.trading_line import strategy
from tests.evals.eval_line import BREAKOUT, a_plan, a_scenario, ran


def result_of(plan: Plan, out: Path, **more: Any) -> bytes:
    """The bytes of ``result.json``."""
    keep(out, evaluation(plan, found := ran(plan, out, **more), trials=3), found, 1.0)
    return (out / RESULT).read_bytes()


def cut_after(rows: int, monkeypatch: pytest.MonkeyPatch) -> list[Task]:
    """Somebody presses Ctrl-C when so many rows are done; the list grows with every row that is begun."""
    begun: list[Task] = []

    def until(task: Task) -> RowResult:
        if len(begun) == rows:
            raise KeyboardInterrupt
        begun.append(task)
        return run_one(task)

    monkeypatch.setattr(runner, "run_one", until)
    return begun


def test_cut_and_taken_up_again_it_is_the_same_to_the_byte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = a_plan(tmp_path)
    whole = result_of(plan, tmp_path / "whole")
    with monkeypatch.context() as patched:
        cut_after(4, patched)
        with pytest.raises(KeyboardInterrupt):
            ran(plan, tmp_path / "cut")
    assert len(list((tmp_path / "cut/rows").glob("*.json"))) == 4
    assert not (tmp_path / "cut" / RESULT).exists()
    begun = cut_after(100, monkeypatch)
    assert result_of(plan, tmp_path / "cut") == whole
    assert len(begun) == 10 - 4


def test_run_again_elsewhere_it_is_the_same_to_the_byte(tmp_path: Path) -> None:
    plan = a_plan(tmp_path)
    assert result_of(plan, tmp_path / "one") == result_of(
        replace(plan, home=tmp_path / "other"), tmp_path / "two"
    )


def test_two_processes_make_the_same_bytes_as_this_one(tmp_path: Path) -> None:
    plan = a_plan(tmp_path)
    assert result_of(plan, tmp_path / "two", workers=2) == result_of(plan, tmp_path / "one")


@pytest.mark.filterwarnings("default")
def test_a_cluster_makes_the_same_bytes(tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    plan = a_plan(tmp_path)
    with distributed.LocalCluster(
        n_workers=1,
        threads_per_worker=1,
        processes=False,
        dashboard_address=None,
        protocol="tcp",
        host="127.0.0.1",
    ) as cluster:
        address = cluster.scheduler_address
        assert result_of(plan, tmp_path / "dask", on=f"dask:{address}") == result_of(plan, tmp_path / "one")


def test_a_row_that_says_everything_is_not_run_again_and_one_that_does_not_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = a_plan(tmp_path, baselines="none")
    first = ran(plan, tmp_path / "out")
    begun = cut_after(100, monkeypatch)
    assert ran(plan, tmp_path / "out") == first
    assert begun == []
    for path in (tmp_path / "out/rows").glob("*.json"):
        path.write_text(path.read_text().replace('"status":"ok"', '"status":"partial"'))
    assert ran(plan, tmp_path / "out") == first
    assert len(begun) == 2


@pytest.mark.parametrize(
    "other",
    [
        {"profile": "bold"},
        {"costs": None},
        {"deliberation": "committee"},
    ],
)
def test_what_decides_a_row_names_it(other: dict[str, Any], tmp_path: Path) -> None:
    from core.market import NO_COSTS

    given = {**other, "costs": NO_COSTS} if "costs" in other else other
    plan = a_plan(tmp_path, baselines="none")
    ran(plan, tmp_path / "out")
    before = len(list((tmp_path / "out/rows").glob("*.json")))
    ran(replace(plan, **given), tmp_path / "out")
    assert len(list((tmp_path / "out/rows").glob("*.json"))) > before


def test_another_window_of_the_same_name_is_another_row(tmp_path: Path) -> None:
    plan = a_plan(tmp_path, baselines="none")
    ran(plan, tmp_path / "out")
    before = len(list((tmp_path / "out/rows").glob("*.json")))
    ran(replace(plan, scenarios=(a_scenario(tmp_path, days=13),)), tmp_path / "out")
    assert len(list((tmp_path / "out/rows").glob("*.json"))) == 2 * before


def test_a_worker_that_lives_long_never_runs_on_the_data_of_yesterday(tmp_path: Path) -> None:
    task = next(iter(tasks(a_plan(tmp_path, baselines="none"))))
    assert run_one(task).ok
    told = run_one(replace(task, data="of today"))
    assert told.status == "failed"
    assert "was changed while the evaluation ran" in str(told.why)


def test_other_data_and_other_answers_are_another_row(tmp_path: Path) -> None:
    task = next(iter(tasks(a_plan(tmp_path, "llm:m", baselines="none"))))
    named = row_key(task, "some", "replay")
    assert row_key(task, "some", "replay") == named
    (tmp_path / "cassette.jsonl").write_text("{}")
    others = (
        row_key(task, "other", "replay"),
        row_key(task, "some", "live"),
        row_key(replace(task, cassettes=tmp_path), "some", "replay"),
        row_key(replace(task, seed=1), "some", "replay"),
        row_key(replace(task, turnover=2.0), "some", "replay"),
    )
    assert len({named, *others}) == 6


def test_a_damaged_row_is_run_again(tmp_path: Path) -> None:
    plan = a_plan(tmp_path, baselines="none")
    first = ran(plan, tmp_path / "out")
    for path in (tmp_path / "out/rows").glob("*.json"):
        path.write_bytes(path.read_bytes()[:-40])
    assert ran(plan, tmp_path / "out") == first


def test_the_random_baseline_trades_as_much_as_its_candidate(tmp_path: Path) -> None:
    found = ran(a_plan(tmp_path, BREAKOUT, seeds=3), tmp_path / "out")
    (candidate,) = (one for one in found.rows if one.row["role"] == "candidate")
    random = [one for one in found.rows if "random" in one.row["decider"]]
    turnover = candidate.row["metrics"]["turnover"]
    assert [one.row["turnover_matched"] for one in random] == [turnover] * 3
    assert [one.row["ran"] for one in random] == [
        f"rule:random?seed={seed}&turnover={turnover!r}" for seed in (1, 2, 3)
    ]


def test_who_never_traded_is_matched_by_who_never_trades(tmp_path: Path) -> None:
    found = ran(a_plan(tmp_path, "rule:cash", seeds=1), tmp_path / "out")
    (random,) = (one for one in found.rows if "random" in one.row["decider"])
    assert (random.status, random.row["ran"], random.row["turnover_matched"]) == ("ok", "rule:cash", 0.0)


def test_where_the_candidate_came_to_nothing_its_random_row_says_so(tmp_path: Path) -> None:
    decider = strategy(tmp_path, "raise ValueError('no idea')")
    found = ran(a_plan(tmp_path, decider, seeds=1), tmp_path / "out")
    (random,) = (one for one in found.rows if "random" in one.row["decider"])
    assert random.status == "failed"
    assert "no turnover to match" in str(random.why)


def test_a_scenario_without_data_is_rows_that_say_so_beside_the_others(tmp_path: Path) -> None:
    from evals.scenario import load

    (tmp_path / "home").mkdir()
    both = (a_scenario(tmp_path), load("luna"))
    found = ran(a_plan(tmp_path, scenarios=both, baselines="none"), tmp_path / "out")
    assert [(one.row["scenario"], one.status) for one in found.rows] == [("small", "ok"), ("luna", "failed")]
    assert "data fetch" in str(found.rows[1].why)
    with pytest.raises(NoAnswerError, match="luna"):
        ran(a_plan(tmp_path, scenarios=both[1:], baselines="none"), tmp_path / "out")


def test_a_worker_that_dies_is_told_with_the_way_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from concurrent.futures.process import BrokenProcessPool

    def dies(_: Task) -> RowResult:
        raise BrokenProcessPool("gone")

    monkeypatch.setattr(runner, "run_one", dies)
    with pytest.raises(FaultError, match="a worker died") as told:
        ran(a_plan(tmp_path, baselines="none"), tmp_path / "out")
    assert "same command" in told.value.mend


def test_the_budget_is_shared_out_and_what_is_left_over_goes_on() -> None:
    pot = _Pot(Decimal(9), 3)
    first = pot.take()
    assert first == 3
    pot.give_back(first, Decimal(1))
    assert (pot.take(), pot.take()) == (4, 4)
    assert _Pot(None, 3).take() is None


def test_never_more_workers_than_rows_and_never_none() -> None:
    assert workers_of(8, 3) == 3
    assert workers_of(None, 1) == 1
    with pytest.raises(UsageError, match="--workers is 0"):
        workers_of(0, 3)


@pytest.mark.parametrize("place", ["threads", "processes:2", ""])
def test_a_place_that_there_is_not_is_refused(place: str) -> None:
    with pytest.raises(UsageError, match="no place to run rows"):
        check_place(place)


def test_without_the_extra_dask_is_refused_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UsageError, match="Dask is not installed") as told:
        check_place("dask")
    assert told.value.code == "missing_extra"
    assert "tokenwise[dask]" in told.value.mend


def test_a_row_is_the_same_after_it_was_kept(tmp_path: Path) -> None:
    found = ran(a_plan(tmp_path, baselines="none"), tmp_path / "out").rows[0]
    cache = Cache(tmp_path / "cache")
    cache.put("key", found)
    assert cache.get("key") == found
    assert cache.get("other") is None
