"""``eval run``, from its flags to its report."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import click

from agent import settings
from agent.cli.session import answer, session
from agent.runtime.account import Account
from agent.runtime.minds import Thinking, decider_of, deliberation_of
from core.canonical import canonical
from core.errors import UsageError
from core.instant import Instant
from core.market import Costs
from core.money import exact
from core.ports import Clock
from evals.cache import write_whole
from evals.grid import SETS, Plan, arms_of, cassettes_of, decider_name, is_model, recorded_seeds
from evals.pools import check_place, workers_of
from evals.report.page import write
from evals.report.words import summary
from evals.result import RESULT, evaluation, keep
from evals.result import load as kept
from evals.runner import Ran, run_plan
from evals.scenario import Scenario, load
from evals.trials import register
from strategies.risk.limits import profile as known_profile
from tools.clocks import SystemClock
from tools.exchange.paper.costs import parse_costs

_ASKED = "asked.json"


def evaluate(
    *,
    scenarios: Sequence[str],
    deciders: Sequence[str],
    arm: str,
    seeds: int,
    workers: int | None,
    on: str,
    profile: str,
    costs: str | None,
    llm: str | None,
    cassettes: Path | None,
    deliberation: str,
    budget_usd: str | None,
    baselines: str,
    out: Path | None,
    resume: bool,
    keep_journals: bool,
) -> None:
    """Runs what was asked for, writes and tells it.

    Raises:
        UsageError: a flag that names nothing, before anything is run.
        NoAnswerError: no scenario has data here.
    """
    home, wall = session().home, SystemClock()
    started = wall.now()
    if baselines not in SETS:
        raise UsageError(f"--baselines is {baselines!r}", f"Use one of {', '.join(SETS)}.", candidates=SETS)
    known_profile(profile)
    names = tuple(dict.fromkeys(decider_name(one) for one in deciders or ("offline",)))
    plan = Plan(
        _scenarios(scenarios),
        names,
        arms_of(arm),
        seeds,
        profile,
        Costs() if costs is None else parse_costs(costs),
        baselines,
        home,
        llm=None if not any(is_model(one) for one in names) else _mode(llm),
        cassettes=_cassettes(home, cassettes) if any(is_model(one) for one in names) else None,
        deliberation=deliberation_of(deliberation),
        budget_usd=_budget(budget_usd),
    )
    check_place(on)
    workers_of(workers, 1)
    plan = _seeded(plan)
    _openable(plan, wall)
    folder = _folder(plan, home, out, resume=resume)
    trials = register(plan, home, wall)
    try:
        ran = run_plan(plan, folder, wall, workers=workers, on=on, keep=keep_journals)
    except KeyboardInterrupt:
        done = sum(1 for _ in (folder / "rows").glob("*.json")) if (folder / "rows").is_dir() else 0
        sys.stderr.write(f"cut after {done} rows; the same command goes on from there\n")
        raise
    keep(folder, evaluation(plan, ran, trials), ran, (wall.now() - started) / 1000)
    # what is told is what was kept, so that 'eval report' draws the same again
    made = kept(folder)
    report = write(made, folder)
    simulated = made.result["data"]["simulated"]
    answer(
        "eval_run",
        {"out": str(folder), "report": str(report), **made.result},
        lambda: click.echo(f"{summary(made.result)}\nreport: {report}"),
        as_of=_newest(plan, ran),
        simulated=bool(simulated),
        warnings=made.result["warnings"],
    )
    status = _status(ran)
    if status:
        raise click.exceptions.Exit(status)


def _scenarios(texts: Sequence[str]) -> tuple[Scenario, ...]:
    """The scenarios that are named, each once, in the order of naming.

    Raises:
        UsageError: one is unknown, or two files have the same id.
    """
    named = [part.strip() for text in texts for part in text.split(",") if part.strip()]
    found: dict[str, Scenario] = {}
    for text in named:
        scenario = load(text)
        if found.setdefault(scenario.id, scenario) != scenario:
            raise UsageError(
                f"two scenarios have the id {scenario.id!r}, the second from {text!r}",
                "Give one of them another id.",
            )
    if not found:
        raise UsageError("--scenario names none", "Choose some of 'tokenwise eval list'.")
    return tuple(found.values())


def _mode(given: str | None) -> str:
    return given or settings.model_settings().mode


def _cassettes(home: Path, given: Path | None) -> Path:
    """Where answers are recorded and replayed."""
    return (given or settings.model_settings().cassettes or home / "cassettes").absolute()


def _budget(text: str | None) -> Decimal | None:
    if text is None:
        return None
    try:
        amount = exact(text)
    except ValueError:
        amount = Decimal(-1)
    if amount < 0:
        raise UsageError(f"--budget-usd is {text!r}", "Give an amount of USD, such as 2.50.")
    return amount


def _seeded(plan: Plan) -> Plan:
    """*plan*, told how many seeds there are cassettes of, where models are replayed."""
    if plan.llm != "replay":
        return plan
    return replace(plan, recorded=recorded_seeds(plan.cassettes, plan.seeds))


def _openable(plan: Plan, wall: Clock) -> None:
    """Opens each candidate once, so that what cannot work is said before anything is run.

    Raises:
        UsageError: no key, no cassette, a mode that there is not.
    """

    async def opened(decider: str) -> None:
        thinking = Thinking(plan.llm, cassettes_of(plan.cassettes, 0), plan.deliberation, ladder=False)
        async with decider_of(decider, Account("eval"), plan.home, wall, thinking):
            pass

    for decider in plan.deciders:
        if is_model(decider):
            asyncio.run(opened(decider))


def _folder(plan: Plan, home: Path, out: Path | None, *, resume: bool) -> Path:
    """Where this run is kept, with what was asked for written down in it.

    Raises:
        UsageError: *resume*, and nothing or something else was begun there; or it is no folder.
    """
    folder = (out or home / "runs" / f"eval-{plan.hash()[:16]}").absolute()
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"--out {folder} is a file", "Name a folder.")
    asked = folder / _ASKED
    now = plan.describe()
    before = json.loads(asked.read_bytes()) if asked.is_file() else None
    if resume and before is not None and before != now:
        changed = [key for key in now if before.get(key) != now[key]]
        told = "; ".join(f"{key} was {before.get(key)!r}, now {now[key]!r}" for key in changed)
        raise UsageError(
            f"{folder} holds another evaluation: {told}",
            "Give the same flags to go on, or another --out.",
            code="other_flags",
        )
    if before != now:
        (folder / RESULT).unlink(missing_ok=True)
        write_whole(asked, canonical(now) + b"\n")
    return folder


def _newest(plan: Plan, ran: Ran) -> Instant:
    """The end of the latest scenario that could be lived through."""
    return max(one.end for one in plan.scenarios if ran.scenes[one.id].lacking is None)


def _status(ran: Ran) -> int:
    """0 where any candidate came to something; else what the first of them failed of."""
    candidates = [one for one in ran.rows if one.row["role"] == "candidate"]
    if any(one.status != "failed" for one in candidates):
        return 0
    return next((one.exit for one in candidates if one.exit), 1)
