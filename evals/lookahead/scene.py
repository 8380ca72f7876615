"""What a proof is made on: a market with its facts, who decides on it, and all that a decider could look at."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import (
    AbstractAsyncContextManager,
    AbstractContextManager,
    asynccontextmanager,
    contextmanager,
)
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

from agent.runtime.account import Account
from agent.runtime.config import RunConfig
from agent.runtime.deciders import canonical_decider
from agent.runtime.minds import Thinking, decider_of, knowledge_of
from agent.runtime.worlds import World
from core.instant import Instant
from core.ports import Clock, Decider, JournalReader
from evals.facts import Told
from evals.lookahead.facts import SpoiledFacts
from evals.lookahead.garbage import Judge, spoiled_world
from tools.store.gate import judge


@dataclass(frozen=True, slots=True)
class Scene:
    """A world and what is known beside its prices; as it was, or with garbage after an instant."""

    world: World
    facts: Told | None = None


@dataclass(frozen=True, slots=True)
class Sight:
    """All that whoever makes a decider could get hold of. *memory*: an account's journal, later records included."""

    scene: Scene
    account: Account
    memory: JournalReader
    config: RunConfig


Making = Callable[[Sight], AbstractAsyncContextManager[Decider]]
Spoiling = Callable[[Instant, frozenset[str]], AbstractContextManager[Scene]]


def chosen(scene: Scene) -> tuple[str, ...]:
    """The universe: every symbol of the world, as the scenario froze it."""
    return scene.world.symbols


@dataclass(frozen=True, slots=True)
class Candidate:
    """A decider under proof: its canonical *spec*, and how one is made anew for each question."""

    spec: str
    make: Making
    deliberation: str = "single"


def candidate(text: str, home: Path | None, wall: Clock, thinking: Thinking) -> Candidate:
    """The decider that *text* names.

    Raises:
        UsageError: there is none.
    """
    spec = canonical_decider(text)

    @asynccontextmanager
    async def made(sight: Sight) -> AsyncIterator[Decider]:
        knowledge = knowledge_of(sight.scene.world, sight.scene.facts)
        async with decider_of(spec, sight.account, home, wall, thinking, knowledge) as decider:
            yield decider

    return Candidate(spec, made, thinking.deliberation)


@dataclass(frozen=True, slots=True)
class Subject:
    """One scenario under proof.

    *config*: what a run of it by a decider is asked for, all but the symbols. *universe* says which symbols
    there are. *near* gives the scene with garbage after an instant, in memory and so quickly; *deep* does so
    at the bottom, in the store's own files, where there is a store.
    """

    id: str
    scene: Scene
    config: RunConfig
    near: Spoiling
    deep: Spoiling | None = None
    universe: Callable[[Scene], tuple[str, ...]] = field(default=chosen)


def spoiling(scene: Scene, seed: int, gate: Judge = judge) -> Spoiling:
    """Puts garbage into *scene* in memory; *gate* judges garbage candles anew."""

    @contextmanager
    def spoiled(after: Instant, sources: frozenset[str]) -> Iterator[Scene]:
        world = spoiled_world(scene.world, after, seed, sources, gate)
        if world.facts is not None:
            world = replace(world, facts=SpoiledFacts(cast("Told", world.facts), after, seed, sources))
        facts = None if scene.facts is None else SpoiledFacts(scene.facts, after, seed, sources)
        yield Scene(world, facts)

    return spoiled
