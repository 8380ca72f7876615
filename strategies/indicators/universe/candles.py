"""What many formulas start from: the columns of a candle, its changes, ranges and flows."""

from __future__ import annotations

from strategies.indicators.universe.elementary import (
    above,
    greater,
    lesser,
    logarithm,
    rise,
    sign,
    where_moved,
)
from strategies.indicators.universe.frame import BARS_A_YEAR
from strategies.indicators.universe.moving import delay, rma
from strategies.indicators.universe.node import Node, source
from strategies.indicators.universe.statistic import highest, lowest

OPEN, HIGH, LOW, CLOSE, VOLUME = (source(name) for name in ("open", "high", "low", "close", "volume"))
PER_YEAR = source(BARS_A_YEAR)

LAST_CLOSE = delay(CLOSE, 1)
CHANGE = CLOSE - LAST_CLOSE
RETURN = CLOSE / LAST_CLOSE - 1.0
LOG_CLOSE = logarithm(CLOSE)
LOG_RETURN = LOG_CLOSE - delay(LOG_CLOSE, 1)
TYPICAL = (HIGH + LOW + CLOSE) / 3.0
MEDIAN_PRICE = (HIGH + LOW) / 2.0
REACH = HIGH - LOW
TRUE_RANGE = greater(HIGH, LAST_CLOSE) - lesser(LOW, LAST_CLOSE)
ATR = rma(TRUE_RANGE, 14)
SIGNED_VOLUME = sign(CHANGE) * VOLUME
TRADED_VALUE = CLOSE * VOLUME


def past_return(of: Node, rows: int) -> Node:
    """Simple return over *rows*."""
    return of / delay(of, rows) - 1.0


def place(of: Node, low: Node, high: Node) -> Node:
    """Where *of* lies between *low* (0) and *high* (1); nothing where they meet."""
    return (of - low) / where_moved(high - low, high - low)


def position(length: int) -> Node:
    """The close between the lowest low (0) and the highest high (1) of *length* bars."""
    return place(CLOSE, lowest(LOW, length), highest(HIGH, length))


def moves() -> tuple[Node, Node]:
    """Wilder's directional movement up and down: the greater of the two, the other 0."""
    up, down = HIGH - delay(HIGH, 1), delay(LOW, 1) - LOW
    return rise(up) * above(up, down), rise(down) * above(down, up)
