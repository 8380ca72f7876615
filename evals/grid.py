"""Which rows an evaluation has: scenarios x deciders x seeds, the twin and the baselines beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from agent.runtime.deciders import LLM, OFFLINE, canonical_decider
from core.canonical import digest
from core.errors import UsageError
from core.market import Costs
from core.spec import parse_spec
from evals.run_one import draws
from evals.scenario import Scenario
from evals.task import Task
from strategies.risk.in_force import limits_hash
from strategies.risk.limits import profile
from tools.exchange.paper.costs import costs_text

MATCH = "match"
HOLD = "rule:hold"
BASELINES = (
    "rule:cash",
    HOLD,
    "rule:sma?window=15",
    "rule:sma_cross",
    "rule:macd",
    "rule:bollinger",
    "rule:equal_weight",
    "rule:random?turnover=match",
)
SETS = ("default", "none")
ARMS = ("plain",)
_UNLIMITED = "none"


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that an evaluation's rows depend on, and where they are run from.

    *deciders* are canonical. *recorded*: how many seeds of a model's row there are cassettes of; `None`
    where none are replayed.
    """

    scenarios: tuple[Scenario, ...]
    deciders: tuple[str, ...]
    arms: tuple[str, ...]
    seeds: int
    profile: str
    costs: Costs
    baselines: str
    home: Path
    llm: str | None = None
    cassettes: Path | None = None
    deliberation: str = "single"
    recorded: int | None = None
    budget_usd: Decimal | None = None

    def describe(self) -> dict[str, Any]:
        """What was asked for, as plain JSON values; nothing of where or how fast."""
        return {
            "scenarios": [{"id": one.id, "title": one.title, "hash": one.hash()} for one in self.scenarios],
            "deciders": list(self.deciders),
            "arms": list(self.arms),
            "seeds": self.seeds,
            "profile": self.profile,
            "limits_hash": limits_hash(profile(self.profile)),
            "costs": costs_text(self.costs),
            "baselines": self.baselines,
            "llm": self.llm,
            "deliberation": self.deliberation,
            "budget_usd": None if self.budget_usd is None else str(self.budget_usd),
        }

    def hash(self) -> str:
        """SHA-256 of `describe`."""
        return digest(self.describe())


def decider_name(text: str) -> str:
    """The canonical spec of *text*; ``turnover=match``, which only an evaluation knows, included.

    Raises:
        UsageError: it names no decider.
    """
    spec = parse_spec(text)
    if spec.name == "rule" and spec.arg == "random" and spec.params.get("turnover", MATCH) == MATCH:
        stand_in = replace(spec, params={**spec.params, "turnover": "1"})
        known = parse_spec(canonical_decider(str(stand_in)))
        return str(replace(known, params={**known.params, "turnover": MATCH}))
    return canonical_decider(text)


def arms_of(text: str) -> tuple[str, ...]:
    """The arms that *text* names, each once.

    Raises:
        UsageError: one that there is not.
    """
    named = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    strange = [one for one in named if one not in ARMS]
    if strange or not named:
        raise UsageError(
            f"there is no arm {strange[0] if strange else text!r}",
            f"The arms are: {', '.join(ARMS)}.",
            code="unknown_arm",
            candidates=ARMS,
        )
    return named


def matches_turnover(canonical: str) -> bool:
    """Whether the decider trades as much as another, which has to run before it."""
    spec = parse_spec(canonical)
    return spec.name == "rule" and spec.arg == "random" and spec.params["turnover"] == MATCH


def is_model(canonical: str) -> bool:
    """Whether a language model decides."""
    return parse_spec(canonical).name == LLM


def tasks(plan: Plan) -> list[Task]:
    """Every row of *plan*. What matches another's turnover names it, and gets it once that has run."""
    return [
        task for scenario in plan.scenarios for arm in plan.arms for task in _of_scenario(plan, scenario, arm)
    ]


def hold_tasks(plan: Plan) -> list[Task]:
    """Buy and hold of each scenario, which every other row is compared with."""
    first = replace(plan, deciders=(HOLD,), baselines="none")
    return [
        replace(task, role="baseline", profile=_UNLIMITED)
        for task in tasks(first)
        if task.arm == plan.arms[0]
    ]


def _of_scenario(plan: Plan, scenario: Scenario, arm: str) -> Iterator[Task]:
    plain = Task(
        scenario,
        OFFLINE,
        "candidate",
        arm,
        0,
        plan.profile,
        plan.costs,
        plan.home,
        llm=plan.llm,
        deliberation=plan.deliberation,
    )
    for decider in plan.deciders:
        yield from _seeded(plan, replace(plain, decider=decider))
    if any(is_model(one) for one in plan.deciders) and OFFLINE not in plan.deciders:
        yield replace(plain, role="twin", llm=None)
    if plan.baselines == "none":
        return
    beside = replace(plain, role="baseline", profile=_UNLIMITED, llm=None, deliberation="single")
    for text in BASELINES:
        decider = decider_name(text)
        if not matches_turnover(decider):
            yield from _seeded(plan, replace(beside, decider=decider))
            continue
        for candidate in plan.deciders:
            if not matches_turnover(candidate):
                yield from _seeded(plan, replace(beside, decider=decider, matches=candidate))


def _seeded(plan: Plan, task: Task) -> Iterator[Task]:
    """*task* under each seed that can make a difference."""
    model = is_model(task.decider)
    if matches_turnover(task.decider) and task.matches is None:
        task = replace(task, matches=_first_other(plan.deciders))
    count = plan.seeds if draws(task.decider) else 1
    if model and plan.recorded is not None:
        count = min(count, plan.recorded)
    for seed in range(count):
        folder = cassettes_of(plan.cassettes, seed) if model else None
        yield replace(task, seed=seed, cassettes=folder)


def _first_other(deciders: Sequence[str]) -> str:
    for one in deciders:
        if not matches_turnover(one):
            return one
    raise UsageError(
        "turnover=match has no candidate to match: no other decider is named",
        "Name another --decider beside it, or give the turnover a year as a number, such as turnover=12.",
    )


def cassettes_of(folder: Path | None, seed: int) -> Path | None:
    """Where the answers under *seed* are kept: those of the first in *folder* itself, others beside them."""
    return folder if folder is None or seed == 0 else folder / f"seed-{seed}"


def recorded_seeds(folder: Path | None, seeds: int) -> int:
    """For how many of *seeds*, from the first on, *folder* holds cassettes; at least 1."""
    count = 1
    while count < seeds and any((cassettes_of(folder, count) or Path()).glob("*.jsonl")):
        count += 1
    return count


def twin_of(row: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The row of the rules-only twin of a model's *row*: the same scenario, arm and limits."""
    if not is_model(str(row["decider"])):
        return None
    same = ("scenario", "arm", "limits")
    return next(
        (one for one in rows if one["decider"] == OFFLINE and all(one[key] == row[key] for key in same)),
        None,
    )
