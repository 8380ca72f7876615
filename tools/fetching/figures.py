"""Figures by day of one source, and figures of today only: what both kinds of steps share."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import polars as pl

from core.instant import DAY, Instant
from core.observation import NoData, Observation, Ok, Outcome
from tools.fetching.asking import Span
from tools.fetching.report import failure_of
from tools.fetching.step import Step
from tools.fetching.world import World
from tools.sources.answer import Answer
from tools.sources.source import Source

Ask = Callable[[World, Span], Awaitable[Outcome[Answer[Observation]]]]


@dataclass(frozen=True, slots=True)
class Figures:
    """What one source tells of one asset, day by day.

    *kind*: of the store. *ask*: for a stretch; a source that has only one answer gives all of it.
    *tells_known_at*: it says itself when each figure was known. *back*: how many days it goes back.
    *whole_days*: a figure is about the day after its stamp, so that today's does not exist yet.
    """

    what: str
    asset: str
    source: Source
    kind: str
    ask: Ask
    calls: int = 1
    detail: str = ""
    tells_known_at: bool = False
    back: int | None = None
    whole_days: bool = False

    @property
    def question(self) -> str:
        """What is asked, as it is remembered."""
        return " ".join(one for one in (self.what, self.source.name, self.asset, self.detail) if one)

    def span(self, world: World) -> Span:
        """The days that can be had."""
        whole, now = world.asked.days, world.clock.now()
        today = now - now % DAY
        start = whole.start if self.back is None else today - (self.back - 1) * DAY
        return whole.within(start, today if self.whole_days else whole.end)


def step_of(world: World, figures: Figures) -> Step:
    """The step that asks for *figures* where some of them are not there."""
    rest = world.lacking(figures.question, figures.span(world))
    skipped = None
    if not figures.span(world):
        why = (
            f"{figures.source.title} goes back {figures.back} days only" if figures.back else "no day is over"
        )
        skipped = (why, "history_limit")
    elif not rest:
        skipped = ("the store has them already", "stored")
    return Step(
        figures.what,
        figures.asset,
        figures.source.name,
        0 if skipped else figures.calls,
        figures.source.provider.pace.gap_ms,
        lambda world: _run(world, figures),
        key=key_of(figures.source),
        skipped=skipped,
        detail=figures.detail,
    )


def key_of(source: Source) -> str:
    """Whether *source* takes a key."""
    return "needed" if source.needs_key else "optional" if source.provider.key_header else ""


async def _run(world: World, figures: Figures) -> None:
    span = figures.span(world)
    rest = world.lacking(figures.question, span)
    if figures.back is not None and span.start > world.asked.days.start:
        told = f"{figures.source.title} goes back {figures.back} days only"
        world.report.find("history_limit", f"{told}: nothing of {figures.what} before")
    hull = Span(rest[0].start, rest[-1].end)
    name = f"{figures.what} {figures.asset} from {figures.source.name}"
    outcome = await figures.ask(world, hull)
    if isinstance(outcome, NoData) and world.coverage.is_late(figures.question, hull):
        return
    if not isinstance(outcome, Ok):
        world.report.fail(failure_of(name, outcome))
        return
    world.credit(outcome.value)
    # a source that answers with all of it shows what it has changed since
    rows = [row for row in outcome.value.rows if span.start <= row.as_of < span.end]
    plain = {"kind": figures.kind, "asset": figures.asset, "source": figures.source.name}
    frame = frame_of(rows, tells_known_at=figures.tells_known_at)
    failure = await world.keep(name, plain, frame, figures.question, _answered(world, rows, hull))
    if failure is not None:
        world.report.fail(failure)


def _answered(world: World, rows: Sequence[Observation], hull: Span) -> Span | None:
    """What of *hull* is answered for good: a newest day that is not there yet may still come."""
    if hull.end < world.clock.now() - 2 * DAY:
        return hull
    newest: dict[str, Instant] = {}
    for row in rows:
        newest[row.metric] = max(newest.get(row.metric, row.as_of), row.as_of)
    return Span(hull.start, Instant(min(newest.values()) + DAY)) if newest else None


def frame_of(rows: Sequence[Observation], *, tells_known_at: bool) -> pl.DataFrame:
    """*rows* as a long file of figures would hold them."""
    columns = {
        "ts": pl.Series("ts", [row.as_of for row in rows], pl.Int64),
        "metric": pl.Series("metric", [row.metric for row in rows], pl.String),
        "value": pl.Series("value", [float(row.value) for row in rows], pl.Float64),
        "unit": pl.Series("unit", [row.unit for row in rows], pl.String),
    }
    if tells_known_at:
        columns["known_at"] = pl.Series("known_at", [row.known_at for row in rows], pl.Int64)
    return pl.DataFrame(columns).sort("metric", "ts", maintain_order=True)
