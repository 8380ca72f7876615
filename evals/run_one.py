"""Runs one scenario with one decider through the one loop, in memory, and measures it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from agent.journal.memory_journal import MemoryJournal
from agent.journal.store import SqlJournal
from agent.report.history import History, history
from agent.report.thinking import Thinking as Thought
from agent.report.thinking import thinking
from agent.runtime.account import Account
from agent.runtime.config import RunConfig
from agent.runtime.deciders import LLM
from agent.runtime.loop import run
from agent.runtime.minds import Thinking, decider_of, knowledge_of
from agent.runtime.modes import Place, begin, wire
from agent.runtime.worlds import World
from core.errors import FaultError, TokenwiseError
from core.instant import DAY, Instant, iso
from core.market import Bars
from core.money import plain
from core.observation import Missing
from core.orders import Finding
from core.ports import Clock, Decider
from core.spec import Spec, parse_spec
from evals.expect import check
from evals.fingerprints import data_digest
from evals.lived import lived
from evals.opening import Opened, open_scenario
from evals.scenario import Scenario
from evals.task import RowResult, Status, Task
from strategies.decider import RuleDecider
from strategies.measure.curve import Curve, daily, equity_curve
from strategies.measure.performance import performance
from strategies.risk.limits import profile
from tools.clocks import SystemClock
from tools.desk.grading.decider import GradeDecider
from tools.exchange.paper.costs import costs_text

ACCOUNT = "eval"
UNANSWERED = ("http", "timeout", "budget", "breaker")
"""Abstentions that say nothing of the model's judgement: nobody was asked, or nobody answered."""


@dataclass(frozen=True, slots=True)
class _Run:
    """One run that has ended."""

    opened: Opened
    config: RunConfig
    story: History
    reason: str
    broken: tuple[Finding, ...]
    silent: tuple[Missing, ...]


def run_one(task: Task) -> RowResult:
    """The row of *task*. Never raises for what a scenario, a decider or a model does: the row says it."""
    wall = SystemClock()
    started = wall.now()
    try:
        result = _measured(task, asyncio.run(_live(task, wall)))
    except TokenwiseError as error:
        why = f"{error.message}. {error.mend}".rstrip(". ") + "."
        result = failed(task, why, error.exit_status)
    except Exception as error:  # whatever one row dies of, the others are worth having
        result = failed(task, f"something went wrong that should not: {type(error).__name__}: {error}", 1)
    return replace(result, seconds=(wall.now() - started) / 1000)


def failed(task: Task, why: str, exit_status: int) -> RowResult:
    """The row of a task that could not be run, and why."""
    row = {**task.identity(), "status": "failed", "why": why, "metrics": {}}
    return RowResult(row, "failed", why, exit_status)


async def _live(task: Task, wall: Clock) -> _Run:
    opened = opened_once(task.scenario, task.home, task.data)
    config = configured(task, opened.world)
    account, expects = Account(ACCOUNT), task.scenario.expects
    with ExitStack() as held:
        journal = _journal(task.keep, held)
        async with decider_of(
            config.decider,
            account,
            task.home,
            wall,
            Thinking(task.llm, task.cassettes, task.deliberation, ladder=False, usd_run=task.usd),
            knowledge_of(opened.world, opened.facts),
        ) as decider:
            desk = wire(config, opened.world, Place(None, journal), account, wall=wall, decider=decider)
            with closing(desk):
                await begin(desk, resumed=False)
                reason = await run(desk)
                broken = () if task.role == "baseline" else check(expects, lived(desk, opened.world))
        story = history(journal.records(account.stream))
        return _Run(opened, config, story, reason, broken, silent(decider, opened.world, config))


def silent(decider: Decider, world: World, config: RunConfig) -> tuple[Missing, ...]:
    """Until when a rule or a grade says nothing of a symbol: too few candles, or nothing to grade it by."""
    if isinstance(decider, GradeDecider):
        return tuple(_ungraded(decider, config))
    strategy = decider.strategy if isinstance(decider, RuleDecider) else None
    count = max((need.count for need in strategy.needs), default=0) if strategy is not None else 0
    found = []
    for symbol, series in world.series.items():
        ready = Instant(int(series.bars.opened_at[0]) + count * config.every.ms)
        if count > 1 and ready > config.start:
            why = f"silent before {iso(ready)}: it looks at {count} candles of {config.every}"
            found.append(Missing(symbol, why))
    return tuple(found)


def _ungraded(decider: GradeDecider, config: RunConfig) -> Iterator[Missing]:
    for symbol, since in decider.waited.items():
        if isinstance(since, Missing):
            yield Missing(symbol, f"silent throughout: {since.why}")
        elif since > config.start:
            yield Missing(symbol, f"silent before {iso(since)}: no grade")


def _journal(keep: Path | None, held: ExitStack) -> SqlJournal | MemoryJournal:
    if keep is None:
        return MemoryJournal()
    keep.mkdir(parents=True, exist_ok=True)
    for name in ("journal.db", "journal.db-wal", "journal.db-shm", "heads.json"):
        (keep / name).unlink(missing_ok=True)
    journal = SqlJournal.open(keep / "journal.db", keep / "heads.json", durable=False)
    held.callback(journal.close)
    return journal


@lru_cache(maxsize=2)
def opened_once(scenario: Scenario, home: Path, data: str = "") -> Opened:
    """*scenario* opened; a process that runs it with several deciders reads its data once.

    *data*: the digest that its data must have; "": any.

    Raises:
        NoAnswerError: the store has no candle of the window.
        FaultError: the data is not what the evaluation began with.
    """
    opened = open_scenario(scenario, home, SystemClock())
    if data and data_digest(opened) != data:
        raise FaultError(
            f"the data of {scenario.id} was changed while the evaluation ran",
            "Run the same command again, with no import beside it.",
            code="store_changed",
        )
    return opened


