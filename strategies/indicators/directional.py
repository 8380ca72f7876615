"""Wilder's directional movement: which way a trend points, and how strongly.

Source of all: J. W. Wilder, "New Concepts in Technical Trading Systems" (1978), pp. 35-47.
"""

from __future__ import annotations

from core.market import Bars
from strategies.indicators.true_range import true_range
from strategies.indicators.wilder import wilder


def plus_di(bars: Bars, period: int = 14) -> float | None:
    """+DI, 0 to 100: smoothed rises of the high over the smoothed true range; needs *period* + 1 bars.

    `None` where price has not moved at all: a range of 0 has no direction.
    """
    reach = _reach(bars, period)
    return 100.0 * (wilder(_moves(bars)[0], period)[-1] / reach) if reach > 0 else None


def minus_di(bars: Bars, period: int = 14) -> float | None:
    """−DI, 0 to 100: as `plus_di`, of the falls of the low."""
    reach = _reach(bars, period)
    return 100.0 * (wilder(_moves(bars)[1], period)[-1] / reach) if reach > 0 else None


def adx(bars: Bars, period: int = 14) -> float | None:
    """Average directional index, 0 to 100: how far the two lie apart; needs 2 x *period* bars.

    Bars on which price left its past range on neither side count as an index of 0. `None` as in `plus_di`.
    """
    if _reach(bars, period) == 0:
        return None
    # The true range cancels out of |+DI − −DI| / (+DI + −DI).
    rises, falls = (wilder(moves, period) for moves in _moves(bars))
    index = [
        100.0 * (abs(rise - fall) / (rise + fall)) if rise + fall > 0 else 0.0
        for rise, fall in zip(rises, falls, strict=True)
    ]
    return wilder(index, period)[-1]


def _reach(bars: Bars, period: int) -> float:
    return wilder(true_range(bars.high, bars.low, bars.close)[1:].tolist(), period)[-1]


def _moves(bars: Bars) -> tuple[list[float], list[float]]:
    """Directional movement up and down of each bar but the first; the greater of the two, the other 0."""
    ups = (bars.high[1:] - bars.high[:-1]).tolist()
    downs = (bars.low[:-1] - bars.low[1:]).tolist()
    pairs = list(zip(ups, downs, strict=True))
    return (
        [up if up > down and up > 0 else 0.0 for up, down in pairs],
        [down if down > up and down > 0 else 0.0 for up, down in pairs],
    )
