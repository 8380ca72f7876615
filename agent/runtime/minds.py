"""Deciders that think in a graph: ``offline``, ``llm`` and ``llm:MODEL``, wired to an account."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from agent import settings
from agent.runtime.account import Account
from agent.runtime.deciders import OFFLINE, decider_for, names_model
from agent.runtime.graded import RunGrades
from core.errors import UsageError
from core.ports import Clock, Decider
from core.spec import parse_spec

if TYPE_CHECKING:
    from agent.graph.known import Knowing, Knowledge
    from agent.runtime.worlds import World


@dataclass(frozen=True, slots=True)
class Thinking:
    """How models are asked: the flags ``--llm``, ``--cassettes`` and ``--deliberation``.

    *usd_run*: the most that this run may cost; `None`: what the settings say.
    """

    mode: str | None = None
    cassettes: Path | None = None
    deliberation: str = "single"
    ladder: bool = True
    usd_run: Decimal | None = None


DELIBERATIONS = ("single", "committee", "debate")


def deliberation_of(name: str) -> str:
    """*name*, where there is such a deliberation.

    Raises:
        UsageError: there is none.
    """
    if name not in DELIBERATIONS:
        raise UsageError(
            f"{name!r} is no deliberation",
            f"Use one of {', '.join(DELIBERATIONS)}.",
            candidates=DELIBERATIONS,
        )
    return name


def knowledge_of(world: World, facts: Knowing | None = None) -> Knowledge | None:
    """What a decider may know beside the prices of *world*: *facts*, else the world's own."""
    from agent.graph.known import Knowledge

    source = facts or world.facts
    if source is None:
        return None
    return Knowledge(source, {symbol: one.asset for symbol, one in world.series.items()})


@asynccontextmanager
async def decider_of(
    spec: str,
    account: Account,
    home: Path | None,
    wall: Clock,
    thinking: Thinking,
    knowledge: Knowledge | None = None,
) -> AsyncIterator[Decider]:
    """The decider that the canonical *spec* names, open for as long as the block lasts.

    *knowledge*: what it may know beside prices, where it thinks in a graph.

    Raises:
        UsageError: unknown, or its model, mode or cassettes are not there.
    """
    grades = RunGrades(knowledge.assets, knowledge.source) if knowledge else RunGrades({})
    if not names_model(spec):
        yield decider_for(spec, grades)
        return
    from agent.graph.decider import GraphDecider
    from agent.graph.state import Standing
    from agent.models.configured import adapter_from
    from agent.models.offline import OfflineAnalyst

    named = parse_spec(spec)
    known = settings.model_settings()
    adapter = adapter_from(
        known if thinking.usd_run is None else replace(known, usd_run=thinking.usd_run),
        home,
        wall,
        mode="off" if named.name == OFFLINE else thinking.mode,
        cassettes=thinking.cassettes,
        model=named.arg,
        offline=OfflineAnalyst(),
        ladder=thinking.ladder,
    )
    try:
        yield GraphDecider(
            spec,
            adapter,
            deliberation=thinking.deliberation,
            grades=grades,
            standing=lambda: Standing(account.state.value, account.watermarks.peak_equity),
            knowledge=knowledge,
        )
    finally:
        await adapter.aclose()
