"""Runs a plan: lanes beside each other, the steps of each one after the other. Whatever fails, the rest goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from core.errors import TokenwiseError
from tools.fetching.report import Failure, Report
from tools.fetching.step import Step
from tools.fetching.world import World


async def run(world: World, steps: Sequence[Step]) -> Report:
    """What came of *steps*; `World.listener` hears how far it is.

    Raises:
        CancelledError: it was cut; what had come is stored, and the report says that it was cut.
        OSError: the store cannot be written; what was stored before is whole.
    """
    lanes: dict[str, list[Step]] = {}
    for step in steps:
        if step.skipped is None:
            lanes.setdefault(step.lane, []).append(step)
        elif step.skipped[1] != "stored":
            world.report.fail(Failure(step.name, *step.skipped))
    world.venues.listener = world.listener
    running = [asyncio.create_task(_lane(world, lane)) for lane in lanes.values()]
    try:
        await asyncio.gather(*running)
    except asyncio.CancelledError:
        world.report.is_cut = True
        raise
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await world.venues.close()
        await world.fetcher.aclose()
    return world.report


async def _lane(world: World, steps: Sequence[Step]) -> None:
    for step in steps:
        world.listener.began(step)
        try:
            await step.run(world)
        except TokenwiseError as error:
            world.report.fail(Failure(step.name, error.message, error.code))
        world.listener.ended(step)