def configured(task: Task, world: World) -> RunConfig:
    """What *task* means on *world*."""
    limits = profile(task.profile)
    scenario = task.scenario
    return RunConfig(
        ACCOUNT,
        world.spec,
        decider_run(task),
        world.symbols,
        scenario.start,
        min(scenario.end, world.until),
        scenario.every,
        world.grain,
        scenario.cash,
        limits,
        limits.profile,
        task.costs,
        costs_text(task.costs),
        seed=task.seed,
        deliberation=task.deliberation,
    )


def decider_run(task: Task) -> str:
    """The decider as it is run: ``turnover=match`` and the seed of a random rule are filled in."""
    spec = parse_spec(task.decider)
    if not draws(task.decider) or spec.name == LLM:
        return task.decider
    if spec.params["turnover"] == "match" and task.turnover == 0:
        return "rule:cash"  # who never trades is matched by who never trades
    params = {**spec.params, "seed": str(int(spec.params["seed"]) + task.seed)}
    if params["turnover"] == "match" and task.turnover is not None:
        params["turnover"] = repr(task.turnover)
    return str(Spec(spec.name, spec.arg, params))


def draws(canonical: str) -> bool:
    """Whether the decider may do otherwise under another seed."""
    spec = parse_spec(canonical)
    return spec.name == LLM or (spec.name == "rule" and spec.arg == "random")


def _measured(task: Task, ran: _Run) -> RowResult:
    config, story, world = ran.config, ran.story, ran.opened.world
    bars = {
        symbol: _within(series.bars, config.start, config.until) for symbol, series in world.series.items()
    }
    curve = equity_curve(story.fills, bars, config.cash.amount, config.start, config.until, config.grain)
    measured = performance(curve, story.fills)
    thought = thinking(story)
    status, why = _answered(thought)
    first_day, returns = _days(curve)
    totals = thought.totals()
    row: dict[str, Any] = {
        **task.identity(),
        "ran": config.decider,
        "status": status,
        "why": why,
        "metrics": {
            **measured.metrics(),
            "decisions": story.decisions,
            "abstentions": story.abstentions,
            "vetoes": sum(story.vetoes.values()),
            "llm_calls": totals["calls"],
            "tokens_in": totals["tokens_in"],
            "tokens_out": totals["tokens_out"],
            "usd": totals["usd"],
        },
        "orders": sum(order.submitted for order in story.orders.values()),
        "fills": len(story.fills),
        "actions": _sorted(thought.actions),
        "abstained": _sorted(thought.abstained),
        "vetoes_by_rule": _sorted(story.vetoes),
        "exits": _sorted(Counter(one.trigger for one in story.exits)),
        "decided_by": _sorted(thought.decided_by),
        "unpriced_calls": totals["unpriced_calls"],
        "state": story.state,
        "halted_at": None if story.halted_at is None else iso(story.halted_at),
        "ended": ran.reason,
        "final_equity": float(curve.equity[-1]),
        "turnover_matched": task.turnover,
        "expects": _expected(task, ran.broken),
        "missing": [{"what": gap.what, "why": gap.why} for gap in (*measured.missing, *ran.silent)],
        "journal_head": f"sha256:{story.head}",
    }
    return RowResult(
        row,
        status,
        why,
        first_day=first_day,
        returns=returns,
        missing=tuple({"what": gap.what, "why": gap.why} for gap in ran.opened.missing),
        restated=ran.opened.restated,
        simulated=world.simulated,
        spent=plain(thought.usd),
        fills=len(story.fills),
        journal_head=story.head,
        latencies_s=tuple(
            float(call["latency_s"])
            for told in story.told.values()
            for call in (told.decided["model"] or {}).get("calls", ())
        ),
    )


def _expected(task: Task, broken: Sequence[Finding]) -> list[dict[str, Any]]:
    """Each check of the scenario, and what broke it; a baseline is not held to any."""
    if task.role == "baseline":
        return []
    return [
        {
            "check": expect.check,
            "value": expect.value,
            "ok": not any(one.code == f"expect.{expect.check}" for one in broken),
            "findings": [one.message for one in broken if one.code == f"expect.{expect.check}"],
        }
        for expect in task.scenario.expects
    ]


def _sorted(counts: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items()))


def _within(bars: Bars, start: Instant, until: Instant) -> Bars:
    first = int(bars.opened_at.searchsorted(start))
    return bars.slice(first, int(bars.opened_at.searchsorted(until - bars.interval.ms, side="right")))


def _answered(thought: Thought) -> tuple[Status, str | None]:
    """Whether every question that was to be asked got an answer of some kind."""
    lost = {reason: thought.abstained[reason] for reason in UNANSWERED if thought.abstained[reason]}
    if not lost:
        return "ok", None
    told = ", ".join(f"{reason} {count:,}" for reason, count in lost.items())
    count = sum(lost.values())
    return "partial", f"{count:,} of {thought.decisions:,} decisions got no answer of the model ({told})"


def _days(curve: Curve) -> tuple[str | None, tuple[float, ...]]:
    """The first day, and the simple return of each; 0 for a day that began with nothing."""
    closes = daily(curve)
    if len(closes) < 2:
        return None, ()
    before = closes.equity[:-1]
    returns = np.divide(closes.equity[1:], before, out=np.ones(len(before)), where=before > 0) - 1.0
    first = Instant(int((closes.at[1] - 1) // DAY * DAY))
    return iso(first)[:10], tuple(float(one) for one in returns)
