"""What there is to know about figures, funding rates and news, and about everything's revisions."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from core.instant import iso
from tools.store.articles import Articles
from tools.store.audit.finding import Finding, Severity, Span, finding, span_text, times
from tools.store.catalog import SeriesInfo
from tools.store.gate import CODES
from tools.store.gate.breaks import LONGEST_HOLE
from tools.store.gate.figures import JUMP, holes
from tools.store.rows import COLUMNS, Rows


def of_figures(info: SeriesInfo, rows: Rows) -> Iterator[Finding]:
    """The holes one by one, and jumps and strange units once. *rows* hold one vintage of each moment."""
    absent = holes(rows.as_of)
    for row in absent.before.tolist():
        before, at = int(rows.as_of[row - 1]), int(rows.as_of[row])
        hole = at - before - absent.step
        count = max(1, round(hole / absent.step))
        ends = "; a new segment begins" if hole > LONGEST_HOLE else ""
        text = f"{times(count, 'value')} absent ({span_text(hole)}){ends}"
        yield finding(info, "gap", "warning", (before + absent.step, at), text)
    jumps = f"beyond {JUMP:g} times the value before, or below a part of it as small"
    told: tuple[tuple[str, Severity, str], ...] = (
        ("jump", "info", jumps),
        ("wrong_unit", "warning", f"in another unit than {info.unit!r}; a window that holds one is missing"),
    )
    for code, severity, meaning in told:
        marked = np.flatnonzero(rows.flags & np.uint32(CODES[code].bit))
        if len(marked):
            span = (int(rows.as_of[marked[0]]), int(rows.as_of[marked[-1]]))
            yield finding(info, code, severity, span, f"{times(len(marked), 'value')}: {meaning}")


def of_news(info: SeriesInfo, rows: Articles) -> Iterator[Finding]:
    """Titles that stand there again on the same day."""
    newest = rows.is_newest()
    marked = np.flatnonzero(newest & ((rows.flags & np.uint32(CODES["repeated_title"].bit)) != 0))
    if len(marked):
        text = f"{len(marked)} of {int(newest.sum())} repeat a title of the same day; each is served once"
        span = (int(rows.as_of[marked[0]]), int(rows.as_of[marked[-1]]))
        yield finding(info, "repeated_title", "info", span, text)


def of_revisions(info: SeriesInfo, rows: Rows | Articles) -> Iterator[Finding]:
    """Every later vintage: from when on it was known, how many values it changed, and the largest change."""
    later = np.zeros(len(rows), np.bool_)
    later[1:] = ~rows.is_newest()[:-1]
    if isinstance(rows, Rows):
        later &= ~rows.is_confirmation()
    for moment in np.unique(rows.known_at[later]).tolist():
        index = np.flatnonzero(later & (rows.known_at == moment))
        span: Span = (int(rows.as_of[index[0]]), int(rows.as_of[index[-1]]))
        text = f"from {iso(moment)} on {times(len(index), 'row')} read otherwise"
        if isinstance(rows, Rows):
            text += _largest(rows, index, "close" if info.key.kind == "ohlcv" else COLUMNS[info.key.kind][0])
        yield finding(info, "revised", "info", span, text)


def _largest(rows: Rows, index: np.ndarray[tuple[int], np.dtype[np.intp]], name: str) -> str:
    """The largest change of the column *name* among the rows at *index*, each against the vintage before it."""
    column = 3 if name == "close" else 0
    before, after = rows.values[index - 1, column], rows.values[index, column]
    with np.errstate(divide="ignore", invalid="ignore"):
        change = np.where(before == after, 0.0, np.abs(after / before - 1.0))
    k = int(np.argmax(change))
    if not change[k] > 0:
        return ""
    share = f"{change[k]:.2%}" if np.isfinite(change[k]) else "from nothing"
    at = iso(int(rows.as_of[index[k]]))  # type: ignore[arg-type]
    return f", {name} at most by {share} ({at}: {float(before[k])!r} became {float(after[k])!r})"
