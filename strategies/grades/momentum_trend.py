"""The first grade: plain momentum and trend."""

from __future__ import annotations

from dataclasses import dataclass
from math import fsum

from core.grades import Grade, Signal
from core.market import Bars
from strategies.indicators.catalog import measure

LEAST_COVERAGE = 0.5


@dataclass(frozen=True, slots=True)
class Scale:
    """Maps one indicator to 0-100: *low* and below is 0, *high* and above is 100, straight in between.

    *in_ranges*: the indicator is a fraction of price and is first divided by the average true range in the
    same measure, so that calm and wild assets and all candle widths compare.
    """

    indicator: str
    low: float
    high: float
    in_ranges: bool = False

    def points(self, measured: dict[str, float | None]) -> float | None:
        """0-100, or `None` where the indicator (or the range to divide by) is missing."""
        value = measured[self.indicator]
        if value is None:
            return None
        if self.in_ranges:
            percent = measured["atr_14"]
            if not percent:
                return None
            value /= percent / 100.0
        return 100.0 * min(max((value - self.low) / (self.high - self.low), 0.0), 1.0)


SCALES: dict[str, tuple[Scale, ...]] = {
    "trend": (
        Scale("sma_20_distance", -3.0, 3.0, in_ranges=True),
        Scale("sma_50_distance", -5.0, 5.0, in_ranges=True),
        Scale("sma_200_distance", -10.0, 10.0, in_ranges=True),
        Scale("donchian_20_position", 0.0, 1.0),
    ),
    "momentum": (
        Scale("return_7", -3.0, 3.0, in_ranges=True),
        Scale("return_30", -7.0, 7.0, in_ranges=True),
        Scale("macd_histogram", -0.5, 0.5, in_ranges=True),
        Scale("rsi_14", 20.0, 80.0),
    ),
}


class MomentumTrend:
    """`core.ports.Grader`: the mean of a trend part and a momentum part.

    Each part is the mean of its indicators that are there, each mapped to 0-100 by its `Scale`; 50 says
    nothing. Stretched is never marked down: this grade follows moves. Formula and scales are ours; none
    was fitted to outcomes.
    """

    version = "momentum_trend.1"

    def trader(self, asset: str, bars: Bars) -> Grade:
        """The grade of *asset* at the newest of *bars* (one unbroken segment, oldest first).

        Coverage is the share of the 8 indicators that are there; below 0.5 there is no value. The value is
        the mean of *parts*.

        Raises:
            ValueError: no bars, hence no moment to grade.
        """
        if not len(bars):
            raise ValueError(f"{asset}: a grade needs at least one bar")
        measured = measure(bars)
        points = {
            family: [found for scale in scales if (found := scale.points(measured)) is not None]
            for family, scales in SCALES.items()
        }
        wanted = sum(len(scales) for scales in SCALES.values())
        present = sum(len(found) for found in points.values())
        known_at = bars.candle(len(bars) - 1).closed_at
        coverage = present / wanted
        parts = {family: fsum(found) / len(found) for family, found in points.items() if found}
        if coverage < LEAST_COVERAGE:
            why = f"{present} of {wanted} indicators are there; {len(bars)} bars are known"
            return Grade(asset, None, None, coverage, known_at, known_at, self.version, why=why)
        value = fsum(parts.values()) / len(parts)
        return Grade(asset, value, signal(value), coverage, known_at, known_at, self.version, parts)


def signal(value: float) -> Signal:
    """What a grade says to do: 75, 60, 40 and 25 are the borders, each belonging to the stronger side.

    >>> [signal(value).value for value in (75.0, 60.0, 50.0, 40.0, 25.0)]
    ['strong_buy', 'buy', 'neutral', 'sell', 'strong_sell']
    """
    if value >= 75.0:
        return Signal.STRONG_BUY
    if value >= 60.0:
        return Signal.BUY
    if value <= 25.0:
        return Signal.STRONG_SELL
    if value <= 40.0:
        return Signal.SELL
    return Signal.NEUTRAL
