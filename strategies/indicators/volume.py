"""What volume says of price's moves. Each is `None` where nothing was traded in its window."""

from __future__ import annotations

from math import fsum

import numpy as np

from core.market import Bars
from strategies.indicators.oscillators import typical


def volume_ratio(bars: Bars, period: int = 20) -> float | None:
    """Newest volume over the mean of *period* volumes, its own included."""
    volumes = bars.volume[-period:].tolist()
    total = fsum(volumes)
    return volumes[-1] * period / total if total > 0 else None


def obv_slope(bars: Bars, period: int = 20) -> float | None:
    """Least-squares slope of on-balance volume over *period* bars, in mean volumes a bar.

    About 1 where each bar closes higher, about −1 where each closes lower. Needs *period* + 1 bars.

    Source: J. Granville, "New Key to Stock Market Profits" (1963); the slope over mean volume is ours.
    """
    signs = np.sign(np.diff(bars.close[-period - 1 :])).tolist()
    volumes = bars.volume[-period:].tolist()
    mean = fsum(volumes) / period
    if mean <= 0:
        return None
    balance, centre, weighted = 0.0, (period - 1) / 2.0, []
    for place, (sign, volume) in enumerate(zip(signs, volumes, strict=True)):
        balance += sign * volume
        weighted.append((place - centre) * balance)
    return fsum(weighted) / (period * (period * period - 1) / 12.0) / mean


def money_flow_index(bars: Bars, period: int = 14) -> float | None:
    """Share of typical price x volume that flowed in on rises, 0 to 100; needs *period* + 1 bars.

    Source: G. Quong and A. Soudack, "Volume-Weighted RSI: Money Flow", Stocks & Commodities 7:3 (1989).
    """
    prices = typical(bars.slice(len(bars) - period - 1, len(bars)))
    flows = np.sign(np.diff(prices)) * prices[1:] * bars.volume[-period:]
    inflow = fsum(flow for flow in flows.tolist() if flow > 0)
    outflow = -fsum(flow for flow in flows.tolist() if flow < 0)
    return None if inflow + outflow == 0 else 100.0 * (inflow / (inflow + outflow))
