"""Everything rises ever faster, and falls when everybody is in."""

from __future__ import annotations

import math

import numpy as np

from evals.synthetic._generator import Generator, Made, Parameter, Stage
from evals.synthetic._tape import Shape, market

_POINTS = 40
_CURVE = 3.0


def make(stage: Stage) -> Made:
    """All tokens rise by *rise* until *top* of the way, ever faster, and then lose *drop* until the end."""
    params = stage.params
    top = params["top"] * (stage.end - stage.start)
    way = np.linspace(0.0, 1.0, _POINTS)
    climb = math.log1p(params["rise"]) * np.expm1(_CURVE * way) / math.expm1(_CURVE)
    knots = [(stage.start + float(x) * top, float(y)) for x, y in zip(way, climb, strict=True)]
    knots.append((stage.end, knots[-1][1] + math.log1p(-params["drop"])))
    return Made(market(stage, lambda _: Shape(knots)))


GENERATOR = Generator(
    "everything rises ever faster, and falls when everybody is in",
    make,
    {
        "rise": Parameter(1.5, 0.0, 20.0),
        "drop": Parameter(0.4, 0.0, 0.95),
        "top": Parameter(0.9, 0.1, 0.99),
    },
)
