"""Lives through a scene up to an instant, in memory, through the one loop."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

from agent.journal.memory_journal import MemoryJournal
from agent.runtime.account import Account
from agent.runtime.config import RunConfig
from agent.runtime.loop import run
from agent.runtime.modes import Place, begin, wire
from core.canonical import canonical
from core.decision import Situation
from core.instant import Instant
from core.ports import JournalReader, Record
from evals.lookahead.scene import Candidate, Scene, Sight, Subject
from evals.lookahead.watching import Moment, Watched
from tools.clocks import SimulatedClock

_NOT_OF_THE_MOMENT = frozenset({"span", "ended"})
"""Kinds that are written when something else happens, and so at another time in a shorter run."""


@dataclass(frozen=True, slots=True)
class Lived:
    """One run. *digests*: of each answer, by its instant; *whole*: the answers that were to be kept."""

    config: RunConfig
    moments: tuple[Moment, ...]
    digests: Mapping[Instant, str]
    whole: Mapping[Instant, Any]
    journal: MemoryJournal
    stream: str
    bytes: int

    def events(self, until: Instant) -> list[Record]:
        """What happened up to *until*, in order."""
        found = self.journal.records(self.stream)
        return [one for one in found if one.at <= until and one.kind not in _NOT_OF_THE_MOMENT]


def configured(subject: Subject, candidate: Candidate, scene: Scene) -> RunConfig:
    """What a run of *candidate* in *scene* is asked for."""
    return replace(
        subject.config,
        decider=candidate.spec,
        symbols=subject.universe(scene),
        deliberation=candidate.deliberation,
    )


async def live(
    subject: Subject,
    candidate: Candidate,
    scene: Scene,
    *,
    until: Instant | None = None,
    keep: frozenset[Instant] = frozenset(),
    memory: JournalReader | None = None,
) -> Lived:
    """Runs *candidate* through *scene*, up to the decision at *until* or to the end.

    *memory*: what a decider that remembers finds; its own run's journal where none is given.
    """
    config = configured(subject, candidate, scene)
    account, journal = Account(config.account), MemoryJournal()

    def moment(situation: Situation) -> Moment:
        kept = situation._replace(wished=dict(situation.wished))
        return Moment(kept, account.state, account.watermarks)

    async with candidate.make(Sight(scene, account, memory or journal, config)) as decider:
        watched = Watched(decider, moment, keep)
        wall = SimulatedClock(config.start)
        desk = wire(config, scene.world, Place(None, journal), account, wall=wall, decider=watched)
        if until is not None:
            last = until
            desk.stop_asked = lambda: account.beat >= last
        with closing(desk):
            await begin(desk, resumed=False)
            await run(desk)
    return Lived(
        config,
        tuple(watched.moments),
        watched.digests,
        watched.whole,
        journal,
        account.stream,
        watched.bytes,
    )


def told(record: Record) -> Any:
    """What an event says, without its place in the chain."""
    return {"at": record.at, "kind": record.kind, "body": record.body}


def bytes_of(records: list[Record]) -> bytes:
    """The canonical bytes of *records*."""
    return canonical([told(one) for one in records])
