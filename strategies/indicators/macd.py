"""Moving average convergence/divergence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.market import Floats
from strategies.indicators.moving_average import smoothed


@dataclass(frozen=True, slots=True, eq=False)
class Macd:
    """The two lines, n values each; *line* starts at bar *slow* − 1, *signal* at *slow* + *signal* − 2."""

    line: Floats
    signal: Floats


def macd(closes: Sequence[float] | Floats, fast: int = 12, slow: int = 26, signal: int = 9) -> Macd:
    """Fast minus slow exponential mean of the closes, and the exponential mean of that.

    Args:
        closes: Oldest first; length n.
        fast: Span of the fast mean in bars.
        slow: Span of the slow mean; more than *fast*.
        signal: Span of the signal line.

    Returns:
        Both lines in the units of *closes*, NaN while warming up.

    Raises:
        ValueError: a span is below 1, or *fast* is not below *slow*.

    Source: G. Appel, "The Moving Average Convergence-Divergence Method" (1979), with means begun at the
    first close as in `ema`.

    >>> lines = macd([1.0, 2.0, 4.0, 8.0, 8.0], fast=1, slow=3, signal=3)
    >>> lines.line.tolist(), lines.signal.tolist()
    ([nan, nan, 1.25, 2.625, 1.3125], [nan, nan, nan, nan, 1.5])
    """
    if fast >= slow:
        raise ValueError(f"fast must be below slow, was {fast} against {slow}")
    line = smoothed(closes, fast) - smoothed(closes, slow)
    mean = smoothed(line, signal)
    line[: slow - 1] = np.nan
    mean[: slow + signal - 2] = np.nan
    return Macd(line, mean)
