"""Values that a source knows of today only: known from the moment when they were fetched, once a day."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from core.instant import DAY, Instant
from core.observation import Ok, Outcome
from tools.fetching.asking import Span
from tools.fetching.figures import frame_of, key_of
from tools.fetching.report import Failure, failure_of
from tools.fetching.step import Step
from tools.fetching.world import World
from tools.sources.answer import Answer, Listed
from tools.sources.source import Source


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What one request tells of *assets* as of now; only *metrics* are taken."""

    what: str
    assets: Sequence[str]
    source: Source
    metrics: frozenset[str]
    ask: Callable[[World], Awaitable[Outcome[Answer[Listed]]]]
    detail: str = ""

    @property
    def about(self) -> str:
        """Whom it is about."""
        return self.assets[0] if len(self.assets) == 1 else f"{len(self.assets)} assets"

    def question(self, asset: str) -> str:
        """What is asked of one asset, as it is remembered."""
        return f"{self.what} {self.source.name} {asset} {self.detail}"


def today(world: World) -> Span:
    """The day that is running."""
    now = world.clock.now()
    return Span(Instant(now - now % DAY), Instant(now - now % DAY + DAY))


def step_of(world: World, snapshot: Snapshot) -> Step:
    """The step that asks for *snapshot* where today's is not there."""
    day = today(world)
    skipped = None
    if world.asked.span.end < day.start:
        skipped = (f"{snapshot.source.title} tells today's values only", "history_limit")
    elif not any(world.lacking(snapshot.question(asset), day) for asset in snapshot.assets):
        skipped = ("the store has today's already", "stored")
    return Step(
        snapshot.what,
        snapshot.about,
        snapshot.source.name,
        0 if skipped else 1,
        snapshot.source.provider.pace.gap_ms,
        lambda world: _run(world, snapshot),
        key=key_of(snapshot.source),
        skipped=skipped,
        detail=snapshot.detail,
    )


async def _run(world: World, snapshot: Snapshot) -> None:
    outcome = await snapshot.ask(world)
    world.listener.heard()
    name = f"{snapshot.what} {snapshot.detail} {snapshot.about} from {snapshot.source.name}"
    if not isinstance(outcome, Ok):
        world.report.fail(failure_of(name, outcome))
        return
    world.credit(outcome.value)
    rows = {row.id: row for row in outcome.value.rows}
    day = today(world)
    for asset in snapshot.assets:
        if asset not in rows:
            told = f"{snapshot.source.title} told nothing of {asset}"
            world.report.fail(Failure(f"{snapshot.what} {snapshot.detail} {asset}", told, "no_data"))
            continue
        found = [one for one in rows[asset].observations(asset) if one.metric in snapshot.metrics]
        plain = {"kind": "fundamental", "asset": asset, "source": snapshot.source.name}
        frame = frame_of(found, tells_known_at=True)
        failure = await world.keep(name, plain, frame, snapshot.question(asset), day)
        if failure is not None:
            world.report.fail(failure)
