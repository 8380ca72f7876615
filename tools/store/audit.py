"""What `data check` finds in the store: damage, holes, changes of meaning, revisions, disagreement."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from core.errors import FaultError
from core.instant import DAY, HOUR, Instant, duration_text, iso
from core.market import Bars
from tools.store import catalog
from tools.store.catalog import SeriesInfo
from tools.store.gate import CODES, examine, flag_counts
from tools.store.gate.breaks import LONGEST_HOLE
from tools.store.store import Store

Severity = Literal["error", "warning", "info"]
DISAGREEMENT = 0.01  # fraction by which two sources' closes may differ
_SERIOUS = ("stale", "zero_volume_run", "wrong_unit", "ticker_reuse", "redenomination")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to know about a series. *since* and *until* bound the rows it concerns."""

    code: str
    severity: Severity
    asset: str
    series: str
    since: Instant | None
    until: Instant | None
    message: str


def audit(store: Store) -> Iterator[Finding]:
    """Reads every stored row again and tells what it finds, series by series, errors where rows are damaged."""
    infos = store.series()
    revised = catalog.revised(store.connection)
    yield from _reused(infos)
    twins: dict[tuple[str, str, int], list[SeriesInfo]] = {}
    for info in infos:
        twins.setdefault((info.venue, info.symbol, info.interval.ms), []).append(info)
        newest = _newest(store, info)
        if newest is None:
            text = f"the stored file {info.file} is damaged or gone; restore it from a copy of the home"
            yield _finding(info, "not_rows", "error", (info.first, info.last), text)
            continue
        yield from _rows(info, *newest)
        if (ended := store.ended_at(info)) is not None:
            yield _finding(
                info,
                "delisted",
                "info",
                (ended, None),
                f"it ended {iso(ended)} while others of {info.source} go on",
            )
        if info.id in revised:
            rows, first, last = revised[info.id]
            yield _finding(info, "revised", "info", (first, last), f"{_candles(rows)} revised later")
    for several in twins.values():
        yield from _disagreements(store, several)


def _finding(
    info: SeriesInfo, code: str, severity: Severity, span: tuple[int | None, int | None], message: str
) -> Finding:
    key = info.key
    since, until = (None if moment is None else Instant(moment) for moment in span)
    name = f"{key.venue} {key.symbol} {key.interval} {key.source}"
    return Finding(code, severity, key.asset, name, since, until, message)


def _newest(store: Store, info: SeriesInfo) -> tuple[Bars, NDArray[np.uint32]] | None:
    """The newest vintage of a series with its stored flags; None where the file is not what was written."""
    try:
        if sha256(store.path(info).read_bytes()).hexdigest() != info.sha256:
            return None
        rows = store.rows(info)
    except (FileNotFoundError, FaultError):
        return None
    newest = rows.pick(rows.is_newest())
    return newest.bars(info.symbol, info.interval), newest.flags


def _rows(info: SeriesInfo, bars: Bars, stored: NDArray[np.uint32]) -> Iterator[Finding]:
    """The holes one by one, the changes of scale, and each other flag once."""
    seen = examine(bars)
    for one in seen.breaks:
        at, before = int(bars.opened_at[one.index]), int(bars.opened_at[one.index - 1])
        if one.code == "gap":
            hole = at - before - info.interval.ms
            ends = "; a new segment begins" if hole > LONGEST_HOLE else ""
            text = f"{_candles(hole // info.interval.ms)} absent ({_span(hole)}){ends}"
            yield _finding(info, "gap", "warning", (before + info.interval.ms, at), text)
        else:
            ratio = float(bars.open[one.index] / bars.close[one.index - 1])
            text = f"{CODES[one.code].meaning}: the price went x{ratio:.6g} from close to open"
            yield _finding(info, one.code, "warning", (at, at + info.interval.ms), text)
    flags = seen.flags | (stored & np.uint32(CODES["partial_day"].bit))
    told = {"gap", *(one.code for one in seen.breaks)}
    for code, rows in flag_counts(flags).items():
        if code not in told:
            marked = np.flatnonzero(flags & np.uint32(CODES[code].bit))
            span = (int(bars.opened_at[marked[0]]), int(bars.opened_at[marked[-1]]) + info.interval.ms)
            severity: Severity = "warning" if code in _SERIOUS else "info"
            yield _finding(info, code, severity, span, f"{_candles(rows)}: {CODES[code].meaning}")


def _candles(count: int) -> str:
    return "1 candle" if count == 1 else f"{count} candles"


def _span(milliseconds: int) -> str:
    days, rest = divmod(milliseconds, DAY)
    if days and rest:
        return f"{days}d {duration_text(rest - rest % HOUR)}" if rest >= HOUR else f"{days}d"
    return duration_text(milliseconds)


def _reused(infos: Sequence[SeriesInfo]) -> Iterator[Finding]:
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
            yield _finding(info, "ticker_reuse", "warning", (info.ends_at, begins), text)


def _disagreements(store: Store, several: Sequence[SeriesInfo]) -> Iterator[Finding]:
    """Closes of the first source against those of each other one."""
    first = _newest(store, several[0]) if len(several) > 1 else None
    if first is None:
        return
    for other in several[1:]:
        newest = _newest(store, other)
        if newest is None:
            continue
        _, here, there = np.intersect1d(
            first[0].opened_at, newest[0].opened_at, assume_unique=True, return_indices=True
        )
        apart = np.abs(newest[0].close[there] / first[0].close[here] - 1.0)
        where = np.flatnonzero(apart > DISAGREEMENT)
        if len(where):
            times = first[0].opened_at[here[where]]
            text = (
                f"{len(where)} of {len(here)} closes differ from {several[0].source} by more than"
                f" {DISAGREEMENT:.0%}, at most by {float(apart.max()):.2%}"
            )
            yield _finding(other, "disagreement", "warning", (int(times[0]), int(times[-1])), text)


def has_errors(findings: Iterable[Finding]) -> bool:
    """Whether any of them is an error."""
    return any(finding.severity == "error" for finding in findings)
