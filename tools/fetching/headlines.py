"""Headlines of the feeds, as of now: known from the moment when they were read."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from core.instant import MINUTE, Instant
from core.observation import Ok
from tools.fetching.asking import Span
from tools.fetching.report import failure_of
from tools.fetching.step import Step
from tools.fetching.world import World
from tools.sources.providers.news import FEEDS, SOURCE, News

_AGAIN = 15 * MINUTE


def news(world: World) -> Sequence[Step]:
    """Every feed."""
    return [_step(world, feed) for feed in FEEDS]


def _step(world: World, feed: str) -> Step:
    now = _now(world)
    skipped = None
    if world.asked.span.end < now.start:
        skipped = ("feeds tell the newest headlines only", "history_limit")
    elif not world.lacking(f"news {feed}", now):
        skipped = ("it was read within the last quarter of an hour", "stored")
    gap = SOURCE.provider.pace.gap_ms
    calls = 0 if skipped else 1
    return Step(
        "news", "market", "news", calls, gap, lambda world: _run(world, feed), skipped=skipped, detail=feed
    )


def _now(world: World) -> Span:
    """The quarter of an hour that is running."""
    now = world.clock.now()
    return Span(Instant(now - now % _AGAIN), Instant(now - now % _AGAIN + _AGAIN))


async def _run(world: World, feed: str) -> None:
    name = f"news from {feed}"
    outcome = await News(world.fetcher).items(feed)
    world.listener.heard()
    if not isinstance(outcome, Ok):
        world.report.fail(failure_of(name, outcome))
        return
    world.credit(outcome.value)
    rows = [row for row in outcome.value.rows if row.published is not None]
    undated = len(outcome.value.rows) - len(rows)
    if undated:
        told = f"{feed}: {undated} of {len(outcome.value.rows)} headlines tell no time and were left out"
        world.report.find("left_out", told)
    frame = pl.DataFrame(
        {
            "published": [min(row.published or row.known_at, row.known_at) for row in rows],
            "title": [row.title for row in rows],
            "content": [row.summary for row in rows],
            "url": [row.url for row in rows],
            "known_at": [row.known_at for row in rows],
        },
        schema_overrides={"published": pl.Int64, "known_at": pl.Int64},
    )
    plain = {"kind": "news", "source": feed}
    failure = await world.keep(name, plain, frame.cast(pl.String), f"news {feed}", _now(world))
    if failure is not None:
        world.report.fail(failure)
