"""Runs every row of a plan, each once, on as many workers as there are; what was run before is not run again."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from types import FrameType

from core.errors import FaultError, NoAnswerError, TokenwiseError
from core.money import ZERO, exact
from core.ports import Clock
from evals.cache import Cache
from evals.fingerprints import data_digest, row_key, series_fingerprints
from evals.grid import Plan, hold_tasks, is_model, matches_turnover, tasks
from evals.opening import open_scenario
from evals.pools import pool, workers_of
from evals.progress import Progress
from evals.run_one import failed, run_one
from evals.task import RowResult, Task

LLM_AT_ONCE = 4
"""Rows of models that run at once: an endpoint that is asked too much at once refuses."""
_AHEAD = 2


@dataclass(frozen=True, slots=True)
class Scene:
    """What was found when a scenario was opened: *data* decides its rows, *series* tells of them."""

    data: str = ""
    series: Mapping[str, str] = field(default_factory=dict)
    missing: tuple[Mapping[str, str], ...] = ()
    restated: tuple[str, ...] = ()
    simulated: bool = False
    lacking: str | None = None


@dataclass(frozen=True, slots=True)
class Ran:
    """Every row, the holds that they are compared with, and each scenario as it was opened."""

    rows: tuple[RowResult, ...]
    holds: tuple[RowResult, ...]
    scenes: Mapping[str, Scene]


@dataclass(slots=True)
class _Pot:
    """What models may still cost, shared out over the rows that are left; `None`: no limit of this run's own."""

    usd: Decimal | None
    rows: int

    def take(self) -> Decimal | None:
        """The share of the next row."""
        if self.usd is None:
            return None
        share = self.usd / max(1, self.rows)
        self.usd -= share
        self.rows -= 1
        return share

    def give_back(self, share: Decimal | None, spent: Decimal) -> None:
        """What a row left over."""
        if self.usd is not None and share is not None:
            self.usd += max(ZERO, share - spent)


def run_plan(plan: Plan, out: Path, wall: Clock, *, workers: int | None, on: str, keep: bool = False) -> Ran:
    """Every row of *plan*. Rows are kept in *out* as they are finished, so that the same call goes on.

    *keep*: journals are kept there as well.

    Raises:
        NoAnswerError: not one of the scenarios has data here.
        KeyboardInterrupt: somebody stopped it.
        FaultError: a worker died.
    """
    scenes, first = _opened(plan, wall)
    wanted = tasks(plan)
    holds = hold_tasks(plan)
    named = {task.scenario.id: task for task in wanted if _is_hold(task)}
    extra = [task for task in holds if task.scenario.id not in named]
    if first is not None and all(scene.lacking is not None for scene in scenes.values()):
        raise first
    running = _Running(plan, Cache(out / "rows"), scenes, out / "journals" if keep else None)
    every = [*wanted, *extra]
    with _stoppable(), Progress(len(every), wall) as progress:
        running.progress = progress
        with pool(on, workers_of(workers, len(every))) as (executor, width):
            running.width = width
            running.run(executor, [task for task in every if not matches_turnover(task.decider)])
            running.run(executor, running.matched(every))
    done = running.done
    return Ran(
        tuple(done[task] for task in wanted),
        tuple(done[named.get(task.scenario.id, task)] for task in holds),
        scenes,
    )


def _is_hold(task: Task) -> bool:
    return task.role == "baseline" and task.decider == "rule:hold"


def _opened(plan: Plan, wall: Clock) -> tuple[dict[str, Scene], TokenwiseError | None]:
    scenes: dict[str, Scene] = {}
    first: TokenwiseError | None = None
    for scenario in plan.scenarios:
        try:
            opened = open_scenario(scenario, plan.home, wall)
        except NoAnswerError as error:
            first = first or error
            scenes[scenario.id] = Scene(lacking=f"{error.message}. {error.mend}")
            continue
        scenes[scenario.id] = Scene(
            data_digest(opened),
            series_fingerprints(opened),
            tuple({"what": gap.what, "why": gap.why} for gap in opened.missing),
            opened.restated,
            opened.world.simulated,
        )
    return scenes, first


