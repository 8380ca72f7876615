"""The quote is no longer worth its dollar: everything seems to rise, and is only paid in less."""

from __future__ import annotations

import math
from decimal import Decimal

from core.instant import HOUR, Instant
from core.money import published
from evals.synthetic._generator import Generator, Made, Parameter, Stage
from evals.synthetic._tape import Shape, market


def make(stage: Stage) -> Made:
    """From *at* on the quote falls to *low* dollars within *hours*, and stays there; prices rise by as much."""
    params = stage.params
    at, fall = stage.moment(params["at"]), params["hours"] * HOUR
    shape = Shape([(at, 0.0), (at + fall, -math.log(params["low"]))])
    pegs: list[tuple[Instant, Decimal]] = [(stage.begin, Decimal(1))]
    for moment in range(at + stage.grain.ms, stage.end + 1, stage.grain.ms):
        fallen = min(1.0, (moment - at) / fall)
        pegs.append((Instant(moment), published(round(params["low"] ** fallen, 6))))
    return Made(market(stage, lambda _: shape), pegs=tuple(pegs))


GENERATOR = Generator(
    "the quote is no longer worth its dollar",
    make,
    {
        "low": Parameter(0.85, 0.01, 1.0),
        "hours": Parameter(12, 1, 24 * 30),
        "at": Parameter(0.5, 0.0, 0.95),
    },
)
