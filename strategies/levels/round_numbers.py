"""Prices that people remember."""

from __future__ import annotations

import math

_STEPS = (5.0, 2.5, 1.0)


def round_step(price: float) -> float:
    """Distance of round numbers around *price* (above 0): the greatest of 1, 2.5, 5 x 10^k up to a tenth of it.

    >>> round_step(4.06), round_step(97_000.0), round_step(0.011)
    (0.25, 5000.0, 0.001)
    """
    tenth = price / 10.0
    decade = 10.0 ** math.floor(math.log10(tenth))
    return next(step * decade for step in _STEPS if step * decade <= tenth or step == 1.0)


def holds_round_number(low: float, high: float, price: float) -> bool:
    """Whether a round number, as round as they are around *price*, lies in *low* .. *high*.

    >>> holds_round_number(4.21, 4.33, price=4.06), holds_round_number(4.26, 4.33, price=4.06)
    (True, False)
    """
    step = round_step(price)
    return math.floor(high / step) >= math.ceil(low / step)