class _Running:
    """The rows under way and those that are done."""

    def __init__(self, plan: Plan, cache: Cache, scenes: Mapping[str, Scene], journals: Path | None) -> None:
        self._plan = plan
        self._cache = cache
        self._scenes = scenes
        self._journals = journals
        self.done: dict[Task, RowResult] = {}
        self.progress: Progress | None = None
        self.width = 1

    def run(self, executor: Executor, wanted: Sequence[Task]) -> None:
        """Runs *wanted*; what is known already is taken from the cache."""
        waiting = [task for task in wanted if task not in self.done and not self._known(task)]
        pot = _Pot(self._left(), sum(is_model(task.decider) for task in waiting))
        flying: dict[Future[RowResult], tuple[Task, Decimal | None]] = {}
        try:
            while waiting or flying:
                for task in self._next(waiting, flying):
                    share = pot.take() if is_model(task.decider) else None
                    flying[executor.submit(run_one, self._sent(task, share))] = (task, share)
                landed, _ = wait(flying, return_when=FIRST_COMPLETED)
                for future in landed:
                    task, share = flying.pop(future)
                    result = future.result()
                    pot.give_back(share, exact(result.spent))
                    self._take(task, result)
        except KeyboardInterrupt:
            for future, (task, _) in flying.items():
                if future.done() and not future.cancelled() and future.exception() is None:
                    self._take(task, future.result())
            raise
        except BrokenExecutor as error:
            raise FaultError(
                f"a worker died: {error}",
                "Run the same command again: it goes on from there; with --workers 1 it needs the least memory.",
                code="worker_died",
            ) from error

    def matched(self, every: Sequence[Task]) -> list[Task]:
        """What trades as much as another, told how much that was."""
        ready: list[Task] = []
        for task in every:
            if not matches_turnover(task.decider):
                continue
            turnover = self._turnover(task)
            if turnover is not None:
                ready.append(replace(task, turnover=turnover))
            else:
                why = f"{task.matches} came to nothing there, so there is no turnover to match"
                self.done[task] = failed(task, why, 0)
        return ready

    def _turnover(self, task: Task) -> float | None:
        """The mean over the seeds of the candidate that *task* matches."""
        found = [
            result.row["metrics"]["turnover"]
            for one, result in self.done.items()
            if (one.scenario.id, one.arm, one.decider, one.role)
            == (task.scenario.id, task.arm, task.matches, "candidate")
            and result.status != "failed"
        ]
        known = [value for value in found if value is not None]
        return sum(known) / len(known) if known else None

    def _known(self, task: Task) -> bool:
        scene = self._scenes[task.scenario.id]
        if scene.lacking is not None:
            self._keep(task, failed(task, scene.lacking, NoAnswerError.exit_status))
            return True
        found = self._cache.get(self._key(task))
        if found is None:
            return False
        self._keep(task, found, was_kept=True)
        return True

    def _left(self) -> Decimal | None:
        """What is left of the budget after the rows that are done."""
        if self._plan.budget_usd is None:
            return None
        spent = sum((exact(one.spent) for one in self.done.values()), ZERO)
        return max(ZERO, self._plan.budget_usd - spent)

    def _next(
        self, waiting: list[Task], flying: Mapping[Future[RowResult], tuple[Task, Decimal | None]]
    ) -> Iterator[Task]:
        """What may start now, taken out of *waiting*."""
        models = sum(is_model(task.decider) for task, _ in flying.values())
        room = _AHEAD * self.width - len(flying)
        for task in list(waiting):
            if room <= 0:
                return
            if is_model(task.decider):
                if models >= LLM_AT_ONCE:
                    continue
                models += 1
            room -= 1
            waiting.remove(task)
            yield task

    def _sent(self, task: Task, share: Decimal | None) -> Task:
        folder = None if self._journals is None else self._journals / self._key(task)[:16]
        return replace(task, usd=share, keep=folder, data=self._scenes[task.scenario.id].data)

    def _take(self, task: Task, result: RowResult) -> None:
        self._cache.put(self._key(task), result)
        self._keep(task, result)

    def _keep(self, task: Task, result: RowResult, *, was_kept: bool = False) -> None:
        self.done[replace(task, turnover=None)] = result
        if self.progress is not None:
            self.progress(task.name, kept=was_kept)

    def _key(self, task: Task) -> str:
        mode = (self._plan.llm or "live") if is_model(task.decider) else None
        return row_key(task, self._scenes[task.scenario.id].data, mode)


@contextmanager
def _stoppable() -> Iterator[None]:
    """SIGTERM stops an evaluation like Ctrl-C does: the rows that are done are kept."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
