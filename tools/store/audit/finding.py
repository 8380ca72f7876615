"""What `data check` tells of a series, and how it reads one again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

from core.errors import FaultError
from core.instant import DAY, HOUR, Instant, duration_text
from tools.store.articles import Articles
from tools.store.catalog import SeriesInfo
from tools.store.rows import Rows
from tools.store.store import Store

Severity = Literal["error", "warning", "info"]
Span = tuple[int | None, int | None]
DISAGREEMENT = 0.01  # fraction by which two sources' values may differ


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


def finding(info: SeriesInfo, code: str, severity: Severity, span: Span, message: str) -> Finding:
    """A finding about *info*."""
    since, until = (None if moment is None else Instant(moment) for moment in span)
    return Finding(code, severity, info.asset, info.key.label, since, until, message)


def is_whole(store: Store, info: SeriesInfo) -> bool:
    """Whether the stored file of a series is what was written."""
    try:
        return sha256(store.path(info).read_bytes()).hexdigest() == info.sha256
    except FileNotFoundError:
        return False


def read_again(store: Store, info: SeriesInfo) -> Rows | Articles | None:
    """Every row of a series, all vintages; None where the file is not what was written."""
    if not is_whole(store, info):
        return None
    try:
        return store.articles(info) if info.key.kind == "news" else store.rows(info)
    except (FileNotFoundError, FaultError):
        return None


def has_errors(findings: Iterable[Finding]) -> bool:
    """Whether any of them is an error."""
    return any(one.severity == "error" for one in findings)


def times(count: int, what: str) -> str:
    """A number of things in words."""
    return f"1 {what}" if count == 1 else f"{count} {what}s"


def span_text(milliseconds: int) -> str:
    """How long a hole is, in days and hours."""
    if milliseconds < HOUR:
        return duration_text(milliseconds)
    days, rest = divmod(milliseconds - milliseconds % HOUR, DAY)
    return f"{days}d {duration_text(rest)}" if days and rest else duration_text(days * DAY + rest)
