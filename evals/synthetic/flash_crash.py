"""Everything falls within minutes and comes most of the way back: stops fill far below their level."""

from __future__ import annotations

import math

from core.instant import MINUTE
from evals.synthetic._generator import Generator, Made, Parameter, Stage
from evals.synthetic._tape import Shape, market

_RECOVERY = 3
"""It takes so many times as long to come back."""


def make(stage: Stage) -> Made:
    """All tokens lose *drop* within *minutes*, and win *recovered* of the loss back."""
    params = stage.params
    at = stage.moment(params["at"])
    span = params["minutes"] * MINUTE
    low = math.log1p(-params["drop"])
    after = math.log1p(-params["drop"] * (1 - params["recovered"]))
    shape = Shape([(at, 0.0), (at + span, low), (at + (1 + _RECOVERY) * span, after)])
    return Made(market(stage, lambda _: shape))


GENERATOR = Generator(
    "everything falls within minutes and comes most of the way back",
    make,
    {
        "drop": Parameter(0.3, 0.0, 0.95),
        "minutes": Parameter(10, 1, 7 * 24 * 60),
        "recovered": Parameter(0.8, 0.0, 1.0),
        "at": Parameter(0.5, 0.0, 0.95),
    },
)
