"""Every finished evaluation of a home on one board; only what lived through the same windows is ranked together."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from agent.report.words import percent, ratio
from core.canonical import digest
from core.errors import NoAnswerError, UsageError
from evals.report.words import doubt
from evals.result import RESULT, Evaluation, load

Row = Mapping[str, Any]


def board(home: Path) -> dict[str, Any]:
    """Boards by windows, data, costs and side of the cut-off; each decider once, by its newest run.

    Ranked by the lower end of the interval against buy and hold: what is sure counts, not what was lucky.

    Raises:
        NoAnswerError: the home holds no finished evaluation.
    """
    runs, unread = _runs(home)
    if not runs:
        raise NoAnswerError(
            f"{home} holds no finished evaluation", "Run one with 'tokenwise eval run'.", code="no_result"
        )
    boards: dict[str, dict[str, Any]] = {}
    for folder, made in runs:
        for line in made.result["pooled"]:
            if line["rows"]:
                _enter(boards, folder, made, line)
    for one in boards.values():
        one["lines"] = sorted(one["lines"].values(), key=_rank)
    ordered = sorted(
        boards.values(), key=lambda one: (-len(one["scenarios"]), one["scenarios"], one["costs"])
    )
    return {"boards": ordered, "runs": len(runs), "unread": unread}


def _runs(home: Path) -> tuple[list[tuple[str, Evaluation]], list[dict[str, str]]]:
    """Finished evaluations, the oldest first, and what is there and cannot be read."""
    found: list[tuple[float, str, Evaluation]] = []
    unread = []
    for path in sorted((home / "runs").glob(f"*/{RESULT}")):
        try:
            found.append((path.stat().st_mtime, path.parent.name, load(path.parent)))
        except UsageError as error:
            if error.code != "schema":
                unread.append({"what": str(path.parent), "why": error.message})
        except NoAnswerError as error:
            unread.append({"what": str(path.parent), "why": error.message})
    return [(name, made) for _, name, made in sorted(found, key=lambda one: one[:2])], unread


def _enter(boards: dict[str, dict[str, Any]], folder: str, made: Evaluation, line: Row) -> None:
    result = made.result
    hashes = {one["id"]: one["hash"] for one in result["config"]["scenarios"]}
    windows = {name: hashes[name] for name in line["scenarios"]}
    rows = {
        name: found for name, found in result["data"]["series"].items() if name.partition("/")[0] in windows
    }
    costs = result["config"]["costs"]
    key = digest([windows, rows, costs, line["cutoff"], line["arm"]])
    one = boards.setdefault(
        key,
        {
            "scenarios": sorted(windows),
            "costs": costs,
            "cutoff": line["cutoff"],
            "arm": line["arm"],
            "simulated": sorted(set(windows) & set(result["data"]["simulated"])),
            "lines": {},
        },
    )
    entry = {name: line[name] for name in ("decider", "role", "matches", "limits", "rows", "mean_total_return", "sharpe", "vs_hold", "vs_twin", "psr", "dsr")}  # fmt: skip
    left_out = len(line["left_out"])
    who = (line["decider"], line["matches"], line["limits"], line["role"])
    one["lines"][who] = {**entry, "left_out": left_out, "run": folder, "trials": result["trials"]}


def _rank(line: Row) -> tuple[float, str]:
    told = line["vs_hold"]
    if told is None:
        return 0.0, str(line["decider"])
    return -float(told["diff"] if told["ci95"] is None else told["ci95"][0]), str(line["decider"])


def in_words(data: Row) -> str:
    """The boards for a terminal."""
    lines = []
    for one in data["boards"]:
        mark = "SIMULATED " if one["simulated"] else ""
        lines.append(
            f"{mark}{', '.join(one['scenarios'])} · {one['arm']} · cut-off {one['cutoff']} · {one['costs']}"
        )
        lines += [
            f"  {place:3} {line['decider']:34} {line['role']:9} {line['limits']:8} "
            f"{percent(line['mean_total_return'], signed=True):>10}  DSR {ratio(line['dsr']):>5}  vs hold {doubt(line['vs_hold'])}"
            for place, line in enumerate(one["lines"], start=1)
        ]
    lines += [f"unread: {gap['what']}: {gap['why']}" for gap in data["unread"]]
    return "\n".join(lines)
