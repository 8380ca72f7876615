"""The probability of backtest overfitting, by combinatorially symmetric cross-validation.

Source: Bailey, Borwein, López de Prado and Zhu, "The Probability of Backtest Overfitting" (2015).
"""

from __future__ import annotations

from itertools import combinations

import numpy as np

from core.market import Floats


def overfitting(returns: Floats, parts: int = 16) -> float:
    """How often the best in one half of the days is in the lower half of the deciders in the other.

    Args:
        returns: Daily returns, shape (days, k), k at least 2.
        parts: Equal parts that the days are cut into, an even number; what is left over at the end is dropped.

    Raises:
        ValueError: fewer than two deciders, or not enough days for so many parts.
    """
    days, deciders = returns.shape
    length = days // parts
    if deciders < 2 or parts % 2 or length < 2:
        raise ValueError(f"{deciders} deciders over {days} days cannot be cut into {parts} even parts")
    cut = returns[: length * parts].reshape(parts, length, deciders)
    # sums of each part are enough for the mean and deviation of any union of parts
    sums, squares = cut.sum(axis=1), (cut**2).sum(axis=1)
    whole, whole_squares = sums.sum(axis=0), squares.sum(axis=0)
    count = length * parts // 2
    below = total = 0
    for chosen in combinations(range(parts), parts // 2):
        picked = list(chosen)
        inside, inside_squares = sums[picked].sum(axis=0), squares[picked].sum(axis=0)
        best = int(np.argmax(_sharpe(inside, inside_squares, count)))
        outside = _sharpe(whole - inside, whole_squares - inside_squares, count)
        rank = float((outside < outside[best]).sum() + 0.5 * (outside == outside[best]).sum() + 0.5)
        below += rank / (deciders + 1) <= 0.5
        total += 1
    return below / total


def _sharpe(sums: Floats, squares: Floats, count: int) -> Floats:
    mean = sums / count
    variance = np.maximum(squares / count - mean**2, 0.0)
    found: Floats = np.divide(mean, np.sqrt(variance), out=np.zeros_like(mean), where=variance > 0)
    return found
