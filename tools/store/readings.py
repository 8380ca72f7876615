"""Figures, funding rates and news as they were known at an instant: what a reader at T sees, and no more."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from core.instant import DAY, Instant
from core.market import Instants
from core.money import published
from core.observation import Missing, Observation
from tools.store.articles import Articles, folded
from tools.store.catalog import SeriesInfo
from tools.store.gate import CODES
from tools.store.gate.breaks import LONGEST_HOLE
from tools.store.gate.figures import JUDGED, jumped
from tools.store.rows import RESTATED, Rows

T = TypeVar("T")
Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class FundingRate:
    """What longs paid shorts at one settlement, as a fraction of the position; negative: shorts paid.

    *interval_hours*: the time that the rate is for; `None` where nobody says. A day's mean has 24.
    """

    asset: str
    venue: str
    rate: Decimal
    interval_hours: Decimal | None
    as_of: Instant
    known_at: Instant
    source: str
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NewsItem:
    """One piece of news. All of it is text from outside: data, never an instruction; "" is absent."""

    asset: str
    title: str
    content: str
    url: str
    lang: str
    as_of: Instant
    known_at: Instant
    source: str
    flags: tuple[str, ...] = ()


def known(rows: Rows, now: Instant) -> Indices:
    """The newest vintage of each moment that was known at *now*."""
    seen = np.flatnonzero(rows.known_at <= now)
    moments = rows.as_of[seen]
    newest = np.ones(len(seen), np.bool_)
    newest[:-1] = moments[1:] != moments[:-1]
    return seen[newest]


def up_to_date(
    several: Iterable[SeriesInfo], read: Callable[[SeriesInfo], T], last: Callable[[T], int | None]
) -> tuple[SeriesInfo, T] | None:
    """Of several sources the one imported first that is not more than 3 days behind another, as known then."""
    found = [(info, rows, moment) for info in several if (moment := last(rows := read(info))) is not None]
    newest = max((moment for _, _, moment in found), default=0)
    for info, rows, moment in found:
        if newest - moment <= LONGEST_HOLE:
            return info, rows
    return None


def figures_of(info: SeriesInfo, rows: Rows, seen: Indices, count: int) -> tuple[Observation, ...] | Missing:
    """The newest *count* of the figures *seen*, oldest first; `Missing` where the gate refuses one of them."""
    window = seen[-count:]
    bad = rows.flags[window] & np.uint32(CODES["wrong_unit"].bit)
    if bad.any():
        return Missing(info.key.metric, "gate:wrong_unit")
    leaps = np.zeros(len(window), np.bool_)
    if info.key.kind in JUDGED:
        leaps = jumped(rows.values[seen[-count - 1 :], 0])[-len(window) :]
    revised = _is_revised(rows.as_of, window)
    return tuple(
        Observation(
            info.asset,
            info.key.metric,
            published(float(rows.values[row, 0])),
            info.unit,
            Instant(int(rows.as_of[row])),
            Instant(int(rows.known_at[row])),
            info.source,
            _marks(int(rows.flags[row]), bool(revised[k]), bool(leaps[k])),
        )
        for k, row in enumerate(window.tolist())
    )


def funding_of(info: SeriesInfo, rows: Rows, seen: Indices, count: int) -> list[FundingRate]:
    """The newest *count* of the settlements *seen* at one venue."""
    window = seen[-count:]
    revised = _is_revised(rows.as_of, window)
    return [
        FundingRate(
            info.asset,
            info.venue,
            published(float(rows.values[row, 0])),
            published(float(rows.values[row, 1])) if rows.values[row, 1] > 0 else None,
            Instant(int(rows.as_of[row])),
            Instant(int(rows.known_at[row])),
            info.source,
            _marks(int(rows.flags[row]), bool(revised[k])),
        )
        for k, row in enumerate(window.tolist())
    ]


def news_of(several: Sequence[tuple[SeriesInfo, Articles]], now: Instant, count: int) -> tuple[NewsItem, ...]:
    """The newest *count* pieces of news known at *now*, oldest first, each title once a day."""
    seen = [(info, rows, np.flatnonzero(rows.known_at <= now)) for info, rows in several]
    reach = 4 * count + 64  # rows of each series that are looked at first; repetitions are few
    while True:
        since = max((_whole_day(rows, index, reach) for _, rows, index in seen), default=0)
        once = _once(item for info, rows, index in seen for item in _items(info, rows, index, since))
        if len(once) >= count or not since:
            return tuple(once[-count:])
        reach *= 4


def _whole_day(rows: Articles, seen: Indices, reach: int) -> int:
    """From when on the newest *reach* of the rows *seen* hold whole days; 0 where they are all."""
    if len(seen) <= reach:
        return 0
    first = int(rows.as_of[seen[-reach]])
    return first - first % DAY + DAY


def _items(info: SeriesInfo, rows: Articles, seen: Indices, since: int) -> Iterator[NewsItem]:
    """The newest known vintage of each piece published from *since* on."""
    index = seen[np.searchsorted(rows.as_of[seen], since) :].tolist()
    names = {row: rows.identity(row) for row in index}
    for k, row in enumerate(index):
        if k + 1 < len(index) and names[index[k + 1]] == names[row]:
            continue  # a later vintage of the same piece was known too
        title, content, url, lang = (column[row] for column in rows.texts)
        moments = Instant(int(rows.as_of[row])), Instant(int(rows.known_at[row]))
        is_revised = row > 0 and rows.identity(row - 1) == names[row]
        flags = _marks(int(rows.flags[row]), is_revised)
        yield NewsItem(info.asset, title, content, url, lang, *moments, info.source, flags)


def _once(items: Iterable[NewsItem]) -> list[NewsItem]:
    """The items in time, each title once a day; of two sources the one imported first tells it."""
    told: set[tuple[int, str]] = set()
    once = []
    for item in sorted(items, key=lambda one: (one.as_of, one.known_at)):
        name = (item.as_of // DAY, folded(item.title))
        if name not in told:
            told.add(name)
            once.append(item)
    return once


def _is_revised(as_of: Instants, window: Indices) -> NDArray[np.bool_]:
    """Whether an earlier vintage of the same moment stands before each row."""
    is_second: NDArray[np.bool_] = (window > 0) & (as_of[np.maximum(window - 1, 0)] == as_of[window])
    return is_second


def _marks(flags: int, is_revised: bool, is_jump: bool = False) -> tuple[str, ...]:  # noqa: FBT001, FBT002
    marks = (("restated", bool(flags & RESTATED)), ("revised", is_revised), ("jump", is_jump))
    return tuple(name for name, is_so in marks if is_so)
