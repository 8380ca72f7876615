"""The state of the whole market, read from the daily candles of its leading asset."""

from __future__ import annotations

import numpy as np

from core.grades import Regime
from core.instant import DAY
from core.market import Bars
from strategies.indicators.trend import sma_distance
from strategies.indicators.volatility import realised_volatility

MEAN_DAYS = 200
HIGH_DAYS = 90
VOLATILITY_DAYS = 30
HISTORY_DAYS = 365
DEEP = 0.80
WILD = 0.90


def regime(daily: Bars) -> Regime | None:
    """The regime at the newest of *daily*'s closes; `None` below 200 of them.

    - stress: at least 20 % below the 90-day high, and 30-day volatility in the highest tenth of its last year;
    - bull: at or above the 200-day mean, and less than 20 % below the 90-day high;
    - bear: below the 200-day mean, and at least 20 % below the 90-day high;
    - range: neither.

    Args:
        daily: One unbroken segment of the leading asset's daily candles, oldest first; only the newest 396
            are looked at (a year of 30-day volatilities). The thresholds are ours.

    Raises:
        ValueError: the candles are not daily.
    """
    if daily.interval.ms != DAY:
        raise ValueError(f"a regime is read from daily candles, not {daily.interval}")
    if len(daily) < MEAN_DAYS:
        return None
    deep = bool(daily.close[-1] <= DEEP * daily.high[-HIGH_DAYS:].max())
    if deep and _volatility_percentile(daily) >= WILD:
        return Regime.STRESS
    above = sma_distance(daily, MEAN_DAYS) >= 0
    if above == deep:
        return Regime.RANGE
    return Regime.BULL if above else Regime.BEAR


def _volatility_percentile(daily: Bars) -> float:
    """Share of the last year's earlier 30-day volatilities that lie below the newest one."""
    closes = daily.close[-(HISTORY_DAYS + VOLATILITY_DAYS + 1) :]
    *past, newest = realised_volatility(closes, VOLATILITY_DAYS)[VOLATILITY_DAYS:].tolist()
    return float(np.mean(np.array(past) < newest))
