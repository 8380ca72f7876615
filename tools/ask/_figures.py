"""Stored figures as an answer tells them: value, changes and high of each metric, as known then, by source."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal

from pydantic import Field

from core.instant import DAY, HOUR, Instant, iso
from core.observation import Missing, Observation
from tools.ask._arguments import Strict
from tools.ask._facts import Facts
from tools.ask._subject import Subject
from tools.ask._text import quantity, ratio
from tools.ask._vocabulary import AskContext, Evidence

SPANS = {"1d": DAY, "7d": 7 * DAY, "30d": 30 * DAY}
_DIGITS = 12
_USUAL_ROWS, _MOST_ROWS = 48, 2_000
_TOO_OLD = 7 * DAY
_NEAR = 12 * HOUR
_DISAGREES = Decimal("0.02")
_OF_POINTS = frozenset({"index", "percent", "rank", "fraction", "points"})
_IS_FLOW = re.compile(r"(?:^|_)(?:netflow|return|change|funding)(?:_|$)")
_STRANGE = re.compile(r"[^a-z0-9_]+")


class Other(Strict):
    """The same metric as another source has it."""

    value: str
    source: str
    as_of: str
    known_at: str
    flags: list[str]


class Figure(Strict):
    """One metric. Changes are in *change_unit* (``fraction``: 0.012 = 1.2 %), each from a figure that was known then.

    *high*: the highest known so far, of the same source. *flags*: ``restated`` (today's revised history, not
    what was shown then), ``revised``, ``jump``, ``stale``, ``disagreement`` (with one of *others*), ``derived``.
    """

    metric: str
    value: str
    unit: str
    change_1d: float | None = None
    change_7d: float | None = None
    change_30d: float | None = None
    change_unit: str = "fraction"
    high: str | None = None
    high_at: str | None = None
    as_of: str
    known_at: str
    age_days: int
    source: str
    flags: list[str] = Field(default_factory=list)
    others: list[Other] = Field(default_factory=list)


class Read:
    """The figures of one answer, as they come in. *tool* names it; *now* bounds all of them."""

    def __init__(self, tool: str, context: AskContext, who: Subject) -> None:
        self.figures: list[Figure] = []
        self.evidence: list[Evidence] = []
        self.missing: list[Missing] = []
        self.newest: dict[str, Observation] = {}
        self._tool, self._now, self._who = tool, context.now, who
        self._facts = context.facts

    def read(self, metrics: Iterable[str], *, expected: bool) -> None:
        """Takes in *metrics*; where *expected*, one of which nothing was known is told as missing."""
        for metric in metrics:
            why = self._one(metric)
            if why is not None and (expected or why.startswith("gate:")):
                self.missing.append(Missing(metric, why))

    def derive(self, metric: str, value: Decimal | float, unit: str, of: Sequence[Observation]) -> None:
        """A figure made of others: as old as the oldest of them, known when the last of them was."""
        first = min(of, key=lambda one: one.as_of)
        made = Observation(
            first.asset,
            metric,
            Decimal(ratio(float(value), 6)),
            unit,
            first.as_of,
            max(one.known_at for one in of),
            "+".join(dict.fromkeys(one.source for one in of)),
            tuple(dict.fromkeys(("derived", *(flag for one in of for flag in one.flags)))),
        )
        self._tell(made, (), None, [])

    def _one(self, metric: str) -> str | None:
        """Takes in *metric*; why not, where nothing can be told."""
        if self._facts is None:
            return "no_data"
        told = _of_each_source(self._facts, self._who.asset, metric, self._now)
        sound = [rows for rows in told if not isinstance(rows, Missing)]
        if not sound:
            return next((one.why for one in told if isinstance(one, Missing)), "no_data")
        rows = sound[0]
        top = self._facts.highest(self._who.asset, metric, self._now)
        self.newest[metric] = rows[-1]
        self._tell(rows[-1], rows, top, [one[-1] for one in sound[1:]])
        return None

    def _tell(
        self,
        newest: Observation,
        rows: Sequence[Observation],
        top: Observation | None,
        others: Sequence[Observation],
    ) -> None:
        unit = _word(newest.unit)
        name = slug(newest.metric)
        share = unit not in _OF_POINTS and _IS_FLOW.search(name) is None
        change_unit = "fraction" if share else "points" if unit == "index" else unit
        value = quantity(newest.value, _DIGITS)
        self._put(name, value, unit, newest)
        if not share and unit != "index":
            top = None  # the highest of what flows both ways says nothing
        changes = {}
        if len(rows) == 1:
            self.missing.append(Missing(f"{name}_change", "warming_up"))
        for label, span in SPANS.items() if len(rows) > 1 else ():
            moved = _change(rows, span, share=share)
            if isinstance(moved, Missing):
                self.missing.append(Missing(f"{name}_change_{label}", moved.why))
                continue
            changes[f"change_{label}"] = float(moved)
            self._put(f"{name}_change_{label}", moved, change_unit, newest)
        flags = [*newest.flags]
        if self._now - newest.as_of > _TOO_OLD:
            flags.append("stale")
        if any(_disagree(newest, other) for other in others):
            flags.append("disagreement")
        if top is not None:
            self._put(f"{name}_high", quantity(top.value, _DIGITS), unit, top)
        for other in others:
            self._put(f"{name}.{slug(other.source)}", quantity(other.value, _DIGITS), unit, other)
        self.figures.append(
            Figure(
                metric=newest.metric,
                value=value,
                unit=unit,
                **changes,
                change_unit=change_unit,
                high=None if top is None else quantity(top.value, _DIGITS),
                high_at=None if top is None else iso(top.as_of),
                as_of=iso(newest.as_of),
                known_at=iso(newest.known_at),
                age_days=(self._now - newest.as_of) // DAY,
                source=newest.source,
                flags=flags,
                others=[_other(one) for one in others],
            )
        )

    def _put(self, metric: str, value: str, unit: str, told: Observation) -> None:
        self.evidence.append(
            Evidence(self._tool, self._who.label, metric, value, unit, told.as_of, told.known_at, told.source)
        )


def credits_of(context: AskContext, evidence: Iterable[Evidence]) -> list[str]:
    """What the sources of *evidence* ask to stand beside their data."""
    if context.facts is None:
        return []
    names = dict.fromkeys(name for one in evidence for name in one.source.split("+"))
    asked = (context.facts.credit(name) for name in names)
    return [one for one in dict.fromkeys(asked) if one]


def slug(name: str) -> str:
    """*name* as evidence may carry it: lower-case letters, digits and ``_``."""
    return _STRANGE.sub("_", name.casefold()).strip("_")[:60] or "unnamed"


def _word(unit: str) -> str:
    return "_".join(unit.split())[:30] or "number"


def _of_each_source(
    facts: Facts, asset: str, metric: str, now: Instant
) -> tuple[tuple[Observation, ...] | Missing, ...]:
    """The newest 30 days of each source and a little more, however narrow its steps are."""
    told = facts.each(asset, metric, now, _USUAL_ROWS)
    reaches = SPANS["30d"] + _NEAR
    narrow = any(
        not isinstance(rows, Missing)
        and len(rows) == _USUAL_ROWS
        and rows[-1].as_of - rows[0].as_of < reaches
        for rows in told
    )
    return facts.each(asset, metric, now, _MOST_ROWS) if narrow else told


def _change(rows: Sequence[Observation], span: int, *, share: bool) -> str | Missing:
    """The newest figure against the one *span* before it, within half a day."""
    newest = rows[-1]
    target = newest.as_of - span
    near = min(rows[:-1], key=lambda one: abs(one.as_of - target), default=None)
    if near is None or abs(near.as_of - target) > _NEAR:
        return Missing(newest.metric, "warming_up" if rows[0].as_of > target else "gap")
    if not share:
        return quantity(newest.value - near.value, 6)
    if near.value <= 0:
        return Missing(newest.metric, "no_base")
    return ratio(float(newest.value / near.value) - 1, 4)


def _disagree(one: Observation, other: Observation) -> bool:
    """Whether two figures of the same day are more than 2 % apart."""
    if abs(one.as_of - other.as_of) >= DAY:
        return False
    return abs(one.value - other.value) > _DISAGREES * max(abs(one.value), abs(other.value))


def _other(one: Observation) -> Other:
    return Other(
        value=quantity(one.value, _DIGITS),
        source=one.source,
        as_of=iso(one.as_of),
        known_at=iso(one.known_at),
        flags=[*one.flags],
    )
