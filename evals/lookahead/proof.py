"""The proof: lives scenarios once, then takes every future away and demands the same again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from agent import settings
from agent.runtime.config import RunConfig
from agent.runtime.deciders import LLM, canonical_decider
from agent.runtime.minds import Thinking
from core.errors import NoAnswerError, UsageError
from core.instant import iso
from core.ports import Clock
from core.spec import parse_spec
from evals.lookahead.answers import ENOUGH, compare_answers
from evals.lookahead.findings import Compared, Findings, Leak
from evals.lookahead.home import deep_spoiling
from evals.lookahead.living import Lived, live
from evals.lookahead.moments import compare_moment
from evals.lookahead.scene import Candidate, Scene, Subject, candidate, spoiling
from evals.lookahead.watching import Moment
from evals.lookahead.whole_runs import compare_run
from evals.opening import open_scenario
from evals.scenario import Scenario
from strategies.risk.limits import Limits, profile
from tools.exchange.paper.costs import costs_text, parse_costs

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Depth:
    """How much is looked at; which of it follows from *seed*.

    *moments*: decisions asked again, all where a run has no more; *runs*: whole runs lived again; *answers*:
    instants at which every answer is asked.
    """

    moments: int = 48
    runs: int = 3
    answers: int = 4
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Manner:
    """How deciders are run: under which limits, at what costs, and how models are asked."""

    limits: Limits = field(default_factory=lambda: profile("balanced"))
    costs: str = ""
    thinking: Thinking = field(default_factory=Thinking)


def check(
    scenarios: Sequence[Scenario],
    deciders: Sequence[str],
    home: Path,
    clock: Clock,
    *,
    manner: Manner | None = None,
    depth: Depth | None = None,
    tell: Tell = lambda _: None,
) -> Findings:
    """Whether any decision of *deciders* in *scenarios* rests on what came after it; *tell* hears of the progress.

    Raises:
        UsageError: an unknown decider, or a model that would be asked live.
        NoAnswerError: the store of *home* has none of the scenarios' windows.
    """
    manner, depth = manner or Manner(), depth or Depth()
    specs = [_provable(one, manner.thinking) for one in deciders]
    findings, absent = Findings([], specs), 0
    for scenario in scenarios:
        try:
            subject = stage(scenario, home, clock, manner, depth, findings)
        except NoAnswerError as error:
            findings.missing.append({"what": scenario.id, "why": f"{error.message}; {error.mend}"})
            absent += 1
            if absent == len(scenarios):
                raise
            continue
        findings.scenarios.append(scenario.id)
        several = [candidate(one, home, clock, manner.thinking) for one in specs]
        asyncio.run(prove(subject, several, depth, findings, tell))
    return findings


def _provable(text: str, thinking: Thinking) -> str:
    """The canonical spec of a decider whose answers are the same whenever it is asked the same.

    Raises:
        UsageError: it is none, or its model would be asked live.
    """
    spec = canonical_decider(text)
    mode = thinking.mode or settings.model_settings().mode
    if parse_spec(spec).name == LLM and mode not in {"replay", "off"}:
        raise UsageError(
            f"{text!r} would ask a model, which answers otherwise each time",
            "Prove it on recorded answers: --llm replay --cassettes DIR.",
        )
    return spec


def stage(
    scenario: Scenario, home: Path, clock: Clock, manner: Manner, depth: Depth, findings: Findings
) -> Subject:
    """*scenario* opened, and how garbage is put after an instant of it."""
    opened = open_scenario(scenario, home, clock)
    findings.simulated |= opened.world.simulated
    findings.missing += [{"what": f"{scenario.id}: {one.what}", "why": one.why} for one in opened.missing]
    costs = parse_costs(manner.costs)
    config = RunConfig(
        "lookahead",
        opened.world.spec,
        "",
        opened.world.symbols,
        scenario.start,
        scenario.end,
        scenario.every,
        scenario.grain,
        scenario.cash,
        manner.limits,
        manner.limits.profile,
        costs,
        costs_text(costs),
        deliberation=manner.thinking.deliberation,
    )
    scene = Scene(opened.world, opened.facts)
    assets = [one.asset for one in opened.world.series.values()]
    deep = (
        None if scenario.synthetic is not None else deep_spoiling(scenario, home, clock, assets, depth.seed)
    )
    return Subject(scenario.id, scene, config, spoiling(scene, depth.seed), deep)


async def prove(
    subject: Subject,
    candidates: Sequence[Candidate],
    depth: Depth,
    findings: Findings,
    tell: Tell = lambda _: None,
) -> None:
    """Adds to *findings* what is found of *candidates* in *subject*."""
    done, leaks = findings.compared, findings.leaks
    for number, one in enumerate(candidates):
        lived = await live(subject, one, subject.scene)
        asked = sampled(lived.moments, depth.moments, depth.seed)
        tell(f"{subject.id} {one.spec}: {len(lived.moments)} decisions, {len(asked)} of them asked again")
        leaks += await _of_moments(subject, one, lived, asked, done)
        leaks += await _of_runs(subject, one, lived, depth, done)
        if number == 0:
            for k, moment in enumerate(sampled(lived.moments, depth.answers, depth.seed + 1)):
                tell(f"{subject.id}: every answer at {iso(moment.at)}")
                # the store's own files are slower to spoil, and the same at every instant
                leaks += await compare_answers(subject, lived, moment, done, deep=k < depth.runs)


async def _of_moments(
    subject: Subject, one: Candidate, lived: Lived, asked: Sequence[Moment], done: Compared
) -> list[Leak]:
    found: list[Leak] = []
    for moment in asked:
        leak = await compare_moment(subject, one, lived, moment, done)
        found += [] if leak is None else [leak]
        if len(found) == ENOUGH:
            break
    return found


async def _of_runs(
    subject: Subject, one: Candidate, lived: Lived, depth: Depth, done: Compared
) -> list[Leak]:
    found = []
    for moment in sampled(lived.moments, depth.runs, depth.seed + 2):
        leak = await compare_run(subject, one, lived, moment.at, done)
        found += [] if leak is None else [leak]
    return found


def sampled(moments: Sequence[Moment], most: int, seed: int) -> Sequence[Moment]:
    """All of *moments* where there are no more than *most*, else so many of them, the last among them."""
    if len(moments) <= most:
        return moments
    if most <= 0:
        return ()
    rows = np.random.default_rng(seed).choice(len(moments) - 1, most - 1, replace=False)
    return [*(moments[row] for row in sorted(rows.tolist())), moments[-1]]
