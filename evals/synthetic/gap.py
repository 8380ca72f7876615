"""One token is not traded for some hours and goes on far lower: no stop could be filled at its level."""

from __future__ import annotations

import math

from core.instant import HOUR, Instant
from evals.synthetic._generator import Generator, Made, Parameter, Stage
from evals.synthetic._tape import Shape, market, without


def make(stage: Stage) -> Made:
    """The first token has no candles for *hours* from *at* on, and has lost *drop* when it goes on."""
    params = stage.params
    at = stage.moment(params["at"])
    again = stage.grain.ceil(at + round(params["hours"] * HOUR))
    first = stage.symbols[0]
    fallen = Shape([(again - 1, 0.0), (again, math.log1p(-params["drop"]))])
    bars = market(stage, lambda symbol: fallen if symbol == first else Shape())
    return Made({**bars, first: without(bars[first], at, Instant(again))})


GENERATOR = Generator(
    "one token is not traded for some hours and goes on far lower",
    make,
    {
        "drop": Parameter(0.2, 0.0, 0.95),
        "hours": Parameter(12, 1, 24 * 30),
        "at": Parameter(0.5, 0.0, 0.95),
    },
)
