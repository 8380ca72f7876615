"""A vendor's grades as an answer tells them, apart from ours."""

from __future__ import annotations

from pydantic import Field

from core.instant import iso
from tools.ask._arguments import Strict
from tools.ask._text import Stamp, ratio
from tools.ask._vocabulary import AskContext, Evidence
from tools.desk.grading.vendor import VENDOR, VendorGrade, vendor_of

_DIGITS = 4


class VendorGraded(Strict):
    """A vendor's grade, 0..100. *version*: what it calls the number; *band*: its own word for it.

    *signal*: ``bearish``, ``neutral`` or ``bullish``, where it gives one itself. *flags*: ``stale``.
    """

    value: float
    band: str | None
    signal: str | None
    parts: dict[str, float] = Field(default_factory=dict)
    as_of: str
    known_at: str
    version: str
    source: str = VENDOR
    flags: list[str] = Field(default_factory=list)


class VendorGrades(Strict):
    """What Token Metrics says of the asset. Ours do not rest on it. *credit*: what it asks to stand beside it."""

    trader: VendorGraded | None = None
    investor: VendorGraded | None = None
    credit: str = ""


def told_vendor(
    context: AskContext, asset: str, tool: str, label: str
) -> tuple[VendorGrades | None, tuple[Evidence, ...]]:
    """The vendor's grades of *asset* (an id) known at the question's now, with their evidence."""
    found = vendor_of(context.facts, asset, context.now)
    if found is None or context.facts is None:
        return None, ()
    evidence: list[Evidence] = []
    for one in (found.trader, found.investor):
        if one is not None:
            stamp = Stamp(tool, label, one.grade.as_of, VENDOR, one.grade.known_at)
            value = 0.0 if one.grade.value is None else one.grade.value
            evidence.append(stamp(one.named, ratio(value, _DIGITS), "points"))
            evidence += (
                stamp(f"{one.named}_{part}", ratio(points, _DIGITS), "points")
                for part, points in sorted(one.grade.parts.items())
            )
    credit = context.facts.credit(VENDOR)
    return VendorGrades(trader=_told(found.trader), investor=_told(found.investor), credit=credit), tuple(
        evidence
    )


def _told(one: VendorGrade | None) -> VendorGraded | None:
    if one is None or one.grade.value is None:
        return None
    return VendorGraded(
        value=float(ratio(one.grade.value, _DIGITS)),
        band=one.band,
        signal=one.signal,
        parts={name: float(ratio(value, _DIGITS)) for name, value in sorted(one.grade.parts.items())},
        as_of=iso(one.grade.as_of),
        known_at=iso(one.grade.known_at),
        version=one.named,
        flags=["stale"] if one.stale else [],
    )
