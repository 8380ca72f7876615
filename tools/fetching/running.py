"""Runs a plan: lanes beside each other, the steps of each one after the other. Whatever fails, the rest goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from core.errors import TokenwiseError
from tools.fetching.comparing import figures_apart
from tools.fetching.report import Failure, Report
from tools.fetching.step import Step
from tools.fetching.world import World

# what is there already, or does not exist
_NO_FAILURES = ("stored", "opt_in")


async def run(world: World, steps: Sequence[Step]) -> Report:
    """What came of *steps*; `World.listener` hears how far it is.

    Raises:
        CancelledError: it was cut; what had come is stored, and told in *world*'s report.
        OSError: the store cannot be written; what was stored before is whole.
    """
    for step in steps:
        if step.skipped is not None and step.skipped[1] not in _NO_FAILURES:
            world.report.fail(Failure(step.name, *step.skipped))
    world.venues.listener = world.listener
    due = [step for step in steps if step.skipped is None]
    try:
        await _beside(world, [step for step in due if not step.comes_last])
        await _beside(world, [step for step in due if step.comes_last])
        figures_apart(world)
    finally:
        await world.venues.close()
        await world.fetcher.aclose()
    return world.report


async def _beside(world: World, steps: Sequence[Step]) -> None:
    lanes: dict[str, list[Step]] = {}
    for step in steps:
        lanes.setdefault(step.lane, []).append(step)
    running = [asyncio.create_task(_lane(world, lane)) for lane in lanes.values()]
    try:
        await asyncio.gather(*running)
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def _lane(world: World, steps: Sequence[Step]) -> None:
    for step in steps:
        world.listener.began(step)
        try:
            await step.run(world)
        except TokenwiseError as error:
            world.report.fail(Failure(step.name, error.message, error.code))
        world.listener.ended(step)
