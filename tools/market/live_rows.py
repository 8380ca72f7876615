"""What a venue answered, as closed candles that the gate lets in, or the fault that refuses them all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from core.instant import Instant, Interval
from core.market import Bars
from tools.store.gate import Fault, RawRows, first_fault
from tools.store.gate.structural import VALUES

_COLUMNS = 6
_LATEST = 2**53  # milliseconds: beyond it floats skip some


def closed_candles(raw: object, symbol: str, width: Interval, now: Instant) -> Bars | Fault:
    """The candles of *raw* (ccxt's rows) that had closed at *now* by the venue's clock.

    One bad row refuses the whole answer. The running candle is left out, and so is a row that repeats
    another exactly.
    """
    if not isinstance(raw, Sequence) or isinstance(raw, str | bytes):
        return Fault("not_rows", f"the venue answered {type(raw).__name__}, not rows")
    rows: dict[int, Any] = {}
    doubled: list[Any] = []
    for number, row in enumerate(raw):
        if not isinstance(row, Sequence) or isinstance(row, str | bytes) or len(row) < _COLUMNS:
            return Fault("wrong_columns", "a candle has not six values", number)
        opened = row[0]
        if not _is_instant(opened):
            return Fault("null", f"a candle opened at {opened!r}", number)
        if not opened <= now - width.ms and opened <= now + width.ms:
            continue
        known = rows.setdefault(int(opened), row)
        if known is not row and list(known[:_COLUMNS]) != list(row[:_COLUMNS]):
            doubled.append(row)
    return _judged([*rows.values(), *doubled], symbol, width, now)


def _is_instant(told: object) -> bool:
    """Whether *told* is a whole number of milliseconds that a clock may show."""
    if isinstance(told, bool) or not isinstance(told, int | float):
        return False
    return 0 <= told < _LATEST and told == int(told)


def _judged(rows: list[Any], symbol: str, width: Interval, now: Instant) -> Bars | Fault:
    try:
        cells = np.array([[_number(cell) for cell in row[:_COLUMNS]] for row in rows], dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        return Fault("wrong_columns", "a candle holds something else than numbers")
    table = cells.reshape(len(rows), _COLUMNS)
    opened_at = table[:, 0].astype(np.int64)
    nulls = np.array([[cell is None for cell in row[:_COLUMNS]] for row in rows], dtype=np.bool_)
    absent = nulls.reshape(len(rows), _COLUMNS)
    names = ("ts", *VALUES)
    found = RawRows(
        opened_at,
        {name: table[:, 1 + index] for index, name in enumerate(VALUES)},
        {name: absent[:, index] for index, name in enumerate(names)},
    )
    if len(rows) and (fault := first_fault(found, width, now)) is not None:
        return fault
    return Bars(symbol, width, opened_at, *(np.ascontiguousarray(table[:, 1 + index]) for index in range(5)))


def _number(cell: object) -> float:
    if cell is None:
        return float("nan")
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        raise TypeError("not a number")
    return float(cell)
