"""``rule:bollinger``: buys below the lower band, sells above the upper one."""

from __future__ import annotations

import math
from collections.abc import Mapping

from strategies.rules import Columns, Moment, Need, Rule
from strategies.rules._comparison import above
from strategies.rules._parameters import positive, whole


class BollingerReversion:
    """Long from a close below the lower band until a close above the upper band.

    The bands lie *width* standard deviations (of the population) around the mean of the last *window*
    closes, the newest included.
    """

    def __init__(self, window: int, width: float) -> None:
        self._window, self._width = window, width
        self.needs = (Need("close", window),)

    def stance(self, columns: Columns, moment: Moment) -> float | None:  # noqa: ARG002 (the contract's)
        """1 below the lower band, 0 above the upper one, between them keep."""
        closes = columns[0]
        lower, upper = self._bands(closes)
        if above(lower, closes[-1], closes[-1]):
            return 1.0
        return 0.0 if above(closes[-1], upper, closes[-1]) else None

    def _bands(self, closes: list[float]) -> tuple[float, float]:
        mean = sum(closes) / self._window
        reach = self._width * math.sqrt(sum([(close - mean) ** 2 for close in closes]) / self._window)
        return mean - reach, mean + reach

    def thesis(self, columns: Columns, stance: float) -> str:
        """The close, and the band that it passed."""
        closes = columns[0]
        lower, upper = self._bands(closes)
        band = f"below the lower band {lower:.8g}" if stance > 0 else f"above the upper band {upper:.8g}"
        return f"close {closes[-1]:.8g} is {band} of Bollinger({self._window}, {self._width:g})"


def _make(params: Mapping[str, str]) -> BollingerReversion:
    return BollingerReversion(whole(params, "window", least=2), positive(params, "width"))


STRATEGY = Rule(make=_make, defaults={"window": "20", "width": "2"})
