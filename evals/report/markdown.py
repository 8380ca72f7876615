"""The tables of an evaluation as Markdown, for ``docs/results``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from agent.report.words import NONE, percent, ratio
from evals.report.words import by_scenario, chosen, doubt, headline, points, trials

_POOLED = ("decider", "role", "limits", "cut-off", "windows", "return", "drawdown", "Sharpe", "vs hold [95 %]", "MDE", "verdict", "vs twin [95 %]", "DSR")  # fmt: skip
_ROWS = ("decider", "role", "limits", "seed", "return", "Sharpe", "drawdown", "exposure", "trips", "vs hold [95 %]", "MDE", "verdict", "note")  # fmt: skip


def tables(result: Mapping[str, Any]) -> str:
    """The pooled table, then one per scenario; every row with its interval, and what is missing named."""
    parts = [f"**{headline(result)}** {trials(result)}"]
    if result["data"]["simulated"]:
        parts.append(f"SIMULATED: {', '.join(result['data']['simulated'])}.")
    parts.append(_table(_POOLED, [_pooled(line) for line in result["pooled"]]))
    for entry in result["selection"]:
        parts.append("\n".join(f"- {line}" for line in chosen(entry)))
    for scenario, rows in by_scenario(result["rows"]).items():
        title = next(one["title"] for one in result["config"]["scenarios"] if one["id"] == scenario)
        mark = " (SIMULATED)" if scenario in result["data"]["simulated"] else ""
        parts.append(f"### {scenario}{mark}\n\n{title}.")
        notes = [
            f"- missing: {gap['what']}: {gap['why']}" for gap in result["data"]["missing"].get(scenario, ())
        ]
        notes += [f"- restated: {name}" for name in result["data"]["restated"].get(scenario, ())]
        if notes:
            parts.append("\n".join(notes))
        parts.append(_table(_ROWS, [_row(row) for row in rows]))
    return "\n\n".join(parts) + "\n"


def _pooled(line: Mapping[str, Any]) -> Sequence[str]:
    told = line["vs_hold"]
    return (
        f"`{line['decider']}`" + (f" of `{line['matches']}`" if line["matches"] else ""),
        line["role"],
        line["limits"],
        line["cutoff"],
        str(len(line["scenarios"])) + (f" (+{len(line['left_out'])} left out)" if line["left_out"] else ""),
        percent(line["mean_total_return"], signed=True),
        percent(line["mean_max_drawdown"]),
        ratio(line["sharpe"]),
        _interval(told),
        points(told["mde"], signed=False) if told else NONE,
        _verdict(told),
        doubt(line["vs_twin"]),
        ratio(line["dsr"]),
    )


def _row(row: Mapping[str, Any]) -> Sequence[str]:
    metrics, told = row["metrics"], row["vs_hold"]
    return (
        f"`{row['decider']}`" + (f" of `{row['matches']}`" if row["matches"] else ""),
        row["role"],
        row["limits"],
        str(row["seed"]),
        percent(metrics.get("total_return"), signed=True),
        ratio(metrics.get("sharpe")),
        percent(metrics.get("max_drawdown")),
        percent(metrics.get("exposure")),
        str(metrics.get("round_trips", NONE)),
        _interval(told),
        points(told["mde"], signed=False) if told else NONE,
        _verdict(told),
        "" if row["status"] == "ok" else f"{row['status']}: {row['why']}",
    )


def _interval(told: Mapping[str, Any] | None) -> str:
    if told is None:
        return NONE
    if told["ci95"] is None:
        return f"{points(told['diff'])} (too short)"
    low, high = told["ci95"]
    return f"{points(told['diff'])} [{points(low)}, {points(high)}]"


def _verdict(told: Mapping[str, Any] | None) -> str:
    return NONE if told is None else f"**{told['verdict']}**"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)
