"""Who of the universe passes some filters; or the picks for a horizon, each with a thesis and what would break it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from core.instant import iso
from core.observation import Missing
from tools.ask._arguments import Strict
from tools.ask._figures import credits_of
from tools.ask._vocabulary import AskContext, Evidence, Reply, Tool
from tools.desk.grading.grades import grades_of
from tools.desk.screening.filters import NARRATIVE, Filter, narrative_named, read_filter
from tools.desk.screening.metrics import Measured, Value, known_in
from tools.desk.screening.screen import Passed, Screened, screened
from tools.desk.screening.theses import LEAST_GRADE, LONG_TERM, thesis_of
from tools.desk.screening.thesis import Thesis

_MARKET = "market"
_SOURCE = "tokenwise"
_GRADE_OF = {LONG_TERM: "investor", "short_term": "trader"}
_COLUMNS = {
    LONG_TERM: ("investor", "investor_coverage"),
    "short_term": ("trader", "coverage", "change_7d"),
}
_USUAL = ("trader", "change_7d", "investor")
_MOST_UNGRADED = 12


class Args(Strict):
    """What to filter and sort by, or which picks."""

    filters: Annotated[
        list[Annotated[str, Field(max_length=120)]],
        BeforeValidator(lambda given: given.split(",") if isinstance(given, str) else given),
        Field(
            max_length=20,
            description="Conditions that all must hold: a grade, indicator or fact with >= <= > < and a number, "
            "or narrative= and a name; such as trader>=60, fdv<1e9, return_30>0.1, narrative=AI.",
        ),
    ] = Field(default_factory=list)
    sort: Annotated[
        str | None, Field(max_length=60, description="Metric to sort by, most first; the trader grade.")
    ] = None
    limit: Annotated[int, Field(ge=1, le=100, description="How many assets at most.")] = 10
    picks: Annotated[
        Literal["long_term", "short_term"] | None,
        Field(description="The best by the investor (long_term) or trader grade, with a thesis each."),
    ] = None
    narrative: Annotated[str | None, Field(max_length=60, description="Only assets of this narrative.")] = (
        None
    )


class Named(Strict):
    """An asset."""

    id: str
    symbol: str
    name: str


class Row(Strict):
    """One asset that passed. *values*: statistics as numbers, amounts as texts; `None` where not known.

    *thesis* and *breaks* (what would break it) of picks only.
    """

    rank: int
    asset: Named
    values: dict[str, float | str | None]
    narratives: list[str]
    thesis: str | None = None
    breaks: list[str] = Field(default_factory=list)


class Ungraded(Strict):
    """Who has no grade of the picks' horizon, and why."""

    asset: str
    coverage: float
    why: str


class Result(Strict):
    """*matched* of *universe* assets passed; *left_out*: how many would have but for want of a metric.

    *units* of the columns; *restated*: columns with figures that were revised after their time. *note*: why
    there are no picks.
    """

    filters: list[str]
    sort: str
    picks: str | None = None
    matched: int = 0
    universe: int = 0
    rows: list[Row] = Field(default_factory=list)
    left_out: dict[str, int] = Field(default_factory=dict)
    ungraded: list[Ungraded] = Field(default_factory=list)
    units: dict[str, str] = Field(default_factory=dict)
    restated: list[str] = Field(default_factory=list)
    note: str | None = None
    as_of: str | None = None
    credits: list[str] = Field(default_factory=list)


