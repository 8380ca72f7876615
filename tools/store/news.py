"""From a file of news (JSONL, JSONL.gz) to the news of one asset, refused or sound."""

from __future__ import annotations

import gzip
import json
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from core.instant import Instant, Interval, iso
from tools.store import lags
from tools.store.articles import LONGEST, TEXTS, Articles, clean, ordered
from tools.store.catalog import SeriesKey
from tools.store.frames import ROW, RefusedFile, filtered, instants, renamed, require, require_ours
from tools.store.gate import Fault
from tools.store.manifest import Entry
from tools.store.parts import Part
from tools.store.rows import RESTATED

LONGEST_LINE = 1_000_000  # a line is one piece of news; without a bound one line could fill the memory
FORMS = (".jsonl", ".jsonl.gz", ".ndjson", ".ndjson.gz")


def read_lines(path: Path) -> pl.DataFrame:
    """The objects of a file as rows of texts, numbered from 0 in the column `ROW`; blank lines are passed over.

    Raises:
        RefusedFile: ``not_rows``, at the first line that is no JSON object.
        OSError: it may not be read.
    """
    if not path.name.lower().endswith(FORMS):
        raise RefusedFile(Fault("not_rows", f"of the kinds {', '.join(FORMS)} it is none"))
    rows: list[dict[str, str | None]] = []
    numbers: list[int] = []
    for number, line in enumerate(_lines(path)):
        if len(line) > LONGEST_LINE:
            raise RefusedFile(
                Fault("not_rows", f"the line is longer than {LONGEST_LINE:,} characters", number)
            )
        if line.strip():
            rows.append(_object(line, number))
            numbers.append(number)
    if not rows:
        raise RefusedFile(Fault("not_rows", "it holds no rows"))
    names = dict.fromkeys(name for row in rows for name in row if name != ROW)
    columns = {name: pl.Series(name, [row.get(name) for row in rows], pl.String) for name in names}
    return pl.DataFrame({ROW: pl.Series(ROW, numbers, pl.UInt32), **columns})


def _lines(path: Path) -> Iterator[str]:
    opener: Any = gzip.open if path.name.lower().endswith(".gz") else open
    try:
        with opener(path, "rt", encoding="utf-8") as file:
            while line := file.readline(LONGEST_LINE + 1):
                yield line
    except (EOFError, zlib.error, UnicodeDecodeError, OSError) as error:
        if isinstance(error, FileNotFoundError | PermissionError):
            raise
        reason = " ".join(str(error).split())
        raise RefusedFile(Fault("not_rows", f"it cannot be read: {reason}")) from error


def _object(line: str, number: int) -> dict[str, str | None]:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        raise RefusedFile(Fault("not_rows", "the line is not JSON", number)) from None
    if not isinstance(found, dict):
        raise RefusedFile(Fault("not_rows", "the line is not a JSON object", number))
    return {name: _text(name, value, number) for name, value in found.items()}


def _text(name: str, value: object, number: int) -> str | None:
    if name in TEXTS and not isinstance(value, str | None):
        raise RefusedFile(Fault("wrong_columns", f"{name} is no text", number))
    if value is None:
        return None
    # a lone surrogate has no UTF-8 form
    text = value if isinstance(value, str) else json.dumps(value)
    return text.encode("utf-8", "ignore").decode("utf-8")


def parts(frame: pl.DataFrame, entry: Entry, bound: Mapping[str, str], now: Instant) -> tuple[Part, ...]:
    """The news of a file (`read_lines`), judged; *bound* is what the path's names stand for.

    Raises:
        RefusedFile: a structural fault; the row is the file's, counted from 0.
    """
    frame = filtered(renamed(frame, entry.columns), *entry.row_filters(bound))
    if frame.is_empty():
        return ()
    try:
        return (_part(frame, entry, bound, now),)
    except RefusedFile as refused:
        at = refused.fault.row
        if at is None:
            raise
        raise RefusedFile(replace(refused.fault, row=int(frame[ROW][at]))) from None


def _part(frame: pl.DataFrame, entry: Entry, bound: Mapping[str, str], now: Instant) -> Part:
    require_ours(frame, ("published", "title"))
    published, empty = instants(require(frame, "published"))
    titles = [clean(text or "", LONGEST["title"], one_line=True) for text in frame["title"].to_list()]
    for row, title in enumerate(titles):
        if empty[row] or not title:
            raise RefusedFile(Fault("null", f"{'published' if empty[row] else 'title'} is empty", row))
        if published[row] > now:
            at = iso(Instant(int(published[row])))
            raise RefusedFile(Fault("future", f"{at} is after {iso(now)}", row))
    rule = entry.known_at
    usual = lags.news_known_at(published)
    lagged = usual if rule is None or not rule.at_least else published + rule.lag
    column = rule.column if rule is not None and rule.column else "known_at"
    known_at = lagged
    if column in frame.columns or (rule is not None and rule.column):
        told, absent = instants(require(frame, column), rule.unit if rule is not None else None)
        stated = told if rule is None or not rule.at_least else np.maximum(told, lagged)
        known_at = np.where(absent, np.maximum(usual, lagged), stated)
    early = int(np.count_nonzero(lagged < usual)) if known_at is lagged else 0
    texts = (titles, *(_column(frame, name) for name in TEXTS[1:]))
    rows = Articles(
        published,
        np.maximum(known_at, published),
        np.full(len(published), now, np.int64),
        tuple(tuple(one) for one in texts),
        _numbers(published.tolist(), titles, texts[2]),
        np.full(len(published), RESTATED * entry.restated, np.uint32),
    )
    (asset, _), *_ = entry.assets_of(bound.get("base"), entry.source, bound.get("base", ""))
    key = SeriesKey(asset, "news", "", "", "", Interval(0), entry.source)
    return Part(key, None, ordered(rows), early=early)


def _column(frame: pl.DataFrame, name: str) -> list[str]:
    """A column of texts, bounded; an address is of the web or none."""
    if name not in frame.columns:
        return [""] * len(frame)
    cleaned = [clean(text or "", LONGEST[name], one_line=name != "content") for text in frame[name].to_list()]
    if name == "url":
        return [url if url.startswith(("https://", "http://")) else "" for url in cleaned]
    return cleaned


def _numbers(published: list[int], titles: list[str], urls: list[str]) -> np.ndarray[Any, np.dtype[np.int64]]:
    """How often each piece of news stood there before: 0 for the first, 1 for its first repetition."""
    seen: Counter[tuple[int, str, str]] = Counter()
    found = []
    for name in zip(published, titles, urls, strict=True):
        found.append(seen[name])
        seen[name] += 1
    return np.array(found, np.int64)
