"""``rule:macd``: long while the MACD line is above its signal line."""

from __future__ import annotations

import math
from collections.abc import Mapping
from operator import mul

from strategies.indicators.macd import macd
from strategies.rules import Columns, Moment, Need, Rule
from strategies.rules._comparison import above
from strategies.rules._parameters import ordered, whole

FORGOTTEN = 1e-6
"""Weight of the first close of the window in the slow mean: so little that where it begins is no matter."""


class MacdAboveSignal:
    """Long while MACD > signal, else flat; exponential means begin at the first close of the window.

    MACD − signal is a fixed weighted sum of the window's closes. The weights are made once, which is
    several times faster than three recurrences a bar.
    """

    def __init__(self, fast: int, slow: int, signal: int) -> None:
        self._spans = (fast, slow, signal)
        count = math.ceil(math.log(FORGOTTEN) / math.log((slow - 1) / (slow + 1))) + signal
        self._weights = histogram_weights(fast, slow, signal, count)
        self.needs = (Need("close", count),)

    def stance(self, columns: Columns, moment: Moment) -> float | None:  # noqa: ARG002 (the contract's)
        """1 while MACD − signal is above 0, else 0."""
        closes = columns[0]
        return 1.0 if above(sum(map(mul, self._weights, closes)), 0.0, closes[-1]) else 0.0

    def thesis(self, columns: Columns, stance: float) -> str:
        """Both lines."""
        lines = macd(columns[0], *self._spans)
        where = "above" if stance > 0 else "not above"
        spans = ",".join(map(str, self._spans))
        return f"MACD({spans}) {lines.line[-1]:.6g} is {where} its signal {lines.signal[-1]:.6g}"


def histogram_weights(fast: int, slow: int, signal: int, count: int) -> list[float]:
    """What each of *count* closes, oldest first, adds to MACD − signal at the last of them."""
    quick = calm = mean = 0.0
    response: list[float] = []
    for impulse in [1.0] + [0.0] * (count - 2):
        quick += 2 / (fast + 1) * (impulse - quick)
        calm += 2 / (slow + 1) * (impulse - calm)
        mean += 2 / (signal + 1) * (quick - calm - mean)
        response.append(quick - calm - mean)
    # The means begin at the first close, so it stands for all before it: equal closes give 0.
    return [-math.fsum(response), *reversed(response)]


def _make(params: Mapping[str, str]) -> MacdAboveSignal:
    fast, slow = ordered(params, "fast", "slow", least=1)
    return MacdAboveSignal(fast, slow, whole(params, "signal", least=2))


STRATEGY = Rule(make=_make, defaults={"fast": "12", "slow": "26", "signal": "9"})
