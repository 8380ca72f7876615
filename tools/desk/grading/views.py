"""A grade as it is shown: taken apart to the last input, and day by day as it was known on each."""

from __future__ import annotations

from typing import Any

from core.grades import Grade
from core.instant import iso
from core.observation import Missing
from strategies.grades.investor import INVESTOR
from strategies.grades.trader import TRADER
from tools.ask import AskContext
from tools.desk.grading.grades import grades_of
from tools.desk.grading.sheet import Sheet

FORMULAS = {one.kind: one for one in (TRADER, INVESTOR)}
BASE = 50.0


def identity_of(context: AskContext, symbol: str) -> dict[str, str]:
    """Who stands behind *symbol*: ``id``, ``symbol`` and ``name``."""
    known = context.assets.get(symbol)
    name = symbol if known is None else known.id
    return {"id": name, "symbol": symbol, "name": name if known is None else known.name}


def explanation(context: AskContext, symbol: str, kind: str) -> dict[str, Any]:
    """One grade as *base* and the *points* that each input adds, the weightiest first.

    ``base`` + the sum of all points is ``value``. ``input`` is the indicator as it was measured, ``missing``
    every input that could not be, and why. Without a grade there are no contributions, and ``why`` says so.
    """
    sheet = grades_of(context).sheet().of(symbol)
    grade, found = sheet.grade(symbol, kind), sheet.explain(symbol, kind)
    given = () if found is None else found.contributions
    told = sorted(given, key=lambda one: (-abs(one.points), one.indicator))
    return {
        "asset": identity_of(context, symbol),
        "kind": kind,
        "value": None if found is None else found.value,
        "base": BASE if found is None else found.base,
        "band": grade.band,
        "signal": None if grade.signal is None else grade.signal.value,
        "contributions": [
            {
                "indicator": one.indicator,
                "part": one.part,
                "family": str(one.family),
                "input": one.input,
                "points": one.points,
            }
            for one in told
        ],
        "parts": dict(grade.parts),
        "coverage": grade.coverage,
        "as_of": iso(grade.as_of),
        "known_at": iso(grade.known_at),
        "version": grade.version,
        "why": grade.why,
        "missing": _unmeasured(sheet, symbol, kind),
    }


def history(context: AskContext, symbol: str, kind: str, days: int) -> list[dict[str, Any]]:
    """The grade of each of the newest *days* days, oldest first; ``why`` where there was none.

    Each rests on what was known on its day, and is ranked among those that traded on it.
    """
    return [_row(one) for one in grades_of(context).sheet().of(symbol).history(symbol, kind, days)]


def _row(grade: Grade) -> dict[str, Any]:
    return {
        "as_of": iso(grade.as_of),
        "known_at": iso(grade.known_at),
        "value": grade.value,
        "band": grade.band,
        "signal": None if grade.signal is None else grade.signal.value,
        "coverage": grade.coverage,
        "parts": dict(grade.parts),
        "why": grade.why,
    }


def _unmeasured(sheet: Sheet, symbol: str, kind: str) -> list[dict[str, str]]:
    if symbol in sheet.missing:
        return [{"what": f"{kind}_grade", "why": sheet.missing[symbol]}]
    names = dict.fromkeys(one.indicator for one in FORMULAS[kind].inputs)
    measured = ((name, sheet.value(symbol, name)) for name in names)
    return [{"what": name, "why": one.why} for name, one in measured if isinstance(one, Missing)]
