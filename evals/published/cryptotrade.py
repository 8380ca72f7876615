"""The trading environment of CryptoTrade (EMNLP 2024, pages 1094-1106), with its faults.

Not our loop: it starts half in coin without a fee, decides and fills on the same open, takes its fee from
cash after the trade, and so lets cash go negative. Rebuilt only to check the paper's tables.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from core.market import Floats

START_USD = 1_000_000.0
FEE = 0.004
# 21,000 gas at 70 gwei; the release charges it in units of whatever coin is traded
GAS_UNITS = 21_000 * 70e-9

Strategy = Callable[[Floats], Floats]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the paper's tables. Fractions, not per cent; Sharpe is daily, with ddof 0."""

    total_return: float
    mean: float
    deviation: float
    sharpe: float


def run(opens: Floats, actions: Sequence[float]) -> Row:
    """Lives through *opens*: action t in −1..1 is traded at opens[t] and valued at opens[t + 1].

    Raises:
        ValueError: not one action per step.
    """
    if len(actions) != len(opens) - 1:
        raise ValueError(f"{len(opens)} opens make {len(opens) - 1} steps, not {len(actions)}")
    cash, units = START_USD / 2, START_USD / 2 / float(opens[0])
    worth, returns = START_USD, [0.0]  # the first day's return is a zero that counts
    for step, action in enumerate(actions):
        price = float(opens[step])
        traded = abs(action) * (units * price if action < 0 else cash)
        if traded > 0:  # with nothing to spend, or a debt, a purchase does not happen
            cash -= np.sign(action) * traded + FEE * traded + GAS_UNITS * price
            units += np.sign(action) * traded / price
        now = cash + units * float(opens[step + 1])
        returns.append(now / worth - 1.0)
        worth = now
    daily = np.array(returns)
    deviation = float(daily.std())
    mean = float(daily.mean())
    return Row(worth / START_USD - 1.0, mean, deviation, mean / deviation if deviation > 0 else 0.0)


def buy_and_hold(opens: Floats) -> Floats:
    """Everything into coin on the first day."""
    actions = np.zeros(len(opens))
    actions[0] = 1.0
    return actions


def sma(opens: Floats) -> Floats:
    """Half in above the mean of 15 opens, half out below it, every day anew."""
    return _daily(opens, _mean(opens, 15))


def slma(opens: Floats) -> Floats:
    """Half in while the mean of 15 opens is above that of 30, half out while it is below."""
    return _daily(_mean(opens, 15), _mean(opens, 30))


def macd(opens: Floats) -> Floats:
    """MACD(12, 26, 9), inverted as in the release: *below* its signal buys."""
    line = _ema(opens, 12) - _ema(opens, 26)
    return _daily(_ema(line, 9), line)


def bollinger(opens: Floats) -> Floats:
    """Half in below the lower band (20 opens, 2 deviations), half out above the upper one."""
    middle, spread = _mean(opens, 20), 2.0 * _deviation(opens, 20)
    below, above = opens < middle - spread, opens > middle + spread
    signal: Floats = 0.5 * (below.astype(float) - above.astype(float))
    return signal


STRATEGIES: dict[str, Strategy] = {
    "buy_and_hold": buy_and_hold,
    "sma": sma,
    "slma": slma,
    "macd": macd,
    "bollinger": bollinger,
}


def _daily(left: Floats, right: Floats) -> Floats:
    """+0.5 where *left* is above *right*, −0.5 below it, 0 where either is unknown or they are equal."""
    signal: Floats = 0.5 * ((left > right).astype(float) - (left < right).astype(float))
    return signal


def _windows(opens: Floats, width: int) -> Floats:
    found: Floats = np.lib.stride_tricks.sliding_window_view(opens, width)
    return found


def _warm(values: Floats, length: int) -> Floats:
    return np.concatenate((np.full(length - len(values), np.nan), values))


def _mean(opens: Floats, width: int) -> Floats:
    means: Floats = _windows(opens, width).mean(axis=1)
    return _warm(means, len(opens))


def _deviation(opens: Floats, width: int) -> Floats:
    deviations: Floats = _windows(opens, width).std(axis=1, ddof=1)
    return _warm(deviations, len(opens))


def _ema(values: Floats, span: int) -> Floats:
    """Exponential mean that starts at the first value (``adjust=False``)."""
    weight, found = 2.0 / (span + 1.0), np.empty(len(values))
    found[0] = values[0]
    for index in range(1, len(values)):
        found[index] = weight * values[index] + (1.0 - weight) * found[index - 1]
    return found
