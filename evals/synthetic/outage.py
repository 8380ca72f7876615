"""The whole venue stands still, several times, and goes on somewhere else."""

from __future__ import annotations

import math

from core.instant import HOUR, Instant
from evals.synthetic._generator import Generator, Made, Parameter, Stage
from evals.synthetic._tape import Shape, market, without


def make(stage: Stage) -> Made:
    """No token has candles for *hours*, *count* times; each time all go on *drop* lower."""
    params = stage.params
    count = round(params["count"])
    knots: list[tuple[float, float]] = [(stage.begin, 0.0)]
    holes: list[tuple[Instant, Instant]] = []
    for number in range(count):
        down = stage.moment((number + 1) / (count + 1))
        up = stage.grain.ceil(down + round(params["hours"] * HOUR))
        knots += [(up - 1, knots[-1][1]), (up, knots[-1][1] + math.log1p(-params["drop"]))]
        holes.append((down, up))
    bars = market(stage, lambda _: Shape(knots))
    for down, up in holes:
        bars = {symbol: without(one, down, up) for symbol, one in bars.items()}
    return Made(bars)


GENERATOR = Generator(
    "the whole venue stands still, several times",
    make,
    {
        "count": Parameter(3, 1, 20, whole=True),
        "hours": Parameter(6, 1, 24 * 3),
        "drop": Parameter(0.05, 0.0, 0.5),
    },
)
