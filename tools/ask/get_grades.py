"""The grades of an asset: the trader's (days to weeks) and the investor's (months)."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from core.grades import Grade
from core.instant import Instant, iso
from core.observation import Missing
from strategies.grades.sums import LEAST_COVERAGE
from tools.ask._arguments import OfAsset, Strict
from tools.ask._names import label, resolve, unresolved
from tools.ask._text import Stamp, ratio
from tools.ask._vendor import VendorGrades, told_vendor
from tools.ask._vocabulary import AskContext, Evidence, Reply, Tool
from tools.desk.grading.grades import grades_of
from tools.desk.grading.sheet import INVESTOR, KINDS, TRADER, Sheet

SOURCE = "tokenwise"
_DIGITS = 3


class Args(OfAsset):
    """Of which asset."""


class Named(Strict):
    """Who is graded."""

    id: str
    symbol: str
    name: str


class Graded(Strict):
    """One grade, 0..100; *coverage*: the share of its inputs that were there. *why*: why there is no value.

    *change_24h*, *change_7d*: points since the grade of a day, of a week before.
    """

    value: float | None = None
    band: str | None = None
    signal: str | None = None
    coverage: float = 0.0
    change_24h: float | None = None
    change_7d: float | None = None
    parts: dict[str, float] = Field(default_factory=dict)
    as_of: str | None = None
    known_at: str | None = None
    version: str | None = None
    source: str = SOURCE
    why: str | None = None


class Divergence(Strict):
    """How far the two horizons disagree, in points."""

    direction: Literal["trader_above", "investor_above", "none", "unknown"] = "unknown"
    size: float | None = None


class Result(Strict):
    """Both grades; *vendor*: what Token Metrics says beside them, where `data fetch` stored it."""

    asset: Named
    trader: Graded
    investor: Graded
    divergence: Divergence = Divergence()
    vendor: VendorGrades | None = None


def answer(args: Args, context: AskContext) -> Reply:
    """Both grades at the close of the newest daily candle; `Missing` with its reason where there is none."""
    symbol = resolve(context, args.asset)
    if isinstance(symbol, Missing):
        return unresolved(context, args.asset, symbol)
    known = context.assets.get(symbol)
    identity = symbol if known is None else known.id
    named = Named(id=identity, symbol=symbol, name=identity if known is None else known.name)
    sheet = grades_of(context).sheet().of(symbol)
    told = {kind: _told(sheet, symbol, kind) for kind in KINDS}
    apart = sheet.divergence(symbol)
    vendor, vouched = told_vendor(context, identity, TOOL.name, label(context, symbol, args.asset))
    result = Result(
        asset=named,
        trader=told[TRADER],
        investor=told[INVESTOR],
        divergence=Divergence(direction=apart.direction.value, size=_round(apart.size)),
        vendor=vendor,
    )
    missing = tuple(
        Missing(f"{kind}_grade", _code(sheet, symbol, kind)) for kind in KINDS if told[kind].value is None
    )
    evidence: list[Evidence] = []
    if symbol in sheet.columns:
        stamp = Stamp(TOOL.name, label(context, symbol, args.asset), sheet.at, SOURCE)
        evidence = [line for kind in KINDS for line in _evidence(kind, told[kind], stamp)]
        evidence += _apart(result.divergence, stamp)
    return Reply(result.model_dump(), (*evidence, *vouched), missing)


def _told(sheet: Sheet, symbol: str, kind: str) -> Graded:
    grade = sheet.grade(symbol, kind)
    shown = symbol in sheet.columns
    return Graded(
        value=_round(grade.value),
        band=None if grade.band is None else grade.band.value,
        signal=None if grade.signal is None else grade.signal.value,
        coverage=float(ratio(grade.coverage, _DIGITS)),
        change_24h=_round(sheet.change(symbol, kind, 1)),
        change_7d=_round(sheet.change(symbol, kind, 7)),
        parts={name: float(ratio(value, _DIGITS)) for name, value in grade.parts.items()},
        as_of=_moment(grade.as_of, shown=shown),
        known_at=_moment(grade.known_at, shown=shown),
        version=grade.version,
        why=grade.why,
    )


def _moment(at: Instant, *, shown: bool) -> str | None:
    return iso(at) if shown else None


def _code(sheet: Sheet, symbol: str, kind: str) -> str:
    """Why there is no grade, in a word."""
    grade: Grade = sheet.grade(symbol, kind)
    if symbol not in sheet.columns:
        return grade.why or "no_data"
    if kind == TRADER:
        return "warming_up"
    return "low_coverage" if grade.coverage else "no_data"


def _round(value: float | None) -> float | None:
    return None if value is None else float(ratio(value, _DIGITS))


def _evidence(kind: str, told: Graded, stamp: Stamp) -> list[Evidence]:
    found = [stamp(f"{kind}_coverage", ratio(told.coverage, _DIGITS), "fraction")]
    if (told.why or "").startswith("coverage"):
        found.append(stamp(f"{kind}_needs_coverage", str(LEAST_COVERAGE), "fraction"))
    for metric, value in (
        (f"{kind}_grade", told.value),
        (f"{kind}_grade_change_24h", told.change_24h),
        (f"{kind}_grade_change_7d", told.change_7d),
    ):
        if value is not None:
            found.append(stamp(metric, ratio(value, _DIGITS), "points"))
    if told.signal is not None:
        found.append(stamp(f"{kind}_signal", told.signal, "signal"))
    if told.band is not None:
        found.append(stamp(f"{kind}_band", told.band, "band"))
    for name, value in told.parts.items():
        found.append(stamp(f"{kind}_{name}", ratio(value, _DIGITS), "points"))
    return found


def _apart(apart: Divergence, stamp: Stamp) -> list[Evidence]:
    if apart.size is None:
        return []
    return [
        stamp("divergence", apart.direction, "direction"),
        stamp("divergence_size", ratio(apart.size, _DIGITS), "points"),
    ]


TOOL = Tool(
    "get_grades",
    "The grades of an asset, 0 to 100: trader (days to weeks) and investor (months), each with signal, band, parts.",
    Args,
    Result,
    answer,
)
