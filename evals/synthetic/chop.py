"""A market that goes nowhere, up and down again and again: what follows trends buys every top."""

from __future__ import annotations

import numpy as np

from core.instant import HOUR
from evals.synthetic._generator import Generator, Made, Parameter, Stage
from evals.synthetic._tape import Calm, Shape, market


def make(stage: Stage) -> Made:
    """Every token swings by *width* around its price, once in *hours*, each at a time of its own."""
    params = stage.params
    half = params["hours"] * HOUR / 2

    def swings(symbol: str) -> Shape:
        begin = stage.start - half * stage.noise(f"{symbol}:phase").random()
        times = np.arange(begin, stage.end + half, half)
        values = np.where(np.arange(len(times)) % 2 == 0, 0.0, params["width"])
        return Shape([(float(time), float(value)) for time, value in zip(times, values, strict=True)])

    return Made(market(stage, swings, Calm(hourly=0.002)))


GENERATOR = Generator(
    "a market that goes nowhere, up and down again and again",
    make,
    {"width": Parameter(0.06, 0.0, 0.5), "hours": Parameter(36, 1, 24 * 90)},
)
