"""What the grades say of one asset: the trader's (days to weeks), the investor's (months), and how far they part."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from core.grades import Grade
from core.ports import MarketData
from tools.ask._text import ratio

if TYPE_CHECKING:
    from tools.desk.grading.grades import GradeDesk
    from tools.desk.grading.sheet import Sheet

    GradesOf = Callable[[MarketData], GradeDesk]

PREFIX = "grade."
_WEEK = 7
_DIGITS = 3
# a grade says in words why it is not there; models read few words, and always the same ones
_WHY = {"pegged": "pegged", "leveraged token": "leveraged_token"}
_TOO_LITTLE = "too_little_known"

Fact = list[str]


def graded(sheet: Sheet, symbol: str) -> tuple[list[Fact], list[list[str]]]:
    """The facts about *symbol*, ``[metric, value, unit]``, and what is missing, ``[what, why]``.

    A coverage is told where anything at all is known, so that a grade that is missing shows by how much.
    """
    facts: list[Fact] = []
    missing: list[list[str]] = []
    for name, graded_by in (("trader", sheet.trader), ("investor", sheet.investor)):
        grade = graded_by.get(symbol)
        if grade is None:
            missing.append([f"{PREFIX}{name}", "no_data"])
            continue
        if grade.value is None or grade.signal is None:
            missing.append([f"{PREFIX}{name}", _why(grade)])
        else:
            facts.append([f"{PREFIX}{name}", ratio(grade.value, _DIGITS), "index"])
            facts.append([f"{PREFIX}{name}_signal", grade.signal.value, "word"])
        if grade.coverage > 0:
            facts.append([f"{PREFIX}{name}_coverage", ratio(grade.coverage, _DIGITS), "fraction"])
    change = sheet.change(symbol, "trader", _WEEK)
    if change is not None:
        facts.append([f"{PREFIX}trader_change_7d", ratio(change, _DIGITS), "points"])
    apart = sheet.divergence(symbol).direction.value
    if apart != "unknown":
        facts.append([f"{PREFIX}divergence", apart, "word"])
    return facts, missing


def _why(grade: Grade) -> str:
    return _WHY.get(grade.why or "", _TOO_LITTLE)
