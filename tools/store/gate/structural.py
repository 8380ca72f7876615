"""Faults that no row may have: a file that holds one is refused at import (codes 3-13 and 22)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.instant import Instant, Interval, duration_text, iso
from core.market import Floats, Instants

PRICES = ("open", "high", "low", "close")
VALUES = (*PRICES, "volume")

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a file is refused. *row*: index of the first bad row among those judged; None means the whole."""

    code: str
    message: str
    row: int | None = None


@dataclass(frozen=True, slots=True)
class RawRows:
    """Rows as a file gave them. *nulls* marks empty cells, by column; their values mean nothing."""

    opened_at: Instants
    values: Mapping[str, Floats]
    nulls: Mapping[str, Mask]

    def __len__(self) -> int:
        return len(self.opened_at)


def first_fault(rows: RawRows, interval: Interval, now: Instant) -> Fault | None:
    """The first bad row and its code (the lowest, where a row has several); None where all are sound.

    That the rows are another interval apart than said is told before single misaligned rows.
    """
    faults = [fault for check in _CHECKS if (fault := check(rows)) is not None]
    faults += [fault for fault in (_order(rows), future(rows, interval, now)) if fault is not None]
    if faults:
        return min(faults, key=lambda fault: fault.row or 0)
    return wrong_interval(rows, interval) or misaligned(rows, interval)


def _at(mask: Mask) -> int | None:
    return int(np.argmax(mask)) if mask.any() else None


def _of_values(code: str, text: str, columns: tuple[str, ...], bad: Callable[[RawRows, str], Mask]) -> _Check:
    """A check of single cells: *text* says what is wrong with the named column."""

    def check(rows: RawRows) -> Fault | None:
        found = [(row, name) for name in columns if (row := _at(bad(rows, name))) is not None]
        if not found:
            return None
        row, name = min(found)
        return Fault(code, f"{name} {text.format(value=_shown(rows, name, row))}", row)

    return check


_Check = Callable[[RawRows], Fault | None]


def _shown(rows: RawRows, name: str, row: int) -> str:
    return repr(float(rows.values[name][row])) if name in rows.values else ""


def _present(rows: RawRows, name: str) -> Mask:
    return ~rows.nulls[name]


def _body(code: str, side: str, text: str) -> _Check:
    """A check of a candle's shape: *side* lies on the wrong side of open or close."""

    def check(rows: RawRows) -> Fault | None:
        values = rows.values
        with np.errstate(invalid="ignore"):
            if side == "high":
                bad = values["high"] < np.maximum(values["open"], values["close"])
            else:
                bad = values["low"] > np.minimum(values["open"], values["close"])
        row = _at(bad & _present(rows, "open") & _present(rows, "close") & _present(rows, side))
        if row is None:
            return None
        shown = ", ".join(f"{name} {float(values[name][row])!r}" for name in ("open", side, "close"))
        return Fault(code, f"{text}: {shown}", row)

    return check


_CHECKS: tuple[_Check, ...] = (
    _of_values("null", "is empty", ("ts", *VALUES), lambda rows, name: rows.nulls[name]),
    _of_values(
        "nan",
        "is not a number",
        VALUES,
        lambda rows, name: _present(rows, name) & np.isnan(rows.values[name]),
    ),
    _of_values(
        "infinite",
        "is {value}",
        VALUES,
        lambda rows, name: _present(rows, name) & np.isinf(rows.values[name]),
    ),
    _of_values(
        "nonpositive_price",
        "is {value}",
        PRICES,
        lambda rows, name: _present(rows, name) & (rows.values[name] <= 0),
    ),
    _of_values(
        "negative_volume",
        "is {value}",
        ("volume",),
        lambda rows, name: _present(rows, name) & (rows.values[name] < 0),
    ),
    _body("high_below_body", "high", "the high is below the body"),
    _body("low_above_body", "low", "the low is above the body"),
)


def _order(rows: RawRows) -> Fault | None:
    times = rows.opened_at
    row = _at((times[1:] <= times[:-1]) & ~rows.nulls["ts"][1:] & ~rows.nulls["ts"][:-1])
    if row is None:
        return None
    row += 1
    at = Instant(int(times[row]))
    if (times[:row] == at).any():
        return Fault("duplicate", f"{iso(at)} stands there twice", row)
    return Fault("out_of_order", f"{iso(at)} comes after {iso(Instant(int(times[row - 1])))}", row)


def future(rows: RawRows, interval: Interval, now: Instant) -> Fault | None:
    """The first row more than one interval after *now*."""
    row = _at((rows.opened_at > now + interval.ms) & ~rows.nulls["ts"])
    if row is None:
        return None
    return Fault("future", f"{iso(Instant(int(rows.opened_at[row])))} is after {iso(now)}", row)


def wrong_interval(rows: RawRows, interval: Interval) -> Fault | None:
    """The most frequent distance between rows must be *interval*; two rows alone prove nothing."""
    if len(rows) < 3:
        return None
    steps = np.diff(rows.opened_at)
    widths, times = np.unique(steps, return_counts=True)
    most = int(widths[np.argmax(times)])
    if most == interval.ms or times[widths == interval.ms].sum() == times.max():
        return None
    return Fault(
        "wrong_interval",
        f"most rows are {duration_text(most)} apart, not {interval}",
        int(np.argmax(steps != interval.ms)) + 1,
    )


def misaligned(rows: RawRows, interval: Interval) -> Fault | None:
    """The first row whose time is no boundary of *interval*."""
    row = _at(rows.opened_at % interval.ms != 0)
    if row is None:
        return None
    return Fault("misaligned", f"{iso(Instant(int(rows.opened_at[row])))} is no boundary of {interval}", row)
