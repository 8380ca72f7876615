"""What rows say together: each comparison against its own closed form, nothing averaged that must not be."""

from __future__ import annotations

from dataclasses import replace
from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.instant import instant
from evals.cutoffs import cutoff_of, label
from evals.grid import HOLD, Plan
from evals.runner import Ran, Scene
from evals.scenario import Scenario
from evals.selection import families, selection
from evals.task import RowResult
from evals.verdicts import judge
from strategies.measure.inference.many import superior
from strategies.measure.inference.overfitting import overfitting
from strategies.measure.inference.paired import paired
from strategies.measure.inference.sharpe import deflated, expected_best, probabilistic, sharpe
from tests.evals.eval_line import a_plan, a_scenario

MODEL = "llm:gpt-4o-2024-08-06"


def a_row(
    scenario: str,
    decider: str,
    returns: Any,
    role: str = "candidate",
    seed: int = 0,
    status: str = "ok",
    first: str = "2024-03-03",
) -> RowResult:
    total = float(np.prod(1 + np.array(returns)) - 1)
    row = {
        "scenario": scenario, "decider": decider, "role": role, "arm": "plain", "seed": seed,
        "limits": "none" if role == "baseline" else "balanced", "matches": None, "status": status, "why": None,
        "metrics": {"total_return": total, "max_drawdown": 0.0, "exposure": 0.5, "turnover": 1.0}, "missing": [],
    }  # fmt: skip
    return RowResult(row, status, returns=tuple(float(one) for one in returns), first_day=first)  # type: ignore[arg-type]


def noise(seed: int, days: int = 60, mean: float = 0.0) -> list[float]:
    found: list[float] = np.random.default_rng(seed).normal(mean, 0.02, days).tolist()
    return found


def the_plan(folder: Path, *deciders: str, scenarios: tuple[Scenario, ...] = ()) -> Plan:
    return replace(a_plan(folder, *deciders), scenarios=scenarios or (a_scenario(folder),))


def ran_of(*rows: RowResult) -> Ran:
    holds = tuple(one for one in rows if one.row["decider"] == HOLD)
    return Ran(rows, holds, {str(one.row["scenario"]): Scene() for one in rows})


def test_a_row_is_paired_with_buy_and_hold_and_a_model_with_its_twin(tmp_path: Path) -> None:
    mine, twin, hold = noise(1), noise(2), noise(3)
    judged = judge(
        ran_of(
            a_row("small", "llm:m", mine),
            a_row("small", "offline", twin, "twin"),
            a_row("small", HOLD, hold, "baseline"),
        ),
        the_plan(tmp_path, "llm:m"),
        trials=1,
    )
    model, beside, held = judged.rows
    for told, other in ((model["vs_hold"], hold), (model["vs_twin"], twin)):
        found = paired(np.array(mine), np.array(other))
        assert told["ci95"] == [found.low, found.high]
        assert (told["diff"], told["mde"], told["verdict"]) == (found.diff, found.mde, found.verdict.value)
    assert beside["vs_twin"] is None
    assert held["vs_hold"] is None


def test_a_certain_lead_is_better_and_a_certain_lag_worse(tmp_path: Path) -> None:
    hold = noise(3)
    up, down = [one + 0.01 for one in hold], [one - 0.01 for one in hold]
    judged = judge(
        ran_of(
            a_row("small", "rule:sma?window=15", up),
            a_row("small", "rule:cash", down),
            a_row("small", HOLD, hold, "baseline"),
        ),
        the_plan(tmp_path, "rule:sma", "rule:cash"),
        trials=2,
    )
    assert [row["vs_hold"] and row["vs_hold"]["verdict"] for row in judged.rows] == ["better", "worse", None]


def test_what_lived_through_other_days_is_not_compared(tmp_path: Path) -> None:
    judged = judge(
        ran_of(a_row("small", "offline", noise(1, 40)), a_row("small", HOLD, noise(2, 60), "baseline")),
        the_plan(tmp_path, "offline"),
        trials=1,
    )
    assert judged.rows[0]["vs_hold"] is None


def test_the_ratio_is_deflated_by_the_trials_that_were_really_made(tmp_path: Path) -> None:
    mine, hold = noise(1, mean=0.003), noise(3)
    rows = ran_of(a_row("small", "offline", mine), a_row("small", HOLD, hold, "baseline"))
    few, many = (judge(rows, the_plan(tmp_path, "offline"), trials=number).rows[0] for number in (2, 1000))
    ratios = [sharpe(np.array(one)) for one in (mine, hold)]
    known = [one for one in ratios if one is not None]
    assert few["psr"] == many["psr"] == probabilistic(np.array(mine))
    assert few["dsr"] == deflated(np.array(mine), known, 2)
    assert many["dsr"] == probabilistic(np.array(mine), expected_best(float(np.var(known, ddof=1)), 1000))
    assert many["dsr"] < few["dsr"] < few["psr"]


