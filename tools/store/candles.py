"""From a file's frame to the candles of each series in it, refused or sound."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from core.assets import split_symbol
from core.errors import UsageError
from core.instant import DAY, Instant, Interval
from core.market import Instants
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
from tools.store.gate import CODES, Fault, RawRows, first_fault
from tools.store.gate.structural import VALUES
from tools.store.manifest import Entry
from tools.store.merge import Incoming
from tools.store.parts import Part
from tools.store.rows import RESTATED

QUOTES = ("USDT", "USDC", "FDUSD", "BUSD", "TUSD", "USD", "EUR", "BTC", "ETH", "BNB")


def parts(frame: pl.DataFrame, entry: Entry, bound: Mapping[str, str], now: Instant) -> tuple[Part, ...]:
    """Every series of a file (`read_frame`), judged; *bound* is what the path's names stand for.

    Raises:
        RefusedFile: a structural fault; the row is the file's, counted from 0.
    """
    frame = filtered(renamed(frame, entry.columns), *entry.row_filters(bound))
    found: list[Part] = []
    faults: list[Fault] = []
    for symbol, group in _by_symbol(frame, entry, bound):
        try:
            found += _series(group, symbol, entry, bound, now)
        except RefusedFile as refused:
            at = refused.fault.row
            faults.append(refused.fault if at is None else replace(refused.fault, row=int(group[ROW][at])))
    if faults:
        raise RefusedFile(min(faults, key=lambda fault: -1 if fault.row is None else fault.row))
    return tuple(found)


def _by_symbol(
    frame: pl.DataFrame, entry: Entry, bound: Mapping[str, str]
) -> Iterator[tuple[str, pl.DataFrame]]:
    if entry.symbol is not None:
        try:
            symbol = entry.symbol.format(**bound)
        except (KeyError, IndexError, ValueError):
            raise UsageError(
                f"symbol {entry.symbol!r} names what {entry.path!r} does not bind",
                "Bind it as {name} in the path.",
            ) from None
        split_symbol(symbol)
        yield symbol, frame
        return
    column = entry.symbol_column or ""
    require(frame, column)
    groups = frame.with_columns(pl.col(column).cast(pl.String)).partition_by(column, maintain_order=True)
    for group in groups:
        yield _spelled(group[column][0], column, int(group[ROW][0])), group


def _spelled(text: str | None, column: str, row: int) -> str:
    """``BASE/QUOTE`` from ``BASEQUOTE``, ``BASE-QUOTE`` or ``BASE_QUOTE``."""
    spelled = (text or "").upper().replace("-", "/").replace("_", "/")
    if "/" not in spelled:
        quote = next((q for q in QUOTES if spelled.endswith(q) and spelled != q), "")
        spelled = f"{spelled.removesuffix(quote)}/{quote}"
    try:
        split_symbol(spelled)
    except UsageError:
        raise RefusedFile(Fault("wrong_columns", f"{column} is {text!r}, no symbol", row)) from None
    return spelled


def _series(
    group: pl.DataFrame, symbol: str, entry: Entry, bound: Mapping[str, str], now: Instant
) -> Iterator[Part]:
    width = entry.width
    require_ours(group, ("ts", *VALUES))
    opened, no_time = instants(require(group, "ts"))
    values, nulls = {}, {"ts": no_time}
    for name in VALUES:
        values[name], nulls[name] = floats(require(group, name))
    fault = first_fault(RawRows(opened, values, nulls), width, now)
    if fault is not None:
        raise RefusedFile(
            replace(fault, message=f"{symbol}: {fault.message}") if entry.symbol_column else fault
        )
    known_at, is_stated = _known_at(group, entry, opened, width)
    flags = np.zeros(len(opened), np.uint32)
    if width.ms == DAY and "hours" in group.columns:
        flags[floats(group["hours"])[0] < 24] = CODES["partial_day"].bit
    flags[_perpetual(group)] |= CODES["perpetual"].bit
    flags |= RESTATED * entry.restated
    matrix = np.column_stack([values[name] for name in VALUES])
    closed = opened + width.ms <= now
    begins = np.iinfo(np.int64).min
    base = bound.get("base", split_symbol(symbol)[0])
    for asset, ends_at in entry.assets_of(base, entry.venue, symbol):
        mine = (opened >= begins) & ((opened < ends_at) if ends_at is not None else True)
        begins = ends_at if ends_at is not None else begins
        taken = mine & closed
        key = SeriesKey(asset, "ohlcv", "", entry.venue, symbol, width, entry.source)
        rows = Incoming(opened[taken], known_at[taken], is_stated[taken], matrix[taken], flags[taken])
        yield Part(key, ends_at, rows, int(np.count_nonzero(mine & ~closed)))


def _perpetual(group: pl.DataFrame) -> NDArray[np.bool_]:
    """The rows that the file's own column *src* says come from a perpetual contract, where others are of spot."""
    if "src" not in group.columns:
        return np.zeros(len(group), np.bool_)
    origin = group["src"].cast(pl.String).fill_null("")
    perpetual = origin.str.contains("perp|swap").to_numpy()
    return perpetual if origin.str.contains("spot").any() else np.zeros(len(group), np.bool_)


def _known_at(
    group: pl.DataFrame, entry: Entry, opened: Instants, width: Interval
) -> tuple[Instants, NDArray[np.bool_]]:
    """When each candle was known, never before its close; and whether the file or the manifest says so."""
    rule = entry.known_at
    closes = opened + width.ms
    known_at = closes if rule is None else np.maximum(closes, opened + rule.lag)
    is_stated = np.full(len(opened), rule is not None and rule.lag > 0)
    named = rule.column if rule is not None else None
    column = named or ("known_at" if "known_at" in group.columns else None)
    if column is not None:
        told, empty = instants(require(group, column), rule.unit if rule is not None else None)
        known_at = np.where(empty, known_at, np.maximum(known_at, told))
        is_stated = is_stated | ~empty
    return known_at, is_stated
