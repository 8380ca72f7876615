"""Everything falls a little every day, and never so much that it frightens anybody."""

from __future__ import annotations

import math

from evals.synthetic._generator import Generator, Made, Parameter, Stage
from evals.synthetic._tape import Calm, Shape, market


def make(stage: Stage) -> Made:
    """All tokens lose *drop* from start to end, evenly."""
    shape = Shape([(stage.start, 0.0), (stage.end, math.log1p(-stage.params["drop"]))])
    return Made(market(stage, lambda _: shape, Calm(hourly=0.003)))


GENERATOR = Generator("everything falls a little every day", make, {"drop": Parameter(0.45, 0.0, 0.95)})
