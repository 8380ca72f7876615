"""A thesis as it is built up: sentences, what would break it, and the evidence of every number in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from core.grades import Grade
from core.instant import DAY
from core.money import plain
from core.observation import Missing, Observation
from strategies.grades.signals import FALLS_AT, LADDER, SELL, STRONG_SELL
from tools.ask import Evidence, ratio
from tools.desk.screening.metrics import Measured, Member, Value, value_of
from tools.desk.words import listed, points, share

MONTH = 30


@dataclass(slots=True)
class Thesis:
    """*sentences* for it, *breaks* against it, each number of both in *evidence*; *lacking*: what is not known."""

    sentences: list[str] = field(default_factory=list)
    breaks: list[str] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    lacking: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All that speaks for it, and what nobody knows."""
        unknown = [f"Not known: {listed(self.lacking)}."] if self.lacking else []
        return " ".join([*self.sentences, *unknown])


class Argument:
    """Makes the thesis of one asset: whatever it says, it notes."""

    def __init__(self, tool: str, measured: Measured, member: Member) -> None:
        self.thesis = Thesis()
        self.measured, self.member = measured, member
        self._tool = tool

    def note(self, metric: str, value: Value) -> Value:
        """Puts *value* among the evidence."""
        self.thesis.evidence.append(value.evidence(self._tool, self.member.id, metric))
        return value

    def say(self, *parts: str) -> None:
        """One sentence of what is known; none where nothing is."""
        told = "; ".join(one for one in parts if one)
        if told:
            self.thesis.sentences.append(f"{told[0].upper()}{told[1:]}.")

    def see(self, metric: str) -> Value | None:
        """A metric of the asset, noted; `None` where it is missing."""
        value = self.measured.of(self.member, metric)
        return None if isinstance(value, Missing) else self.note(metric, value)

    def lacks(self, what: str) -> str:
        """Nothing to say of *what*, and that it is so."""
        self.thesis.lacking.append(what)
        return ""

    def graded(self, kind: str) -> None:
        """The grade of the horizon with its parts, and the grade that would end its signal."""
        grade = self.measured.grade(self.member, kind)
        if grade is None or grade.value is None:
            self.lacks(f"{kind} grade")
            return
        told = self.note(kind, self.measured.of_grade(grade.value, "points", grade))
        covered = self.note(f"{kind}_coverage", self.measured.of_grade(grade.coverage, "fraction", grade))
        change = self.see("change_7d" if kind == "trader" else "investor_change_7d")
        signal = "" if grade.signal is None else f" ({grade.signal.value.replace('_', ' ')})"
        moved = "" if change is None else f", {points(float(change.number), signed=True)} in 7 days"
        parts = [f"{name} {points(self._part(grade, name))}" for name in sorted(grade.parts)]
        self.say(
            f"{kind} grade {points(float(told.number))}{signal}{moved}, {share(float(covered.text))} of its "
            f"inputs known" + (f": {listed(parts)}" if parts else "")
        )
        self._ends(kind, grade)

    def _ends(self, kind: str, grade: Grade) -> None:
        """Where the signal of *grade* gives way to the next worse one; none is worse than a strong sell."""
        place = 0 if grade.signal is None else LADDER.index(grade.signal)
        if place == 0:
            return
        at, to = FALLS_AT[place - 1], LADDER[place - 1].value
        self.note(f"{kind}_turns_{to}", self.measured.of_grade(at, "points", grade))
        bound = f"to {at:.1f} or less" if at in {SELL, STRONG_SELL} else f"below {at:.1f}"
        self.thesis.breaks.append(
            f"The {kind} grade falls {bound}, where its {LADDER[place].value.replace('_', ' ')} signal ends."
        )

    def _part(self, grade: Grade, name: str) -> float:
        return float(self.note(name, self.measured.of_grade(grade.parts[name], "points", grade)).number)


def flowed(measured: Measured, member: Member, metric: str, *, before: bool = False) -> Value | None:
    """What flowed in the last 30 known days (or the 30 before those); `None` where a day is missing."""
    rows = measured.fact(member, metric, 2 * MONTH if before else MONTH)
    if isinstance(rows, Missing):
        return None
    month = rows[:-MONTH] if before else rows
    if len(month) != MONTH or month[-1].as_of - month[0].as_of != (MONTH - 1) * DAY:
        return None
    if before and rows[MONTH].as_of - month[-1].as_of != DAY:
        return None
    return _sum(month)


def then_and_now(argument: Argument, metric: str, days: int) -> tuple[Value | None, Value] | None:
    """A daily figure exactly *days* days before its newest, and that one."""
    rows = argument.measured.fact(argument.member, metric, days + 1)
    if isinstance(rows, Missing):
        return None
    whole = rows[-1].as_of - rows[0].as_of == days * DAY
    return value_of(rows[0]) if whole else None, value_of(rows[-1])


def change_of(now: Value, before: Value) -> Value:
    """By which fraction *now* is above *before*, which is above 0."""
    moved = float(exact(now) / exact(before)) - 1
    known_at = max(now.known_at, before.known_at)
    return Value(moved, ratio(moved, 4), "fraction", now.as_of, known_at, now.source, now.flags)


def exact(value: Value) -> Decimal:
    """The number of a value as money is compared."""
    return value.number if isinstance(value.number, Decimal) else Decimal(repr(value.number))


def _sum(rows: Sequence[Observation]) -> Value:
    total = sum((one.value for one in rows), Decimal(0))
    flags = tuple(dict.fromkeys(flag for one in rows for flag in one.flags))
    newest = value_of(rows[-1])
    known_at = max(one.known_at for one in rows)
    return Value(total, plain(total), newest.unit, newest.as_of, known_at, newest.source, flags)
