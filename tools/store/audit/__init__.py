"""What `data check` finds in the store: damage, holes, changes of meaning, revisions, disagreement."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from tools.store import catalog
from tools.store.articles import Articles
from tools.store.audit.candles import disagreements, leveraged, of_candles, of_the_end, reused
from tools.store.audit.figures import of_figures, of_news, of_revisions
from tools.store.audit.finding import Finding, Severity, finding, has_errors, read_again, times
from tools.store.catalog import FIGURES, SeriesInfo
from tools.store.rows import Rows
from tools.store.store import Store

__all__ = ["Finding", "Severity", "audit", "has_errors", "revisions"]

_Twin = tuple[str, ...]
_Values = tuple[SeriesInfo, NDArray[np.int64], NDArray[np.float64]]


def audit(store: Store) -> Iterator[Finding]:
    """Reads every stored row again and tells what it finds, series by series, errors where rows are damaged."""
    infos = store.series()
    revised = catalog.revised(store.connection)
    levers = leveraged(infos)
    yield from reused(infos)
    twins: dict[_Twin, list[_Values]] = {}
    shared = _shared(infos)
    for info in infos:
        rows = read_again(store, info)
        if rows is None:
            yield _damaged(info)
            continue
        if isinstance(rows, Articles):
            yield from of_news(info, rows)
        else:
            newest = rows.pick(rows.is_newest())
            if info.key.kind == "ohlcv":
                bars = newest.bars(info.symbol, info.interval)
                yield from of_candles(info, bars, newest.flags, levers.get(info.id))
                yield from of_the_end(store, info)
            else:
                yield from of_figures(info, newest)
            if _twin(info) in shared:
                twins.setdefault(_twin(info), []).append((info, newest.as_of, _compared(info, newest)))
        if info.id in revised:
            rows_revised, first, last = revised[info.id]
            text = f"{times(rows_revised, 'row')} revised later; --revisions tells each"
            yield finding(info, "revised", "info", (first, last), text)
    for several in twins.values():
        yield from disagreements(several, "closes" if several[0][0].key.kind == "ohlcv" else "values")


def revisions(store: Store) -> Iterator[Finding]:
    """Every later vintage of every series, oldest first."""
    revised = catalog.revised(store.connection)
    for info in store.series():
        if info.id in revised:
            rows = read_again(store, info)
            if rows is None:
                yield _damaged(info)
            else:
                yield from of_revisions(info, rows)


def _damaged(info: SeriesInfo) -> Finding:
    text = f"the stored file {info.file} is damaged or gone; restore it from a copy of the home"
    return finding(info, "not_rows", "error", (info.first, info.last), text)


def _twin(info: SeriesInfo) -> _Twin:
    """What two sources must share to be compared."""
    key = info.key
    kind = "figure" if key.kind in FIGURES else key.kind
    asset = "" if kind == "ohlcv" else key.asset
    return kind, asset, key.metric, key.venue, key.symbol, str(key.interval.ms)


def _shared(infos: tuple[SeriesInfo, ...]) -> frozenset[_Twin]:
    """What more than one source tells."""
    seen: set[_Twin] = set()
    several: set[_Twin] = set()
    for info in infos:
        (several if _twin(info) in seen else seen).add(_twin(info))
    return frozenset(several)


def _compared(info: SeriesInfo, rows: Rows) -> NDArray[np.float64]:
    """The close of candles, the value of everything else; a copy, so that the other columns may go."""
    return rows.values[:, 3 if info.key.kind == "ohlcv" else 0].copy()