def answer(args: Args, context: AskContext) -> Reply:
    """Read off the grades of the newest daily close and what was known by then.

    Raises:
        UsageError: a filter that cannot be read, or a metric or narrative that there is not.
    """
    filters = [read_filter(text) for text in args.filters]
    if args.narrative is not None:
        filters.append(Filter(NARRATIVE, "=", narrative_named(args.narrative)))
    grade = None if args.picks is None else _GRADE_OF[args.picks]
    if grade is not None and all(one.metric != grade for one in filters):
        filters.append(Filter(grade, ">=", Decimal(LEAST_GRADE)))
    sort = (args.sort or grade or "trader").strip().lower()
    for name in (*(one.metric for one in filters if one.metric != NARRATIVE), sort):
        known_in(context, name)
    measured = Measured(context, grades_of(context).sheet())
    columns = _USUAL if args.picks is None else _COLUMNS[args.picks]
    found = screened(measured, filters, sort, columns, derived=args.picks is None)
    told = Result(filters=[str(one) for one in filters], sort=sort, picks=args.picks)
    if not found.universe:
        return Reply(told.model_dump(), (), (Missing("universe", "no_data"),))
    told = told.model_copy(
        update={
            "matched": len(found.passed),
            "universe": found.universe,
            "left_out": dict(found.left_out),
            "as_of": iso(measured.sheet.at),
        }
    )
    chosen = found.passed[: args.limit]
    theses = [
        Thesis() if args.picks is None else thesis_of(args.picks, TOOL.name, measured, one.member)
        for one in chosen
    ]
    evidence = _counted(measured, found)
    for one, thesis in zip(chosen, theses, strict=True):
        evidence += _shown(one, thesis)
    told = told.model_copy(
        update={
            "rows": [
                _row(rank, one, thesis)
                for rank, (one, thesis) in enumerate(zip(chosen, theses, strict=True), 1)
            ],
            "units": {name: measured.unit(name) for name in _names(chosen)},
            "restated": _restated(chosen),
            "credits": credits_of(context, evidence),
        }
    )
    missing = [Missing(name, "no_data") for name in found.left_out]
    if grade is not None and not found.passed:
        listed = _ungraded(measured, grade)
        told = told.model_copy(update={"note": _note(measured, grade, filters), "ungraded": listed})
    return Reply(told.model_dump(), tuple(evidence), tuple(missing))


def _counted(measured: Measured, found: Screened) -> list[Evidence]:
    at = measured.sheet.at
    return [
        Evidence(TOOL.name, _MARKET, metric, str(count), "assets", at, at, _SOURCE)
        for metric, count in (("universe", found.universe), ("matched", len(found.passed)))
    ]


def _shown(one: Passed, thesis: Thesis) -> list[Evidence]:
    found = {
        name: value.evidence(TOOL.name, one.member.id, name)
        for name, value in one.values.items()
        if isinstance(value, Value)
    }
    return [*found.values(), *(more for more in thesis.evidence if found.get(more.metric) != more)]


def _row(rank: int, one: Passed, thesis: Thesis) -> Row:
    return Row(
        rank=rank,
        asset=Named(id=one.member.id, symbol=one.member.symbol, name=one.member.name),
        values={name: value.told if isinstance(value, Value) else None for name, value in one.values.items()},
        narratives=[*one.member.narratives],
        thesis=thesis.text or None,
        breaks=thesis.breaks,
    )


def _names(chosen: Sequence[Passed]) -> list[str]:
    return list(dict.fromkeys(name for one in chosen for name in one.values))


def _restated(chosen: Sequence[Passed]) -> list[str]:
    return [
        name
        for name in _names(chosen)
        if any("restated" in value.flags for one in chosen if isinstance(value := one.values[name], Value))
    ]


def _ungraded(measured: Measured, kind: str) -> list[Ungraded]:
    """Those without the grade, the best covered first."""
    found = []
    for member in measured.members:
        grade = measured.grade(member, kind)
        if grade is not None and grade.value is None:
            told = measured.of_grade(grade.coverage, "fraction", grade).told
            found.append(Ungraded(asset=member.id, coverage=float(told), why=grade.why or "warming_up"))
    return sorted(found, key=lambda one: (-one.coverage, one.asset))[:_MOST_UNGRADED]


def _note(measured: Measured, kind: str, filters: Sequence[Filter]) -> str:
    graded = [one for one in measured.members if isinstance(measured.of(one, kind), Value)]
    if not graded:
        return f"Nobody has a grade as {kind}: too little is known of anyone."
    asked = " and ".join(str(one) for one in filters)
    return f"{len(graded)} of {len(measured.members)} assets have a grade as {kind}; none of them passes {asked}."


TOOL = Tool(
    "get_screen",
    "Assets that pass filters on grades, indicators, facts and narratives; or picks with thesis and risks.",
    Args,
    Result,
    answer,
)
