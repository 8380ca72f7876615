"""From a file's frame to the figures and funding rates of each series in it, refused or sound."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from core.instant import DAY, HOUR, Instant, Interval
from core.market import Floats, Instants
from tools.store import lags
from tools.store.catalog import SeriesKey
from tools.store.frames import (
    ROW,
    RefusedFile,
    filtered,
    floats,
    instants,
    renamed,
    require,
    require_ours,
)
from tools.store.gate import CODES, Fault
from tools.store.gate.figures import times_fault, value_fault
from tools.store.manifest import Entry
from tools.store.merge import Incoming
from tools.store.parts import Part
from tools.store.rows import RESTATED

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Group:
    """The rows of one series, or of all metrics of a wide file. *known_at*: as the file tells, where *is_told*."""

    frame: pl.DataFrame
    as_of: Instants
    known_at: Instants
    is_told: Mask


def parts(frame: pl.DataFrame, entry: Entry, bound: Mapping[str, str], now: Instant) -> tuple[Part, ...]:
    """Every series of a file (`read_frame`), judged; *bound* is what the path's names stand for.

    Raises:
        RefusedFile: a structural fault; the row is the file's, counted from 0.
    """
    frame = filtered(renamed(frame, entry.columns), *entry.row_filters(bound))
    if frame.is_empty():
        return ()
    found: list[Part] = []
    faults: list[Fault] = []
    make = _settlements if entry.kind == "funding" else _figures
    for group in _groups(frame, entry):
        try:
            found += make(group, entry, bound, now)
        except RefusedFile as refused:
            at = refused.fault.row
            faults.append(refused.fault if at is None else replace(refused.fault, row=int(group[ROW][at])))
    if faults:
        raise RefusedFile(min(faults, key=lambda fault: -1 if fault.row is None else fault.row))
    return tuple(found)


def _groups(frame: pl.DataFrame, entry: Entry) -> list[pl.DataFrame]:
    """A wide file whole; a long one by its metric, settlements by their venue."""
    if entry.metrics:
        return [frame]
    if entry.kind == "funding":
        require_ours(frame, ("ts", "rate"))
        column = "venue" if "venue" in frame.columns else None
        if column is None and not entry.venue:
            raise RefusedFile(
                Fault("wrong_columns", "there is no column 'venue': name the venue with --venue")
            )
    else:
        _require_long(frame)
        column = "metric"
    if column is None:
        return [frame]
    named = frame.with_columns(pl.col(column).cast(pl.String).str.strip_chars())
    empty = named[column].fill_null("") == ""
    if empty.any():
        row = int(named[ROW][int(empty.arg_max() or 0)])
        raise RefusedFile(Fault("null", f"{column} is empty", row))
    return named.partition_by(column, maintain_order=True)


def _require_long(frame: pl.DataFrame) -> None:
    try:
        require_ours(frame, ("ts", "metric", "value"))
    except RefusedFile as refused:
        told = f"{refused.fault.message}; or say which columns are metrics with --metrics name=column"
        raise RefusedFile(replace(refused.fault, message=told)) from None


def _group(frame: pl.DataFrame, entry: Entry) -> _Group:
    """The times of *frame*: each moment, and when it was known as far as the file tells.

    Raises:
        RefusedFile: a time is empty, or none.
    """
    require_ours(frame, ("ts",))
    as_of, empty = instants(require(frame, "ts"))
    if empty.any():
        raise RefusedFile(Fault("null", "ts is empty", int(np.argmax(empty))))
    rule = entry.known_at
    column = "known_at" if "known_at" in frame.columns else None
    unit = None
    if rule is not None and rule.column is not None:
        column, unit = rule.column, rule.unit
    elif column is None and rule is None and lags.COMPLETION in frame.columns:
        column, unit = lags.COMPLETION, "s"
    if column is None:
        return _Group(frame, as_of, as_of, np.zeros(len(as_of), np.bool_))
    told, absent = instants(require(frame, column), unit)
    return _Group(frame, as_of, told, ~absent)


def _known_at(group: _Group, entry: Entry, usual: Instants) -> tuple[Instants, Mask, int]:
    """When each row was known, whether somebody says so, and how many rows a bare rule makes known too early.

    What the file tells holds, but not before its completion and a rule's *at_least*; *usual* is the table's.
    """
    rule = entry.known_at
    lagged = group.as_of + (rule.lag if rule is not None else 0)
    if rule is None:
        is_completion = "known_at" not in group.frame.columns
        told = np.maximum(group.known_at, usual) if is_completion else group.known_at
        known = np.where(group.is_told, told, usual)
        return np.maximum(known, group.as_of), group.is_told, 0
    if rule.column is None and not group.is_told.any():
        return lagged, np.ones(len(lagged), np.bool_), int(np.count_nonzero(lagged < usual))
    known = np.where(group.is_told, np.maximum(group.known_at, lagged), np.maximum(usual, lagged))
    return np.maximum(known, group.as_of), group.is_told, 0


def _figures(frame: pl.DataFrame, entry: Entry, bound: Mapping[str, str], now: Instant) -> Iterator[Part]:
    """The series of a group: each metric of a wide one, or the one metric of a long one."""
    group = _group(frame, entry)
    if entry.metrics:
        for metric, column in entry.metrics.items():
            values, empty = floats(require(frame, column))
            cells = _Cells(metric, column, entry.units.get(metric, ""), values, ~empty, np.zeros_like(empty))
            yield _figure(group, cells, entry, bound, now)
        return
    metric = str(frame["metric"][0])
    values, empty = floats(require(frame, "value"))
    if empty.any():
        raise RefusedFile(Fault("null", f"{metric}: value is empty", int(np.argmax(empty))))
    unit, strange = entry.units.get(metric, ""), empty
    if not unit and "unit" in frame.columns:
        units = frame["unit"].cast(pl.String).fill_null("")
        unit = str(units[0])
        strange = (units != unit).to_numpy()
    yield _figure(group, _Cells(metric, f"{metric}: value", unit, values, ~empty, strange), entry, bound, now)


@dataclass(frozen=True, slots=True)
class _Cells:
    """The values of one metric. *told_as* names them in a fault; *strange* are in another unit than *unit*."""

    metric: str
    told_as: str
    unit: str
    values: Floats
    present: Mask
    strange: Mask


def _figure(group: _Group, cells: _Cells, entry: Entry, bound: Mapping[str, str], now: Instant) -> Part:
    """One metric. Empty cells of a wide file are no figures."""
    usual = lags.figures_known_at(entry.kind, entry.source, cells.metric, group.as_of)
    known_at, is_stated, early = _known_at(group, entry, usual)
    fault = value_fault(np.where(cells.present, cells.values, 0.0), cells.told_as)
    fault = fault or times_fault(group.as_of, known_at, entry.width, now)
    if fault is not None:
        raise RefusedFile(fault)
    flags = np.zeros(len(known_at), np.uint32)
    flags[cells.strange] = CODES["wrong_unit"].bit
    if entry.restated:
        flags |= RESTATED
    elif lags.is_refilled(entry.source, cells.metric):
        flags[lags.restated_rows(known_at, group.is_told, now)] |= RESTATED
    taken = np.flatnonzero(cells.present)
    taken = taken[np.lexsort((known_at[taken], group.as_of[taken]))]
    (asset, _), *_ = entry.assets_of(bound.get("base"), entry.source, bound.get("base", cells.metric))
    key = SeriesKey(asset, entry.kind, cells.metric, entry.venue, "", entry.width, entry.source)
    values = cells.values[taken, np.newaxis]
    rows = Incoming(group.as_of[taken], known_at[taken], is_stated[taken], values, flags[taken])
    return Part(key, None, rows, unit=cells.unit, early=early)


def _settlements(frame: pl.DataFrame, entry: Entry, bound: Mapping[str, str], now: Instant) -> Iterator[Part]:
    """The funding rates of one venue; of a day's mean *interval* is a day or more."""
    group = _group(frame, entry)
    rates, empty = floats(require(frame, "rate"))
    if empty.any():
        raise RefusedFile(Fault("null", "rate is empty", int(np.argmax(empty))))
    hours = np.full(len(rates), entry.width.ms / HOUR)
    if "interval_hours" in frame.columns:
        told, absent = floats(require(frame, "interval_hours"))
        hours = np.where(absent, hours, told)
    is_daily = hours >= DAY / HOUR
    if not hours.any():
        is_daily = np.full(len(rates), _is_daily(group.as_of))
    known_at, is_stated, early = _known_at(group, entry, lags.funding_known_at(group.as_of, is_daily))
    fault = value_fault(rates, "rate") or value_fault(hours, "interval_hours")
    fault = fault or _negative(hours) or times_fault(group.as_of, known_at, Interval(0), now)
    if fault is not None:
        raise RefusedFile(fault)
    order = np.lexsort((known_at, group.as_of))
    venue = str(frame["venue"][0]) if "venue" in frame.columns else entry.venue
    (asset, _), *_ = entry.assets_of(bound.get("base"), venue, bound.get("base", ""))
    width = Interval(DAY) if bool(is_daily.all()) else Interval(0)
    key = SeriesKey(asset, "funding", "", venue, (entry.symbol or "").format(**bound), width, entry.source)
    flags = np.full(len(rates), RESTATED * entry.restated, np.uint32)
    values = np.column_stack([rates, hours])[order]
    yield Part(
        key, None, Incoming(group.as_of[order], known_at[order], is_stated[order], values, flags), early=early
    )


def _is_daily(as_of: Instants) -> bool:
    """Whether most rows are a day apart: then each is the mean of its day."""
    steps = np.diff(as_of)
    return len(steps) > 1 and bool(np.median(steps) == DAY)


def _negative(hours: Floats) -> Fault | None:
    bad = hours < 0
    return Fault("wrong_columns", "interval_hours is negative", int(np.argmax(bad))) if bad.any() else None
