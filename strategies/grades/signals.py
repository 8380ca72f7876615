"""What a grade says to do, without wavering at a border."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from core.grades import Signal
from core.market import Floats

STRONG_BUY, BUY, SELL, STRONG_SELL = 80.0, 60.0, 40.0, 20.0
MARGIN = 3.0
LADDER = (Signal.STRONG_SELL, Signal.SELL, Signal.NEUTRAL, Signal.BUY, Signal.STRONG_BUY)
RISES_AT = (STRONG_SELL + MARGIN, SELL + MARGIN, BUY, STRONG_BUY)
"""Where each signal of `LADDER` but the last gives way to the next better one: above it, at `BUY` and `STRONG_BUY` on it."""
FALLS_AT = (STRONG_SELL, SELL, BUY - MARGIN, STRONG_BUY - MARGIN)
"""Where each signal of `LADDER` but the first gives way to the next worse one: below it, at `SELL` and `STRONG_SELL` on it."""
NOTHING = -128
SIGNALS: Mapping[int, Signal] = MappingProxyType(
    {-2: Signal.STRONG_SELL, -1: Signal.SELL, 0: Signal.NEUTRAL, 1: Signal.BUY, 2: Signal.STRONG_BUY}
)
_CODES = {signal: code for code, signal in SIGNALS.items()}
Codes = NDArray[np.int8]


def signal_after(before: Signal | None, value: float | None) -> Signal | None:
    """The signal at *value* where the day before it was *before*.

    A signal is entered at 80, 60, 40 or 20 and left only 3 points back. A grade that is not known has none, and
    what was before is forgotten.

    >>> signal_after(Signal.BUY, 57.0).value, signal_after(Signal.NEUTRAL, 57.0).value
    ('buy', 'neutral')
    """
    held = NOTHING if before is None else _CODES[before]
    values = np.array([np.nan if value is None else value])
    return SIGNALS.get(int(_after(np.array([held], dtype=np.int8), values)[0]))


def signals(values: Floats, before: Codes | None = None) -> Codes:
    """The signal of each asset on each day, folded over days: T x N codes (keys of `SIGNALS`, else `NOTHING`).

    *before* is the row of codes that came before the first one.
    """
    codes = np.full(values.shape, NOTHING, dtype=np.int8)
    held = np.full(values.shape[1:], NOTHING, dtype=np.int8) if before is None else before
    for index in range(len(values)):
        held = codes[index] = _after(held, values[index])
    return codes


def signals_from_within(values: Floats) -> tuple[Codes, int]:
    """`signals` of days before which there were others that nobody knows, and the first row on which all are certain.

    From there on they are what they are whatever was before. The row is T where none is.
    """
    anything = np.array([NOTHING, *SIGNALS], dtype=np.int8)
    held = np.broadcast_to(anything[:, None], (len(anything), values.shape[1]))
    codes, first = np.full(values.shape, NOTHING, dtype=np.int8), len(values)
    for index in range(len(values)):
        held = _after(held, values[index])
        codes[index] = held[0]
        if first == len(values) and bool((held == held[0]).all()):
            first = index
    return codes, first


def _after(held: Codes, values: Floats) -> Codes:
    up = np.where(held >= 1, MARGIN, 0.0), np.where(held == 2, MARGIN, 0.0)
    down = np.where((held <= -1) & (held != NOTHING), MARGIN, 0.0), np.where(held == -2, MARGIN, 0.0)
    rises = (values >= BUY - up[0]).astype(np.int8) + (values >= STRONG_BUY - up[1])
    falls = (values <= SELL + down[0]).astype(np.int8) + (values <= STRONG_SELL + down[1])
    return np.where(np.isnan(values), NOTHING, rises - falls).astype(np.int8)
