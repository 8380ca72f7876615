"""The best of many: superior predictive ability, the stepwise test and the probability of overfitting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from core.market import Floats
from evals.cutoffs import label
from evals.grid import Plan, is_model
from evals.task import RowResult
from evals.verdicts import by_scenario, is_hold
from strategies.measure.inference.many import better_ones, superior
from strategies.measure.inference.overfitting import overfitting

PARTS = 16
_FEWEST_DAYS = 2 * PARTS

METHOD = {
    "vs_hold": "stationary block bootstrap of days, drawn for both together; block length after Politis and White; "
    "95 % percentile interval of the difference of total returns; mde found in 80 of 100 such runs",
    "pooled": "the same within each window; windows that share calendar days are drawn together, others "
    "independently; then the mean over windows, each counting once, seeds averaged first",
    "psr": "probability that the true daily Sharpe ratio is above 0, for skew and kurtosis",
    "dsr": "the same against the best ratio expected of as many trials without skill; the ratios' spread is that "
    "of all deciders here; seeds of one decider are one trial, averaged day by day where pooled",
    "spa": "Hansen's test that no decider beats buy and hold; daily returns of all windows one after the other",
    "stepm": "the deciders that beat buy and hold, all errors together at most 5 %",
    "pbo": f"how often the best half of the days' best decider is below the median in the other ({PARTS} parts)",
}


def families(plan: Plan) -> dict[str, tuple[str, ...]]:
    """Scenarios that may be judged together: on the same side of every model's training cut-off."""
    models = [one for one in plan.deciders if is_model(one)]
    found: dict[str, list[str]] = {}
    for scenario in plan.scenarios:
        sides = dict.fromkeys(label(one, scenario) for one in models) or {"unknown": None}
        found.setdefault("/".join(sides), []).append(scenario.id)
    return {name: tuple(several) for name, several in found.items()}


def selection(
    plan: Plan, rows: Sequence[Mapping[str, Any]], results: Sequence[RowResult]
) -> list[dict[str, Any]]:
    """One entry per arm and family of scenarios: how much the best of the deciders is to be believed."""
    told = []
    for arm in plan.arms:
        for cutoff, scenarios in families(plan).items():
            chosen = [
                (row, result)
                for row, result in zip(rows, results, strict=True)
                if row["arm"] == arm and row["scenario"] in scenarios
            ]
            told.append({"arm": arm, "cutoff": cutoff, **_of_family(chosen)})
    return told


def _of_family(chosen: Sequence[tuple[Mapping[str, Any], RowResult]]) -> dict[str, Any]:
    holds = [(dict(row), result) for row, result in chosen if is_hold(row) and result.ok]
    windows = list(by_scenario(holds))
    columns: dict[str, Floats] = {}
    left_out: list[str] = []
    groups: dict[str, list[tuple[dict[str, Any], RowResult]]] = {}
    for row, result in chosen:
        groups.setdefault(_name(row), []).append((dict(row), result))
    for name, several in groups.items():
        whole = by_scenario([(row, result) for row, result in several if result.ok and result.returns])
        if windows and list(whole) == windows and all(result.ok for _, result in several):
            columns[name] = np.concatenate(
                [np.mean([one.returns for one in whole[window]], axis=0) for window in windows]
            )
        else:
            left_out.append(name)
    missing: list[dict[str, str]] = []
    found: dict[str, Any] = {
        "scenarios": windows,
        "deciders": [*columns],
        "left_out": left_out,
        "spa": None,
        "stepm": None,
        "pbo": None,
        "missing": missing,
    }
    hold = next((name for name, several in groups.items() if is_hold(several[0][0])), None)
    days = len(next(iter(columns.values()))) if columns else 0
    rivals = [name for name in columns if name != hold]
    if hold not in columns or not rivals or days < 10:
        missing += [{"what": name, "why": "needs buy and hold, and ten days"} for name in ("spa", "stepm")]
    else:
        excess = np.column_stack([columns[name] - columns[hold] for name in rivals])
        test = superior(excess)
        found["spa"] = {"lower": test.lower, "consistent": test.consistent, "upper": test.upper}
        found["stepm"] = [rivals[column] for column in better_ones(excess)]
    if len(columns) < 2 or days < _FEWEST_DAYS:
        missing.append({"what": "pbo", "why": f"needs two deciders, and {_FEWEST_DAYS} days"})
    else:
        found["pbo"] = overfitting(np.column_stack([*columns.values()]), PARTS)
    return found


def _name(row: Mapping[str, Any]) -> str:
    """A decider among others of one evaluation, in words."""
    matched = f" of {row['matches']}" if row["matches"] else ""
    return f"{row['decider']}{matched} ({row['role']}, {row['limits']})"
