"""How far below its own peak an account stood, and for how long."""

from __future__ import annotations

import numpy as np

from core.instant import DAY
from core.market import Floats
from strategies.measure.curve import Curve


def drawdown(curve: Curve) -> Floats:
    """Equity over its running peak, minus 1: 0 at a peak, else below 0; 0 while the peak is 0."""
    peak = np.maximum.accumulate(curve.equity)
    return np.divide(curve.equity, peak, out=np.ones(len(curve)), where=peak > 0) - 1.0


def longest_drawdown_days(curve: Curve) -> float:
    """Days of the longest stretch from a peak until it was reached again, or until the curve's end."""
    if len(curve) < 2:
        return 0.0
    at_peak = curve.equity >= np.maximum.accumulate(curve.equity)
    since = np.maximum.accumulate(np.where(at_peak, curve.at, curve.at[0]))
    # The close that reaches the peak again still belongs to the stretch, hence the row before it decides.
    under_water = np.where(at_peak[:-1], 0, curve.at[1:] - since[:-1])
    ended = 0 if at_peak[-1] else curve.at[-1] - since[-1]
    return float(max(int(under_water.max()), int(ended))) / DAY
