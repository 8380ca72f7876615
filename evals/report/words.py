"""What an evaluation says, in sentences: the page's headline and the terminal's last lines say the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from agent.report.words import NONE, count, percent, ratio

Row = Mapping[str, Any]

_VERDICTS = {
    "better": "better than",
    "worse": "worse than",
    "inconclusive": "inconclusive against",
}


def points(value: float | None, *, signed: bool = True) -> str:
    """A difference of returns in percentage points."""
    if value is None:
        return NONE
    return percent(value, signed=signed).removesuffix("%").rstrip() + "\N{NARROW NO-BREAK SPACE}pp"


def doubt(told: Row | None) -> str:
    """A comparison in one line: the difference, its interval, its verdict."""
    if told is None:
        return NONE
    if told["ci95"] is None:
        return f"{points(told['diff'])}, too short for an interval: inconclusive"
    low, high = told["ci95"]
    return f"{points(told['diff'])} [{points(low)}, {points(high)}]: {told['verdict']}"


def verdict(told: Row, other: str) -> str:
    """``inconclusive against buy & hold``."""
    return f"{_VERDICTS[told['verdict']]} {other}"


def candidates(result: Row) -> list[Row]:
    """The pooled lines of what was evaluated."""
    return [line for line in result["pooled"] if line["role"] == "candidate"]


def headline(result: Row) -> str:
    """One sentence about the first candidate."""
    lines = candidates(result)
    if not lines or not lines[0]["rows"]:
        return "No candidate came to a whole row."
    line = lines[0]
    windows = count(len(line["scenarios"]), "window")
    told = line["vs_hold"]
    if told is None:
        return (
            f"{line['decider']}: {percent(line['mean_total_return'], signed=True)} on average over {windows}."
        )
    return f"{line['decider']}: {verdict(told, 'buy & hold')} over {windows}."


def explained(result: Row) -> str:
    """The figures behind the headline."""
    lines = candidates(result)
    told = lines[0]["vs_hold"] if lines else None
    if told is None or told["ci95"] is None:
        return "There is no interval, so nothing is claimed."
    low, high = told["ci95"]
    mean = points(told["diff"])
    text = (
        f"On average {mean} against buy & hold; the 95 % interval goes from {points(low)} to {points(high)}. "
        f"A true difference below {points(told['mde'], signed=False)} would mostly go unseen here."
    )
    if told["verdict"] == "inconclusive":
        text += " The interval holds zero: these windows do not tell the two apart."
    return text


def trials(result: Row) -> str:
    """How many configurations stand behind the best of them."""
    return f"{count(result['trials'], 'configuration was', 'configurations were')} tried on these windows so far."


def chosen(entry: Row) -> list[str]:
    """One family of scenarios: what the best of its deciders is worth."""
    told = []
    if entry["spa"] is not None:
        p = entry["spa"]["consistent"]
        said = "no decider is shown to beat" if p >= 0.05 else "at least one decider beats"
        told.append(f"SPA: p = {ratio(p)}; {said} buy & hold.")
        better = ", ".join(entry["stepm"]) or "none"
        told.append(f"StepM at 5 %: {better}.")
    if entry["pbo"] is not None:
        told.append(
            f"PBO: {ratio(entry['pbo'])}. So often the best decider of one half of the days is below the "
            "median in the other; 0.5 is a coin."
        )
    told += [f"{gap['what']} is missing: {gap['why']}." for gap in entry["missing"]]
    return told


def summary(result: Row) -> str:
    """What the terminal is told."""
    lines = []
    if result["data"]["simulated"]:
        lines.append(f"SIMULATED: {', '.join(result['data']['simulated'])}")
    lines += [headline(result), explained(result)]
    width = max((len(line["decider"]) for line in result["pooled"]), default=0)
    for line in result["pooled"]:
        left = f", {count(len(line['left_out']), 'row')} left out" if line["left_out"] else ""
        lines.append(
            f"  {line['role']:9} {line['decider']:{width}} {line['limits']:8} "
            f"{percent(line['mean_total_return'], signed=True):>10}  vs hold {doubt(line['vs_hold'])}{left}"
        )
    states: dict[str, int] = {}
    for row in result["rows"]:
        states[row["status"]] = states.get(row["status"], 0) + 1
    lines.append(
        ", ".join(f"{number} {name}" for name, number in sorted(states.items())) + f"; {trials(result)}"
    )
    return "\n".join(lines)


def by_scenario(rows: Sequence[Row]) -> dict[str, list[Row]]:
    """The rows of each scenario, in their order."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(str(row["scenario"]), []).append(row)
    return found
