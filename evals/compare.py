"""Two evaluations on the rows that they have in common, paired day by day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np

from core.errors import NoAnswerError
from evals.report.words import doubt
from evals.result import Evaluation
from evals.verdicts import told
from strategies.measure.inference.paired import paired
from strategies.measure.inference.pooled import Window, pooled

Row = Mapping[str, Any]
Key = tuple[Any, ...]
_SAME = ("role", "decider", "matches", "arm", "limits", "seed")


def compare(first: Evaluation, second: Evaluation) -> dict[str, Any]:
    """B less A: first what is the same decider in both, then the candidates of one against those of the other.

    Only scenarios that say the same in both count, and only rows that are whole.

    Raises:
        NoAnswerError: they have no row in common.
    """
    shared = _shared(first, second)
    before, after = _rows(first, shared), _rows(second, shared)
    same = [(before[key], after[key]) for key in before if key in after]
    rivals = _rivals(before, after)
    if not same and not rivals:
        raise NoAnswerError(
            "the two evaluations have no whole row of the same scenario in common",
            "Run both over the same scenarios.",
            code="nothing_in_common",
        )
    return {
        "a": _named(first),
        "b": _named(second),
        "scenarios": sorted(shared),
        "same": [_pair(one, other) for one, other in same],
        "candidates": [_line(pairs) for pairs in rivals],
        "only_a": [_identity(key) for key in before if key not in after],
        "only_b": [_identity(key) for key in after if key not in before],
    }


def _named(made: Evaluation) -> dict[str, Any]:
    names = ("config_hash", "code_version", "trials")
    return {name: made.result[name] for name in names} | {"deciders": made.result["config"]["deciders"]}


def _shared(first: Evaluation, second: Evaluation) -> set[str]:
    found = [
        {one["id"]: one["hash"] for one in made.result["config"]["scenarios"]} for made in (first, second)
    ]
    return {name for name, digest in found[0].items() if found[1].get(name) == digest}


def _rows(made: Evaluation, shared: set[str]) -> dict[Key, tuple[Row, Row]]:
    """Whole rows of *shared* scenarios with their days, by who and where."""
    return {
        (row["scenario"], *(row[name] for name in _SAME)): (row, days)
        for row, days in zip(made.rows, made.days, strict=True)
        if row["scenario"] in shared and row["status"] == "ok" and days["returns"]
    }


def _rivals(
    before: Mapping[Key, tuple[Row, Row]], after: Mapping[Key, tuple[Row, Row]]
) -> list[list[tuple[list[Row], list[Row]]]]:
    """Each candidate of A with each other of B: per scenario, the days of all seeds of both."""
    mine, others = _candidates(before), _candidates(after)
    found = []
    for who, windows in mine.items():
        for rival, theirs in others.items():
            common = [name for name in windows if name in theirs]
            if who != rival and common:
                found.append([(windows[name], theirs[name]) for name in common])
    return found


def _candidates(rows: Mapping[Key, tuple[Row, Row]]) -> dict[Key, dict[str, list[Row]]]:
    found: dict[Key, dict[str, list[Row]]] = {}
    for row, days in rows.values():
        if row["role"] == "candidate":
            who = (row["decider"], row["arm"], row["limits"])
            found.setdefault(who, {}).setdefault(str(row["scenario"]), []).append(days)
    return found


def _pair(before: tuple[Row, Row], after: tuple[Row, Row]) -> dict[str, Any]:
    one, other = before[1], after[1]
    row = {name: before[0][name] for name in ("scenario", *_SAME)}
    if one["first"] != other["first"] or len(one["returns"]) != len(other["returns"]):
        return {**row, "b_less_a": None, "why": "they lived through other days"}
    return {**row, "b_less_a": told(paired(np.array(other["returns"]), np.array(one["returns"])))}


def _line(pairs: Sequence[tuple[list[Row], list[Row]]]) -> dict[str, Any]:
    windows = []
    for mine, theirs in pairs:
        first = date.fromisoformat(mine[0]["first"]).toordinal()
        one = np.mean([days["returns"] for days in mine], axis=0)
        several = [days["returns"] for days in theirs if len(days["returns"]) == len(one)]
        if several and theirs[0]["first"] == mine[0]["first"]:
            windows.append(Window(first, np.array(several).T, one))
    named = {"a": pairs[0][0][0]["decider"], "b": pairs[0][1][0]["decider"]}
    if not windows:
        return {**named, "scenarios": 0, "b_less_a": None, "why": "they lived through other days"}
    return {**named, "scenarios": len(windows), "b_less_a": told(pooled(windows))}


def _identity(key: Key) -> dict[str, Any]:
    return dict(zip(("scenario", *_SAME), key, strict=True))


def in_words(data: Row) -> str:
    """The comparison for a terminal."""
    lines = [f"B less A over {', '.join(data['scenarios'])}"]
    for one in data["candidates"]:
        lines.append(f"  {one['b']} less {one['a']}, {one['scenarios']} windows: {doubt(one['b_less_a'])}")
    for one in data["same"]:
        lines.append(
            f"  {one['scenario']:14} {one['role']:9} {one['decider']}, seed {one['seed']}: {doubt(one['b_less_a'])}"
        )
    for name, title in (("only_a", "only in A"), ("only_b", "only in B")):
        lines += [f"  {title}: {one['role']} {one['decider']} in {one['scenario']}" for one in data[name]]
    return "\n".join(lines)
