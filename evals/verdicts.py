"""What the rows of an evaluation say, and how sure: each against buy and hold and its twin, then pooled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import sqrt
from typing import Any

import numpy as np

from core.market import Floats
from evals.cutoffs import label
from evals.grid import HOLD, Plan, twin_of
from evals.runner import Ran
from evals.scenario import Scenario
from evals.task import RowResult
from strategies.measure.inference.paired import Paired, paired
from strategies.measure.inference.pooled import Window, pooled
from strategies.measure.inference.sharpe import deflated, minimum_track_record, probabilistic, sharpe
from strategies.measure.performance import YEAR_DAYS

Row = dict[str, Any]
Group = tuple[str, str, str, str, str, str]


@dataclass(frozen=True, slots=True)
class Judged:
    """The rows of ``result.json`` with the daily returns behind each, and what they say together."""

    rows: list[Row]
    days: list[Floats]
    first_days: list[str | None]
    pooled: list[Row] = field(default_factory=list)


def judge(ran: Ran, plan: Plan, trials: int) -> Judged:
    """Every row with its comparisons, and the pooled ones. *trials*: how many were really made."""
    scenarios = {one.id: one for one in plan.scenarios}
    holds = {str(one.row["scenario"]): one for one in ran.holds if one.status != "failed"}
    raw = [dict(one.row) for one in ran.rows]
    of_row = {id(row): result for row, result in zip(raw, ran.rows, strict=True)}
    spreads = _sharpes(ran.rows)
    judged = Judged([], [], [])
    for row, result in zip(raw, ran.rows, strict=True):
        twin = twin_of(row, raw)
        judged.rows.append(
            _judged(
                row, result, holds, None if twin is None else of_row[id(twin)], scenarios, spreads, trials
            )
        )
        judged.days.append(np.array(result.returns))
        judged.first_days.append(result.first_day)
    judged.pooled.extend(_pooled(judged.rows, ran.rows, holds, trials))
    return judged


def _judged(
    row: Row,
    result: RowResult,
    holds: Mapping[str, RowResult],
    twin: RowResult | None,
    scenarios: Mapping[str, Scenario],
    spreads: Mapping[tuple[str, str], Sequence[float]],
    trials: int,
) -> Row:
    scenario = str(row["scenario"])
    hold = None if is_hold(row) else holds.get(scenario)
    returns = np.array(result.returns)
    whole = result.status != "failed" and len(returns) > 0
    told = {
        **row,
        "cutoff": label(str(row["decider"]), scenarios[scenario]),
        "simulated": result.simulated,
        "vs_hold": compared(result, hold) if whole else None,
        "vs_twin": compared(result, twin) if whole else None,
        "psr": probabilistic(returns) if whole else None,
        "dsr": deflated(returns, spreads[scenario, str(row["arm"])], trials) if whole else None,
        "min_track_record_days": minimum_track_record(returns) if whole else None,
    }
    missing = [*row.get("missing", ())]
    if hold is None and not is_hold(row):
        missing.append({"what": "vs_hold", "why": "buy and hold could not be run there"})
    if whole and told["psr"] is None:
        missing += [{"what": name, "why": "no_variation"} for name in ("psr", "dsr")]
    return {**told, "missing": missing}


def is_hold(row: Mapping[str, Any]) -> bool:
    """Whether *row* is what the others are compared with."""
    return bool(row["decider"] == HOLD and row["role"] == "baseline")


def compared(mine: RowResult, other: RowResult | None) -> Row | None:
    """*mine* against *other*, day by day; `None` where there is no other, or it lived through other days."""
    if other is None or other.status == "failed" or not _same_days(mine, other):
        return None
    return told(paired(np.array(mine.returns), np.array(other.returns)))


def told(found: Paired) -> Row:
    """A comparison as ``result.json`` has it."""
    return {
        "diff": found.diff,
        "ci95": None if found.low is None or found.high is None else [found.low, found.high],
        "mde": found.mde,
        "verdict": found.verdict.value,
        "days": found.days,
        "block": found.block,
    }


def _same_days(mine: RowResult, other: RowResult) -> bool:
    return mine.first_day == other.first_day and len(mine.returns) == len(other.returns)


def _sharpes(rows: Sequence[RowResult]) -> dict[tuple[str, str], list[float]]:
    """Daily Sharpe ratios of every decider of a scenario and arm, those of its seeds averaged."""
    found: dict[tuple[str, str], dict[tuple[Any, ...], list[float]]] = {}
    for result in rows:
        row = result.row
        of_scenario = found.setdefault((str(row["scenario"]), str(row["arm"])), {})
        ratio = sharpe(np.array(result.returns)) if len(result.returns) > 1 else None
        if ratio is not None:
            of_scenario.setdefault((row["decider"], row["role"], row["matches"]), []).append(ratio)
    return {key: [float(np.mean(ratios)) for ratios in several.values()] for key, several in found.items()}


def group_of(row: Mapping[str, Any]) -> Group:
    """The rows that are one decider under one set of conditions, whatever the window and the seed."""
    names = ("role", "decider", "matches", "arm", "limits", "cutoff")
    return tuple(str(row[name]) for name in names)  # type: ignore[return-value]  # six names


def _pooled(
    rows: Sequence[Row], results: Sequence[RowResult], holds: Mapping[str, RowResult], trials: int
) -> list[Row]:
    """One line per decider, arm, limits and side of the cut-off; the sides are never averaged together."""
    groups: dict[Group, list[tuple[Row, RowResult]]] = {}
    for row, result in zip(rows, results, strict=True):
        groups.setdefault(group_of(row), []).append((row, result))
    twins = {
        (str(row["scenario"]), str(row["arm"]), str(row["limits"])): result
        for row, result in zip(rows, results, strict=True)
        if row["decider"] == "offline" and result.ok
    }
    lines = []
    for several in groups.values():
        whole = [(row, result) for row, result in several if result.ok and len(result.returns)]
        lines.append(_line(several, whole, holds, twins))
    spread = [line["sharpe_daily"] for line in lines if line["sharpe_daily"] is not None]
    for line, several in zip(lines, groups.values(), strict=True):
        days = _strung([(row, result) for row, result in several if result.ok and len(result.returns)])
        line["psr"] = probabilistic(days) if len(days) > 1 else None
        line["dsr"] = deflated(days, spread, trials) if len(days) > 1 else None
    return lines


def _line(
    several: Sequence[tuple[Row, RowResult]],
    whole: Sequence[tuple[Row, RowResult]],
    holds: Mapping[str, RowResult],
    twins: Mapping[tuple[str, str, str], RowResult],
) -> Row:
    row = several[0][0]
    days = _strung(whole)
    ratio = sharpe(days) if len(days) > 1 else None
    against_hold = {} if is_hold(row) else holds
    modelled = row["vs_twin"] is not None or any(one["vs_twin"] is not None for one, _ in several)
    against_twin = {str(one["scenario"]): twins.get(_place(one)) for one, _ in whole} if modelled else {}
    return {
        **{name: row[name] for name in ("role", "decider", "matches", "arm", "limits", "cutoff")},
        "scenarios": sorted({str(one["scenario"]) for one, _ in whole}),
        "rows": len(whole),
        "seeds": len({one["seed"] for one, _ in whole}),
        "left_out": [
            {"scenario": one["scenario"], "seed": one["seed"], "status": one["status"], "why": one["why"]}
            for one, result in several
            if not result.ok
        ],
        "mean_total_return": _mean(one["metrics"]["total_return"] for one, _ in whole),
        "mean_max_drawdown": _mean(one["metrics"]["max_drawdown"] for one, _ in whole),
        "mean_exposure": _mean(one["metrics"]["exposure"] for one, _ in whole),
        "mean_turnover": _mean(one["metrics"]["turnover"] for one, _ in whole),
        "seed_spread": _seed_spread(whole),
        "sharpe_daily": ratio,
        "sharpe": None if ratio is None else ratio * sqrt(YEAR_DAYS),
        "vs_hold": _together(whole, against_hold),
        "vs_twin": _together(whole, against_twin),
    }


def _place(row: Row) -> tuple[str, str, str]:
    return str(row["scenario"]), str(row["arm"]), str(row["limits"])


def _mean(values: Any) -> float | None:
    known = [float(value) for value in values if value is not None]
    return float(np.mean(known)) if known else None


def _seed_spread(whole: Sequence[tuple[Row, RowResult]]) -> float | None:
    """The deviation of total returns over the seeds of a window, averaged over windows; `None` for one seed."""
    found: dict[str, list[float]] = {}
    for row, _ in whole:
        if row["metrics"]["total_return"] is not None:
            found.setdefault(str(row["scenario"]), []).append(float(row["metrics"]["total_return"]))
    spreads = [float(np.std(values, ddof=1)) for values in found.values() if len(values) > 1]
    return float(np.mean(spreads)) if spreads else None


def by_scenario(whole: Sequence[tuple[Row, RowResult]]) -> dict[str, list[RowResult]]:
    """The rows of each window, one per seed, windows in time."""
    found: dict[str, list[RowResult]] = {}
    for row, result in sorted(whole, key=lambda pair: (pair[1].first_day or "", str(pair[0]["scenario"]))):
        found.setdefault(str(row["scenario"]), []).append(result)
    return found


def _strung(whole: Sequence[tuple[Row, RowResult]]) -> Floats:
    """Daily returns of all windows one after the other, averaged over seeds."""
    parts = [np.mean([one.returns for one in several], axis=0) for several in by_scenario(whole).values()]
    return np.concatenate(parts) if parts else np.array([])


def _together(whole: Sequence[tuple[Row, RowResult]], others: Mapping[str, RowResult | None]) -> Row | None:
    windows = []
    for scenario, several in by_scenario(whole).items():
        other = others.get(scenario)
        same = [] if other is None else [one for one in several if _same_days(one, other)]
        if other is not None and same:
            mine = np.array([one.returns for one in same]).T
            windows.append(Window(_number(other.first_day), mine, np.array(other.returns)))
    return {**told(pooled(windows)), "scenarios": len(windows)} if windows else None


def _number(day: str | None) -> int:
    return date.fromisoformat(day or "").toordinal()
