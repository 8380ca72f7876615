"""What there is to know about a series of candles: holes, changes of scale and of meaning, bad rows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from core.assets import split_symbol
from core.instant import iso
from core.market import Bars
from tools.store.audit.finding import DISAGREEMENT, Finding, Severity, finding, span_text, times
from tools.store.catalog import SeriesInfo
from tools.store.gate import CODES, examine, flag_counts
from tools.store.gate.breaks import LONGEST_HOLE
from tools.store.store import Store

_SERIOUS = ("stale", "zero_volume_run", "wrong_unit", "ticker_reuse", "redenomination", "perpetual")
_FROM_FILE = CODES["partial_day"].bit | CODES["perpetual"].bit
_LEVERAGED = re.compile(r"(.+?)(UP|DOWN|BULL|BEAR|[2-9][LS])")
_SCALE = ("redenomination", "wrong_unit", "ticker_reuse")


def of_candles(
    info: SeriesInfo, bars: Bars, stored: NDArray[np.uint32], leveraged_on: str | None
) -> Iterator[Finding]:
    """The holes one by one, the changes of scale, and each other flag once.

    *leveraged_on*: the ticker that this is a leveraged token of; its changes of scale are told with that.
    """
    seen = examine(bars)
    consolidated = 0
    for one in seen.breaks:
        at, before = int(bars.opened_at[one.index]), int(bars.opened_at[one.index - 1])
        if one.code == "gap":
            hole = at - before - info.interval.ms
            ends = "; a new segment begins" if hole > LONGEST_HOLE else ""
            text = f"{times(hole // info.interval.ms, 'candle')} absent ({span_text(hole)}){ends}"
            yield finding(info, "gap", "warning", (before + info.interval.ms, at), text)
        elif leveraged_on is not None:
            consolidated += 1
        else:
            ratio = float(bars.open[one.index] / bars.close[one.index - 1])
            text = f"{CODES[one.code].meaning}: the price went x{ratio:.6g} from close to open"
            yield finding(info, one.code, "warning", (at, at + info.interval.ms), text)
    if leveraged_on is not None:
        text = f"a leveraged token on {leveraged_on}, which its issuer consolidates"
        text += f"; {times(consolidated, 'change')} of scale" if consolidated else ""
        yield finding(info, "leveraged", "warning", (info.first, info.last + info.interval.ms), text)
    flags = seen.flags | (stored & np.uint32(_FROM_FILE))
    told = {"gap", *(one.code for one in seen.breaks)}
    for code, rows in flag_counts(flags).items():
        if code not in told:
            marked = np.flatnonzero(flags & np.uint32(CODES[code].bit))
            span = (int(bars.opened_at[marked[0]]), int(bars.opened_at[marked[-1]]) + info.interval.ms)
            severity: Severity = "warning" if code in _SERIOUS else "info"
            yield finding(info, code, severity, span, f"{times(rows, 'candle')}: {CODES[code].meaning}")


def of_the_end(store: Store, info: SeriesInfo) -> Iterator[Finding]:
    """That trading ended, where it did."""
    if (ended := store.ended_at(info)) is not None:
        text = f"it ended {iso(ended)} while others of {info.source} go on"
        yield finding(info, "delisted", "info", (ended, None), text)


def leveraged(infos: Sequence[SeriesInfo]) -> Mapping[int, str]:
    """By series, the ticker that a leveraged token is on: its name says so, and the venue trades that ticker."""
    traded = {(info.venue, split_symbol(info.symbol)[0]) for info in infos if info.key.kind == "ohlcv"}
    found = {}
    for info in infos:
        name = _LEVERAGED.fullmatch(info.symbol.partition("/")[0]) if info.key.kind == "ohlcv" else None
        if name is not None and (info.venue, name[1]) in traded:
            found[info.id] = name[1]
    return found


def reused(infos: Sequence[SeriesInfo]) -> Iterator[Finding]:
    """Tickers that mean another asset after some moment, as the manifests say."""
    told: set[tuple[str, str, int]] = set()
    for info in infos:
        mark = (info.venue, info.symbol, info.ends_at or 0)
        if info.ends_at is None or mark in told:
            continue
        told.add(mark)
        after = [s for s in infos if (s.venue, s.symbol) == mark[:2] and s.first >= info.ends_at]
        if after:
            begins = min(s.first for s in after)
            text = f"{info.symbol} means {info.asset} until {iso(info.ends_at)}, {after[0].asset} from {iso(begins)}"
            yield finding(info, "ticker_reuse", "warning", (info.ends_at, begins), text)


def disagreements(
    several: Sequence[tuple[SeriesInfo, NDArray[np.int64], NDArray[np.float64]]], what: str
) -> Iterator[Finding]:
    """The values of the first source, as (series, moments, values), against those of each other one."""
    if len(several) < 2:
        return
    info, moments, values = several[0]
    for other, theirs, told in several[1:]:
        _, here, there = np.intersect1d(moments, theirs, assume_unique=True, return_indices=True)
        with np.errstate(divide="ignore", invalid="ignore"):
            apart = np.abs(told[there] / values[here] - 1.0)
        apart = np.where(told[there] == values[here], 0.0, apart)
        where = np.flatnonzero(apart > DISAGREEMENT)
        if len(where):
            at = moments[here[where]]
            finite = apart[np.isfinite(apart)]
            most = f", at most by {float(finite.max()):.2%}" if len(finite) else ""
            text = f"{len(where)} of {len(here)} {what} differ from {info.source} by more than {DISAGREEMENT:.0%}{most}"
            yield finding(other, "disagreement", "warning", (int(at[0]), int(at[-1])), text)
