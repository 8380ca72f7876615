"""An account's equity over time, from its fills and the market's closes. Floats: looked at, never spent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from core.instant import DAY, Instant, Interval
from core.market import Bars, Floats, Instants
from core.money import ZERO, add, multiply, subtract
from core.orders import Fill, Side


@dataclass(frozen=True, slots=True)
class Curve:
    """Three columns of equal length: instants (rising), equity in quote currency, and exposure.

    The first row is the start, before anything was bought. *exposure* is the fraction of equity that
    is not cash, 0 where equity is 0.
    """

    at: Instants
    equity: Floats
    exposure: Floats

    def __len__(self) -> int:
        return len(self.at)


def equity_curve(
    fills: Sequence[Fill],
    bars: Mapping[str, Bars],
    cash: Decimal,
    start: Instant,
    end: Instant,
    grain: Interval,
) -> Curve:
    """Equity at *start* and at every bar close up to *end*.

    A fill counts from the first close after it: one at the open of a bar from that bar's close on. A
    symbol without a bar at an instant keeps its last close; before its first close it is worth the
    price of its latest fill.

    Args:
        fills: Trades of the account, in any order.
        bars: Closed candles by symbol; every column is float.
        cash: Quote currency at *start*.
        start: First instant of the curve.
        end: Last instant of the curve, inclusive.
        grain: Distance between closes, anchored at 00:00 UTC.

    Raises:
        ValueError: *end* is before *start*.
    """
    at = _closes(start, end, grain)
    trades = sorted(fills, key=lambda fill: fill.at)
    balance = _stepped(at, trades, cash, (_paid(fill) for fill in trades))
    value = np.zeros(len(at))
    for symbol in sorted({fill.symbol for fill in trades}):
        own = [fill for fill in trades if fill.symbol == symbol]
        held = _stepped(at, own, ZERO, (_received(fill) for fill in own))
        value += held * _marks(at, own, bars.get(symbol))
    equity = balance + value
    exposure = np.divide(value, equity, out=np.zeros(len(at)), where=equity > 0)
    return Curve(at, equity, exposure)


def daily(curve: Curve) -> Curve:
    """The start, then the last row of each UTC day; a close at 00:00 belongs to the day that it ends.

    A first or last day that the curve covers only in part counts as a day.
    """
    if len(curve) < 2:
        return curve
    day = (curve.at[1:] - 1) // DAY
    last = np.append(np.flatnonzero(np.diff(day)) + 1, len(curve) - 1)
    rows = np.concatenate(([0], last))
    return Curve(curve.at[rows], curve.equity[rows], curve.exposure[rows])


def _closes(start: Instant, end: Instant, grain: Interval) -> Instants:
    if end < start:
        raise ValueError(f"a curve cannot end at {end}, before its start at {start}")
    closes = np.arange(grain.floor(start) + grain.ms, end + 1, grain.ms, dtype=np.int64)
    return np.concatenate((np.array([start], dtype=np.int64), closes))


def _paid(fill: Fill) -> Decimal:
    notional = multiply(fill.quantity, fill.price)
    raised = subtract(notional, fill.fee)
    return subtract(ZERO, add(notional, fill.fee)) if fill.side is Side.BUY else raised


def _received(fill: Fill) -> Decimal:
    return fill.quantity if fill.side is Side.BUY else subtract(ZERO, fill.quantity)


def _stepped(at: Instants, trades: Sequence[Fill], first: Decimal, changes: Iterable[Decimal]) -> Floats:
    """What has run up at each instant. Summed exactly, so that a closed position is exactly zero."""
    running = [first]
    for change in changes:
        running.append(add(running[-1], change))
    counted = np.searchsorted(np.array([fill.at for fill in trades], dtype=np.int64), at, side="left")
    return np.array([float(amount) for amount in running])[counted]


def _marks(at: Instants, own: Sequence[Fill], bars: Bars | None) -> Floats:
    traded = np.array([float(fill.price) for fill in own])
    latest = np.searchsorted(np.array([fill.at for fill in own], dtype=np.int64), at, side="left") - 1
    marks = traded[np.maximum(latest, 0)]
    if bars is None or not len(bars):
        return marks
    seen = np.searchsorted(bars.opened_at + bars.interval.ms, at, side="right") - 1
    return np.where(seen >= 0, bars.close[np.maximum(seen, 0)], marks)
