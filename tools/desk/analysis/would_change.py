"""What would change the view: conditions with numbers, each of which can be looked up when it happens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.grades import Signal
from strategies.grades.signals import BUY, FALLS_AT, LADDER, RISES_AT, SELL, STRONG_BUY, STRONG_SELL
from tools.desk.analysis.case import Case
from tools.desk.analysis.cited import MINE
from tools.desk.prose import points

_GRADES = "get_grades"
_HORIZON = {"trader": "days_weeks", "investor": "months"}
LEAST_COVERAGE = 0.5


def would_change(case: Case, told: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Conditions on both grades, and on the levels of the scenarios *told*."""
    found = [*_of_grade(case, "trader"), *_of_grade(case, "investor")]
    for one in told:
        if one["name"] in {"breakout", "breakdown"} and one["trigger"] is not None:
            found.append(_of_level(case, one))
    return found


def _of_grade(case: Case, kind: str) -> list[dict[str, Any]]:
    grade = case.grade(kind)
    if not grade or grade["value"] is None:
        # who is pegged or leveraged will have none, however much becomes known
        return [_of_coverage(case, kind, grade)] if lacks_coverage(grade) else []
    at = LADDER.index(Signal(grade["signal"]))
    found = []
    if at < len(RISES_AT):
        found.append(
            _turn(
                case,
                kind,
                LADDER[at + 1],
                RISES_AT[at],
                rises=True,
                reaches=RISES_AT[at] in {BUY, STRONG_BUY},
            )
        )
    if at > 0:
        reaches = FALLS_AT[at - 1] in {SELL, STRONG_SELL}
        found.append(_turn(case, kind, LADDER[at - 1], FALLS_AT[at - 1], rises=False, reaches=reaches))
    return found


def _turn(
    case: Case, kind: str, to: Signal, threshold: float, *, rises: bool, reaches: bool
) -> dict[str, Any]:
    """The condition under which the signal becomes *to*; *reaches*: the threshold itself is enough."""
    now = (_GRADES, f"{kind}_grade")
    metric = f"{kind}_turns_{to.value}"
    case.note(metric, points(threshold), "points", now)
    way = "above" if rises else "below"
    bound = (
        f"{points(threshold)} or {'more' if rises else 'less'}" if reaches else f"{way} {points(threshold)}"
    )
    text = (
        f"The {kind} signal turns to {to.value.replace('_', ' ')} at a grade {'of ' if reaches else ''}{bound}; "
        f"it is {points(case.grade(kind)['value'])} now."
    )
    return {
        "horizon": _HORIZON[kind],
        "what": f"{kind}_grade",
        "when": way,
        "value": threshold,
        "unit": "points",
        "then": to.value,
        "text": text,
        "evidence": case.cited.ids(now, (MINE, metric)),
    }


def _of_coverage(case: Case, kind: str, grade: Mapping[str, Any]) -> dict[str, Any]:
    coverage = float(grade.get("coverage") or 0.0)
    cited = lacking(case, kind)
    text = (
        f"The {kind} grade is there from a coverage of {LEAST_COVERAGE}; it is {coverage:.2f} now. "
        "More history or more facts of this asset would give it."
    )
    return {
        "horizon": _HORIZON[kind],
        "what": f"{kind}_coverage",
        "when": "above",
        "value": LEAST_COVERAGE,
        "unit": "fraction",
        "then": "graded",
        "text": text,
        "evidence": cited,
    }


def _of_level(case: Case, one: Mapping[str, Any]) -> dict[str, Any]:
    up = one["direction"] == "up"
    way, side = ("above", "resistance") if up else ("below", "support")
    zone = one["zone"]
    rest = f"the {side} {zone['low']} to {zone['high']} would no longer hold"
    return {
        "horizon": "days_weeks",
        "what": "daily_close",
        "when": way,
        "value": one["trigger"],
        "unit": case.quote,
        "then": one["name"],
        "text": f"A daily close {way} {one['trigger']} {case.quote}: {rest}.",
        "evidence": one["evidence"][:2],
    }


def lacks_coverage(grade: Mapping[str, Any]) -> bool:
    """Whether a grade is only not there because too little is known."""
    return str(grade.get("why") or "").startswith("coverage")


def lacking(case: Case, kind: str) -> list[str]:
    """The ids of the coverage that a grade has, and of the one that it needs."""
    like = (_GRADES, f"{kind}_coverage")
    coverage = float(case.grade(kind).get("coverage") or 0.0)
    case.note(f"{kind}_needs_coverage", str(LEAST_COVERAGE), "fraction", like)
    case.note(f"{kind}_has_coverage", f"{coverage:.2f}", "fraction", like)
    return case.cited.ids((MINE, f"{kind}_needs_coverage"), (MINE, f"{kind}_has_coverage"))
