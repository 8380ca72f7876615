"""A store whose future is garbage, at the bottom: copies of its files, from which a scenario is opened anew."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from core.instant import DAY, Instant
from core.ports import Clock
from evals.lookahead.garbage import anything, noise
from evals.lookahead.scene import Scene, Spoiling
from evals.lookahead.sources import CANDLES, FIGURES, FLAGS, FUNDING, NEWS, REVISIONS
from evals.opening import open_scenario
from evals.scenario import Scenario
from tools.store.articles import Articles, encoded_articles
from tools.store.catalog import FIGURES as FIGURE_KINDS
from tools.store.catalog import MARKET, SeriesInfo
from tools.store.rows import Rows, encoded
from tools.store.store import Store
from tools.store.writing import flagged

_OF_KIND = {**dict.fromkeys(FIGURE_KINDS, FIGURES), "funding": FUNDING, "news": NEWS}


_BEYOND = 7 * DAY
"""So long after a scenario's end rows are kept; what is later cannot even be asked for."""


@dataclass(frozen=True, slots=True)
class _Spoil:
    after: Instant
    until: Instant
    seed: int
    sources: Collection[str]


def deep_spoiling(
    scenario: Scenario, home: Path, clock: Clock, assets: Collection[str], seed: int
) -> Spoiling:
    """Opens *scenario* from a copy of the store in *home* in which all that was known later is garbage.

    The copy holds the scenario's candles and, of *assets* and of the whole market, the sources that it names;
    whatever else is asked for is not there. Which series there are, when a ticker changes its meaning and when
    trading ends stay as they are: a venue announces those.
    """
    end = Instant(scenario.end + _BEYOND)

    @contextmanager
    def spoiled(after: Instant, sources: frozenset[str]) -> Iterator[Scene]:
        with TemporaryDirectory(prefix="tokenwise-") as folder:
            copy = Path(folder)
            with closing(Store.open(home, clock, readonly=True)) as store:
                _copy(store, copy, _needed(store, scenario, assets), _Spoil(after, end, seed, sources))
            opened = open_scenario(scenario, copy, clock)
            # files are read when they are first asked for, so the folder has to outlive the scene
            yield Scene(opened.world, opened.facts)

    return spoiled


def _needed(store: Store, scenario: Scenario, assets: Collection[str]) -> Iterator[SeriesInfo]:
    for info in store.series():
        kind = info.key.kind
        if kind == "ohlcv":
            if info.symbol in scenario.symbols and info.interval == scenario.grain:
                yield info
        elif f"{kind}:{info.asset}" in scenario.sources or (
            kind in scenario.sources and info.asset in {MARKET, *assets}
        ):
            yield info


def _copy(store: Store, copy: Path, series: Iterable[SeriesInfo], spoil: _Spoil) -> None:
    folder = copy / "store" / "rows"
    folder.mkdir(parents=True)
    with closing(sqlite3.connect(copy / "store" / "store.db")) as other:
        store.connection.backup(other)
    for info in series:
        (folder / info.file).write_bytes(_garbage(store, info, spoil))


def _garbage(store: Store, info: SeriesInfo, spoil: _Spoil) -> bytes:
    if info.key.kind == "news":
        articles = store.articles(info)
        if NEWS in spoil.sources:
            articles = spoiled_articles(articles, spoil.after, spoil.seed)
        return encoded_articles(articles, info.source)
    rows = store.rows(info)
    rows = rows.pick(rows.as_of < spoil.until)
    fresh = spoiled_rows(info, rows, spoil.after, spoil.seed, spoil.sources)
    if FLAGS in spoil.sources and len(fresh):
        fresh = flagged(info.key, fresh)[0]  # as an import of this garbage would have judged it
    return encoded(fresh, info.key.kind, info.source)


def spoiled_rows(info: SeriesInfo, rows: Rows, after: Instant, seed: int, sources: Collection[str]) -> Rows:
    """*rows* with garbage in each that was known, or describes a moment, after *after*.

    A later vintage of an earlier candle is a revision, and spoiled with those.
    """
    chance = noise(seed, info.key.label)
    late = (rows.known_at > after) | (rows.as_of > after)
    if info.key.kind == "ohlcv":
        revised = rows.known_at > rows.as_of + info.interval.ms
        late &= (revised & (REVISIONS in sources)) | (~revised & (CANDLES in sources))
    elif _OF_KIND[info.key.kind] not in sources:
        late &= False
    count = int(late.sum())
    values = rows.values.copy()
    if info.key.kind == "ohlcv":
        opened, closed = anything(chance, 2, count)
        wide = chance.uniform(1.0, 3.0, count)
        highs, lows = np.maximum(opened, closed) * wide, np.minimum(opened, closed) / wide
        values[late] = np.column_stack((opened, highs, lows, closed, anything(chance, count)))
    else:
        values[late] = anything(chance, *values[late].shape)
    return replace(rows, values=values)


def spoiled_articles(articles: Articles, after: Instant, seed: int) -> Articles:
    """*articles* with other titles and texts in each piece that was known or published after *after*."""
    late = (articles.known_at > after) | (articles.as_of > after)
    title, content, url, lang = articles.texts
    marks = noise(seed, "news").integers(1, 2**40, len(late)).tolist()
    titles = tuple(
        f"garbage {mark}" if is_late else one for one, is_late, mark in _beside(title, late, marks)
    )
    texts = tuple("" if is_late else one for one, is_late, _ in _beside(content, late, marks))
    return replace(articles, texts=(titles, texts, url, lang))


def _beside(
    texts: tuple[str, ...], late: np.ndarray[tuple[int, ...], np.dtype[np.bool_]], marks: list[int]
) -> Iterator[tuple[str, bool, int]]:
    return zip(texts, late.tolist(), marks, strict=True)