def test_only_whole_rows_are_pooled_and_the_others_are_named(tmp_path: Path) -> None:
    one, two = a_scenario(tmp_path, "one"), a_scenario(tmp_path, "two")
    judged = judge(
        ran_of(
            a_row("one", "llm:m", noise(1)),
            a_row("two", "llm:m", noise(2), status="partial"),
            a_row("one", HOLD, noise(3), "baseline"),
            a_row("two", HOLD, noise(4), "baseline"),
        ),
        the_plan(tmp_path, "llm:m", scenarios=(one, two)),
        trials=1,
    )
    model = judged.pooled[0]
    assert (model["scenarios"], model["rows"]) == (["one"], 1)
    assert [(left["scenario"], left["status"]) for left in model["left_out"]] == [("two", "partial")]
    found = paired(np.array(noise(1)), np.array(noise(3)))
    assert model["vs_hold"]["ci95"] == [found.low, found.high]
    assert model["sharpe"] == pytest.approx((sharpe(np.array(noise(1))) or 0) * sqrt(365))


def test_before_and_after_a_cutoff_are_never_averaged_together(tmp_path: Path) -> None:
    early, late = (
        replace(a_scenario(tmp_path, name), synthetic=None, start=instant(start), end=instant(end))
        for name, start, end in (("early", "2022-01-01", "2022-04-01"), ("late", "2025-01-01", "2025-04-01"))
    )
    rows = [
        a_row(name, decider, noise(number), role)
        for number, (name, decider, role) in enumerate(
            (name, decider, role)
            for name in ("early", "late")
            for decider, role in ((MODEL, "candidate"), (HOLD, "baseline"))
        )
    ]
    plan = the_plan(tmp_path, MODEL, scenarios=(early, late))
    judged = judge(ran_of(*rows), plan, trials=1)
    assert [row["cutoff"] for row in judged.rows] == ["before", "unknown", "after", "unknown"]
    models = [line for line in judged.pooled if line["decider"] == MODEL]
    assert [(line["cutoff"], line["scenarios"]) for line in models] == [
        ("before", ["early"]),
        ("after", ["late"]),
    ]
    assert families(plan) == {"before": ("early",), "after": ("late",)}
    assert [entry["cutoff"] for entry in selection(plan, judged.rows, rows)] == ["before", "after"]


def test_a_window_that_holds_the_cutoff_or_is_invented_is_of_neither_side(tmp_path: Path) -> None:
    invented = a_scenario(tmp_path)
    across = replace(invented, synthetic=None, start=instant("2023-09-01"), end=instant("2023-11-01"))
    assert label(MODEL, across) == label(MODEL, invented) == label("rule:hold", across) == "unknown"
    assert label("llm:nobody-knows", across) == "unknown"
    assert cutoff_of("openai/gpt-4o") == cutoff_of("gpt-4o-2024-08-06") == instant("2023-10-02")


def test_the_best_of_noise_is_not_believed_and_a_real_lead_is(tmp_path: Path) -> None:
    hold = noise(99, 200)
    lucky = [a_row("small", f"rule:sma?window={number}", noise(number, 200)) for number in range(2, 8)]
    beside = a_row("small", HOLD, hold, "baseline")
    plan = the_plan(tmp_path, "rule:sma")
    (dull,) = selection(plan, [one.row for one in (*lucky, beside)], [*lucky, beside])
    assert dull["spa"]["consistent"] > 0.05
    assert dull["stepm"] == []
    columns = np.column_stack([one.returns for one in (*lucky, beside)])
    assert dull["pbo"] == overfitting(columns, 16)
    assert dull["spa"]["consistent"] == superior(columns[:, :-1] - columns[:, -1:]).consistent
    lead = a_row("small", "rule:cash", [one + 0.004 for one in hold])
    rows = [*lucky, lead, beside]
    (sharp,) = selection(plan, [one.row for one in rows], rows)
    assert sharp["spa"]["consistent"] < 0.05
    assert sharp["stepm"] == ["rule:cash (candidate, balanced)"]


def test_what_cannot_be_tested_is_said_to_be_missing(tmp_path: Path) -> None:
    rows = [a_row("small", "offline", noise(1, 8)), a_row("small", HOLD, noise(2, 8), "baseline")]
    (entry,) = selection(the_plan(tmp_path, "offline"), [one.row for one in rows], rows)
    assert (entry["spa"], entry["stepm"], entry["pbo"]) == (None, None, None)
    assert [gap["what"] for gap in entry["missing"]] == ["spa", "stepm", "pbo"]
